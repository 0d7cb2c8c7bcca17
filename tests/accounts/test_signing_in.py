"""Signing up, in and out by code, through the front door, with the letters that were sent."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core import mail
from django.core.cache import cache
from django.utils import timezone

from accounts.models import Badge, User
from accounts.roles import Role
from civic.lib.site import SiteSettings
from tests.accounts.doors import browser, code_in, newest_code, sign_in, token, wrong

pytestmark = pytest.mark.django_db

ANA = "ana@example.org"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()
    SiteSettings(name="Civic").save()


@pytest.fixture
def ana():
    return User.objects.create_user(ANA, "Ana Kim")


def whoami(client) -> str | None:
    """Who the site thinks this browser is: the name on `/me/`, or None."""
    answer = client.get("/me/")
    return answer.context["user"].display_name if answer.status_code == 200 else None


# --- an account ---


def test_an_account_is_opened_with_a_name_an_address_and_the_code_sent_to_it():
    client = browser()

    answer = client.post("/accounts/signup/", {"email": ANA, "display_name": "Ana Kim"})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/confirm-email/")
    assert whoami(client) is None
    answer = client.post("/accounts/confirm-email/", {"code": newest_code(ANA)})

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert whoami(client) == "Ana Kim"
    assert [(user.email, user.slug) for user in User.objects.all()] == [(ANA, "ana-kim")]
    assert EmailAddress.objects.get().verified


def test_the_letter_says_the_code_at_once_and_in_both_parts():
    SiteSettings(name="The Lamplighter", sender="post@paper.example").save()

    browser().post("/accounts/signup/", {"email": ANA, "display_name": "Ana <b>Kim</b>"})

    [letter] = mail.outbox
    code = code_in(letter)
    html = letter.alternatives[0].content
    assert letter.to == [ANA]
    assert letter.from_email == "The Lamplighter <post@paper.example>"
    assert letter.subject == f"{code} opens your account at The Lamplighter"
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"
    assert code in html
    assert "<b>Kim" not in html + letter.body


@pytest.mark.parametrize("name", ["Rosalind Pike", "Rоsalind Pike", "rosalind-pike", "Admin"])
def test_the_name_of_somebody_who_works_here_is_refused_at_the_door(name):
    pike = User.objects.create_user("pike@paper.example", "Rosalind Pike")
    Badge.objects.create(member=pike, kind=Badge.Kind.STAFF, label="Editor")

    answer = browser().post("/accounts/signup/", {"email": ANA, "display_name": name})

    assert answer.status_code == 200
    assert "works here" in answer.content.decode()
    assert not User.objects.filter(email=ANA).exists()
    assert mail.outbox == []


def test_opening_an_account_twice_shows_the_same_page_and_writes_that_there_is_one(ana):
    EmailAddress.objects.create(user=ana, email=ANA, verified=True, primary=True)
    known, unknown = browser(), browser()

    answers = [
        client.post("/accounts/signup/", {"email": email, "display_name": "Somebody"})
        for client, email in ((known, ANA), (unknown, "new@example.org"))
    ]
    pages = [client.get("/accounts/confirm-email/").content.decode() for client in (known, unknown)]

    assert [(a.status_code, a["Location"]) for a in answers] == [(302, "/accounts/confirm-email/")] * 2
    assert pages[0].replace(ANA, "…") == pages[1].replace("new@example.org", "…")
    assert [letter.subject for letter in mail.outbox if letter.to == [ANA]] == ["You have an account already"]
    assert not any(character.isdigit() for character in mail.outbox[0].subject)
    assert User.objects.get(email=ANA).display_name == "Ana Kim"


def test_an_account_that_was_never_confirmed_does_not_keep_its_owner_out():
    browser().post("/accounts/signup/", {"email": ANA, "display_name": "Not Ana"})
    client = browser()

    sign_in(client, ANA)

    assert whoami(client) == "Not Ana"  # and Ana can change that on this very page


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/signup/", "/accounts/inactive/"])
def test_the_doors_are_pages_of_the_paper_and_are_not_kept(address):
    SiteSettings(name="The Lamplighter").save()

    answer = browser().get(address)

    assert "· The Lamplighter</title>" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


# --- signing in ---


def test_a_member_signs_in_with_six_digits(ana):
    client = browser()

    answer = client.post("/accounts/login/", {"login": "ANA@example.org"})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/code/confirm/")
    page = client.get("/accounts/login/code/confirm/").content.decode()
    code = newest_code(ANA)
    answer = client.post("/accounts/login/code/confirm/", {"code": f" {code[:3]} {code[3:]} "})

    assert 'autocomplete="one-time-code"' in page
    assert mail.outbox[-1].subject == f"{code} is your code for Civic"
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert whoami(client) == "Ana Kim"


def test_an_unknown_address_gets_the_same_answers_and_a_letter_without_a_code(ana):
    known, unknown = browser(), browser()
    told = []

    for client, email in ((known, ANA), (unknown, "nobody@example.org")):
        first = client.post("/accounts/login/", {"login": email})
        page = client.get("/accounts/login/code/confirm/")
        miss = client.post("/accounts/login/code/confirm/", {"code": "12345x"})
        told.append(
            [first.status_code, first["Location"]]
            + [answer.content.decode().replace(email, "…") for answer in (page, miss)]
            + sorted(client.cookies)
        )

    assert told[0] == told[1]
    assert [letter.subject for letter in mail.outbox] == [
        f"{newest_code(ANA)} is your code for Civic",
        "Nobody with this address here",
    ]
    assert "nobody@example.org" in mail.outbox[1].body
    assert "/accounts/signup/" in mail.outbox[1].body


def test_the_third_wrong_code_ends_it(ana):
    client = browser()
    client.post("/accounts/login/", {"login": ANA})
    code = newest_code(ANA)

    answers = [client.post("/accounts/login/code/confirm/", {"code": wrong(code)}) for _ in range(3)]
    late = client.post("/accounts/login/code/confirm/", {"code": code})

    assert [answer.status_code for answer in answers] == [200, 200, 302]
    assert "not the code in our newest letter" in answers[0].content.decode()
    assert late.status_code == 302
    assert whoami(client) is None
    page = client.get(answers[2]["Location"], follow=True)
    assert page.redirect_chain[-1][0].startswith("/accounts/login/?ended=1")
    assert "three wrong ones were typed" in page.content.decode()


def test_a_code_ends_after_ten_minutes(ana):
    client = browser()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client.post("/accounts/login/", {"login": ANA})
        clock.shift(timedelta(minutes=10, seconds=1))

        answer = client.post("/accounts/login/code/confirm/", {"code": newest_code(ANA)}, follow=True)

    assert whoami(client) is None
    assert "That code has ended" in answer.content.decode()


def test_a_code_works_only_in_the_browser_that_asked_for_it(ana):
    mine, theirs = browser(), browser()
    mine.post("/accounts/login/", {"login": ANA})

    theirs.post("/accounts/login/code/confirm/", {"code": newest_code(ANA)})

    assert whoami(theirs) is None


def test_only_the_newest_code_works(ana):
    client = browser()
    client.post("/accounts/login/", {"login": ANA})
    first = newest_code(ANA)

    client.post("/accounts/login/code/confirm/", {"action": "resend"})
    page = client.get("/accounts/login/code/confirm/").content.decode()
    client.post("/accounts/login/code/confirm/", {"code": first})
    assert whoami(client) is None
    client.post("/accounts/login/code/confirm/", {"code": newest_code(ANA)})

    assert "Another code is on its way" in page
    assert len(mail.outbox) == 2
    assert whoami(client) == "Ana Kim"


def test_the_fourth_letter_in_a_minute_is_refused_kindly_and_not_sent(ana):
    answers = [browser().post("/accounts/login/", {"login": ANA}) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert answers[3]["Retry-After"] == "60"
    assert "Enough letters for now" in answers[3].content.decode()
    assert len(mail.outbox) == 3


def test_twenty_letters_a_day_are_the_most_for_an_address_that_has_signed_in_before(ana):
    type(ana).objects.filter(pk=ana.pk).update(last_login=timezone.now())
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(25):
            browser().post("/accounts/login/", {"login": ANA})
            clock.shift(timedelta(minutes=5))

    assert len(mail.outbox) == 20


def test_mail_that_does_not_answer_gives_a_kind_page(ana, monkeypatch):
    def refuse(self, messages):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)

    answer = browser().post("/accounts/login/", {"login": ANA})

    assert answer.status_code == 503
    assert "It is not you" in answer.content.decode()


def test_somebody_who_was_shut_out_is_told_so_only_with_the_code(ana):
    User.objects.filter(pk=ana.pk).update(is_active=False)
    client = browser()

    answer = client.post("/accounts/login/", {"login": ANA})

    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/code/confirm/")
    assert [letter.subject for letter in mail.outbox] == ["Nobody with this address here"]
    assert "closed" in browser().get("/accounts/inactive/").content.decode()


# --- where it leads ---


def test_after_signing_in_one_is_where_one_wanted_to_be(ana):
    client = browser()

    page = client.get("/accounts/login/?next=/discuss/7/").content.decode()
    assert '<input type="hidden" name="next" value="/discuss/7/">' in page.replace(" />", ">")
    first = client.post("/accounts/login/", {"login": ANA, "next": "/discuss/7/"})
    second = client.post(first["Location"], {"code": newest_code(ANA), "next": "/discuss/7/"})

    assert first["Location"] == "/accounts/login/code/confirm/?next=%2Fdiscuss%2F7%2F"
    assert second["Location"] == "/discuss/7/"


@pytest.mark.parametrize(("role", "lands"), [(Role.MODERATOR, "/moderation/"), (Role.WRITER, "/")])
def test_who_moderates_and_came_from_nowhere_lands_on_the_desk(ana, role, lands):
    ana.groups.add(Group.objects.get_or_create(name=role)[0])
    client = browser()

    client.post("/accounts/login/", {"login": ANA})
    there = client.post("/accounts/login/code/confirm/", {"code": newest_code(ANA)})
    assert there["Location"] == lands

    client = browser()
    client.post("/accounts/login/", {"login": ANA, "next": "/discuss/7/"})
    there = client.post("/accounts/login/code/confirm/", {"code": newest_code(ANA), "next": "/discuss/7/"})
    assert there["Location"] == "/discuss/7/"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)", "http:///evil.example"],
)
def test_never_to_another_site(ana, elsewhere):
    client = browser()

    client.post("/accounts/login/", {"login": ANA, "next": elsewhere})
    answer = client.post(
        "/accounts/login/code/confirm/", {"code": newest_code(ANA), "next": elsewhere}, query_params={"next": elsewhere}
    )

    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_signing_out_takes_a_post_and_leads_nowhere_else(ana):
    client = browser()
    sign_in(client, ANA)

    client.get("/accounts/logout/")
    assert whoami(client) == "Ana Kim"
    answer = client.post("/accounts/logout/", {"csrfmiddlewaretoken": token(client), "next": "https://evil.example/"})

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert whoami(client) is None


def test_a_session_gets_a_new_key_at_the_door(ana):
    client = browser()
    client.post("/accounts/login/", {"login": ANA})
    before = client.cookies["sessionid"].value

    client.post("/accounts/login/code/confirm/", {"code": newest_code(ANA)})

    assert client.cookies["sessionid"].value != before


# --- the address ---


def test_a_new_address_replaces_the_old_one_when_its_code_is_typed(ana):
    client = browser()
    sign_in(client, ANA)

    client.post(
        "/accounts/email/",
        {"action_add": "1", "email": "kim@example.org", "csrfmiddlewaretoken": token(client, "/accounts/email/")},
    )
    ana.refresh_from_db()
    assert ana.email == ANA
    page = client.get("/accounts/confirm-email/")
    answer = client.post(
        "/accounts/confirm-email/",
        {"code": newest_code("kim@example.org"), "csrfmiddlewaretoken": token(client, "/accounts/confirm-email/")},
    )

    ana.refresh_from_db()
    assert page.status_code == 200
    assert answer.status_code == 302
    assert ana.email == "kim@example.org"
    assert [e.email for e in EmailAddress.objects.filter(user=ana)] == ["kim@example.org"]
    assert [letter.subject for letter in mail.outbox if letter.to == [ANA]][-1] == "Your address was changed"


# --- what is closed ---


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/password/reset/",
        "/accounts/password/change/",
        "/accounts/password/set/",
        "/accounts/password/reset/key/1-abc/",
        "/accounts/password/reset/done/",
        "/accounts/reauthenticate/",
    ],
)
def test_nobody_has_a_password_here(ana, address):
    client = browser()
    assert client.get(address).status_code == 404
    sign_in(client, ANA)
    assert client.get(address).status_code == 404


def test_a_password_opens_nothing(ana):
    ana.set_password("correct horse")
    ana.save()
    client = browser()

    client.post("/accounts/login/", {"login": ANA, "password": "correct horse"})

    assert whoami(client) is None
