"""The box, the page of all letters, and what follows when somebody asks."""

import html
import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from civic.lib import origin
from newsletter import consent, slips, subscribing
from newsletter.models import ConsentEvent, Newsletter, Subscriber, Subscription, Suppression, address_key
from tests.newsletter.factories import make_issue, make_newsletter, make_reward, make_subscriber, proofs


def shown(markup: str) -> str:
    """The words of some markup, as a reader sees them."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def box(**context) -> str:
    return Template("{% load newsletter %}{% signup_box page %}").render(
        Context({"page": "/2026/11/story/", **context})
    )


# --- the box --------------------------------------------------------------------------------------


def test_the_box_says_what_comes_and_what_comes_with_it(lamp):
    words = shown(box())

    assert words == (
        "The Morning Lamp What was decided, every weekday at half past six. E-mail Send it to me "
        "Free and confidential · with our free report “Who decides what” Leave this empty"
    )


def test_the_box_shows_the_very_words_that_are_kept_as_consent(lamp):
    offer = consent.box_offer(lamp)

    words = shown(box())

    assert all(part in words for part in (offer.newsletter.name, offer.what, offer.terms, offer.button))
    assert offer.wording == (
        "The Morning Lamp (Every weekday, 6:30). What was decided, every weekday at half past six. "
        "Free and confidential · with our free report “Who decides what” [Send it to me]"
    )


def test_only_a_newsletter_of_which_something_went_out_promises_letters_to_read(lamp, watch, visitor_client):
    make_issue(lamp)

    words = shown(visitor_client.get("/newsletter/").content.decode())

    assert "All letters of The Morning Lamp" in words
    assert "All letters of Council Watch" not in words
    assert "The first is still being written" in words


def test_the_page_of_all_letters_shows_the_very_words_that_are_kept_as_consent(lamp, visitor_client):
    offer = consent.page_offer(lamp)

    words = shown(visitor_client.get("/newsletter/").content.decode())

    parts = (offer.newsletter.name, offer.newsletter.when, offer.what, offer.terms, offer.button)
    assert [part for part in parts if part not in words] == []


def test_without_any_letter_there_is_no_box(db):
    assert box().strip() == ""


def test_the_box_costs_one_query(lamp, django_assert_num_queries):
    with django_assert_num_queries(1):
        box()


def test_the_box_has_a_token_for_members_only(lamp, reader):
    for_guests = box(csrf_token="secret")
    for_members = box(csrf_token="secret", signed_in=reader)

    assert ("csrfmiddlewaretoken" in for_guests, "csrfmiddlewaretoken" in for_members) == (False, True)


def test_there_is_one_default_letter_at_most(lamp):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_newsletter(is_default=True)


@pytest.mark.parametrize("slug", ["confirm", "leave", "subscribe"])
def test_a_letter_cannot_take_the_address_of_another_page(db, slug):
    letter = make_newsletter(slug=slug)

    with pytest.raises(Exception, match="Choose another word"):
        letter.full_clean()


# --- asking ---------------------------------------------------------------------------------------


def test_asking_keeps_what_was_said_and_writes_one_letter(lamp, sign_up, run_jobs, letters_to):
    answer = sign_up("Ana@Example.ORG", lamp, terms="box", page="/2026/11/story/?from=feed")
    run_jobs()

    assert (answer.status_code, answer["Location"]) == (303, "/newsletter/asked/")
    subscriber = Subscriber.objects.get()
    assert (subscriber.email, subscriber.state) == ("Ana@example.org", "pending")
    assert list(subscriber.subscriptions.values_list("state", flat=True)) == ["pending"]
    event = ConsentEvent.objects.get()
    assert (event.kind, event.newsletter, event.page) == ("asked", lamp, "/2026/11/story/")
    assert event.wording == consent.box_offer(lamp).wording
    assert bytes(event.key) == bytes(subscriber.key) == address_key("ana@example.org")
    assert len(letters_to("Ana@example.org")) == 1


def test_the_consent_keeps_the_network_as_a_hash_only(lamp, sign_up, rf, run_jobs):
    sign_up("ana@example.org", lamp, page="/")
    run_jobs()

    kept = bytes(ConsentEvent.objects.get().prefix_hash)
    assert kept == origin.prefix_hash(rf.get("/", REMOTE_ADDR="127.0.0.1"))
    assert b"127" not in kept


def test_no_letter_leaves_when_nothing_was_saved(lamp, sign_up, run_jobs, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(consent, "note", fail)
    sign_up("ana@example.org", lamp)
    with pytest.raises(RuntimeError):
        run_jobs()
    run_jobs()

    assert (Subscriber.objects.count(), mail.outbox) == (0, [])


def test_the_confirmation_has_two_parts_a_link_and_nothing_that_was_typed(lamp, sign_up, run_jobs, letters_to, link_in):
    sign_up("ana.cheap-pills@example.org", lamp, page="/buy-pills/", name="Pills!")
    run_jobs()

    (letter,) = letters_to("ana.cheap-pills@example.org")
    ((markup, kind),) = letter.alternatives
    assert (letter.subject, kind) == ("Please confirm: The Morning Lamp", "text/html")
    assert link_in(letter, "confirm") in markup
    assert "pills" not in letter.body.lower() + markup.lower()
    assert letter.from_email.startswith("Lio at the Lamp <")
    assert "List-Unsubscribe" not in letter.extra_headers  # there is nothing to leave yet


def test_letters_hold_no_template_notes_and_no_escaped_text(watch, sign_up, run_jobs, letters_to):
    Newsletter.objects.update(what="Friday's & Sunday's <best>")

    sign_up("ana@example.org", watch)
    run_jobs()

    (letter,) = letters_to()
    assert "Friday's & Sunday's <best>" in letter.body
    assert "Friday&#x27;s &amp; Sunday&#x27;s &lt;best&gt;" in letter.alternatives[0][0]
    assert letter.alternatives[0][0].startswith("<!doctype html>")
    assert not {"{#", "{%", "{{"} & set(re.findall(r"\{.", letter.body + letter.alternatives[0][0]))


def test_several_letters_are_confirmed_by_one(lamp, watch, sign_up, run_jobs, letters_to):
    sign_up("ana@example.org", lamp, watch)
    run_jobs()

    assert [letter.subject for letter in letters_to()] == ["Please confirm: The Morning Lamp and Council Watch"]


def test_the_answer_is_the_same_byte_for_byte_whoever_asks(lamp, watch, sign_up, visitor_client):
    make_subscriber(lamp, email="active@example.org")
    make_subscriber(lamp, email="pending@example.org", state="pending")
    make_subscriber(lamp, email="left@example.org", state="left")
    for reason in Suppression.Reason:
        Suppression.objects.create(key=address_key(f"{reason}-key@example.org"), reason=reason)
    names = ["new", "active", "pending", "left", *(f"{reason}-key" for reason in Suppression.Reason)]

    answers = [sign_up(f"{name}@example.org", lamp) for name in names]
    pages = {visitor_client.get(answer["Location"]).content for answer in answers}

    assert len({(answer.status_code, answer.content, str(sorted(answer.items()))) for answer in answers}) == 1
    assert len(pages) == 1
    assert b"example.org" not in pages.pop()


def test_the_same_statements_run_whoever_asks(lamp, sign_up, run_jobs):
    """So the time taken is the same, too; `bench/signups.py` measures it."""
    make_subscriber(lamp, email="active@example.org")
    make_subscriber(lamp, email="pending@example.org", state="pending")
    make_subscriber(lamp, email="left@example.org", state="left")
    subscribing.erase(make_subscriber(lamp, email="erased@example.org"))
    for reason in Suppression.Reason:
        Suppression.objects.create(key=address_key(f"{reason}-key@example.org"), reason=reason)
    names = ["new", "active", "pending", "left", "erased", *(f"{reason}-key" for reason in Suppression.Reason)]
    names += ["new", "active"]  # beyond the limit of the address
    sign_up("warm@example.org", lamp)

    ran = {}
    for number, name in enumerate(names):
        with CaptureQueriesContext(connection) as seen:
            sign_up(f"{name}@example.org", lamp)
        ran[number] = tuple(re.sub(r"'[^']*'|\d+|true|false", "?", query["sql"]) for query in seen)

    assert len(ran[0]) > 4
    assert [sql for sql in ran.values() if sql != ran[0]] == []


def test_somebody_who_gets_it_is_told_so_by_letter(lamp, sign_up, run_jobs, letters_to, link_in):
    make_subscriber(lamp, email="ana@example.org")

    sign_up("ANA@example.org", lamp)
    run_jobs()

    (letter,) = letters_to()
    assert letter.subject == "You already get The Morning Lamp"
    assert "/newsletter/confirm/" not in letter.body
    assert link_in(letter, "preferences")
    assert ConsentEvent.objects.filter(kind="asked").count() == 1  # the one from before


def test_somebody_who_gets_one_letter_confirms_the_other(lamp, watch, sign_up, run_jobs, letters_to):
    make_subscriber(lamp, email="ana@example.org")

    sign_up("ana@example.org", lamp, watch)
    run_jobs()

    assert [letter.subject for letter in letters_to()] == ["Please confirm: Council Watch"]


def test_an_address_that_was_erased_may_ask_again(lamp, sign_up, run_jobs, letters_to):
    Suppression.objects.create(key=address_key("ana@example.org"), reason="left")

    sign_up("ana@example.org", lamp)
    run_jobs()

    assert len(letters_to()) == 1
    assert Suppression.objects.count() == 1  # confirming lifts it, asking does not


@pytest.mark.parametrize("reason", ["bounced", "complained"])
def test_an_address_that_bounced_or_complained_gets_no_letter(lamp, sign_up, run_jobs, reason):
    Suppression.objects.create(key=address_key("ana@example.org"), reason=reason)

    answer = sign_up("ana@example.org", lamp)
    run_jobs()

    assert (answer.status_code, mail.outbox, Subscriber.objects.count()) == (303, [], 0)


def test_whoever_falls_into_the_trap_gets_the_usual_answer_and_no_letter(lamp, sign_up, run_jobs):
    answer = sign_up("ana@example.org", lamp, homepage="https://pills.example")
    run_jobs()

    assert (answer.status_code, answer["Location"]) == (303, "/newsletter/asked/")
    assert (mail.outbox, Subscriber.objects.count()) == ([], 0)


def test_the_form_of_another_site_is_refused(lamp):
    foreign = Client(HTTP_SEC_FETCH_SITE="cross-site", HTTP_ORIGIN="https://evil.example")

    answer = foreign.post("/newsletter/subscribe/", {"email": "ana@example.org", "letter": lamp.slug})

    assert (answer.status_code, Subscriber.objects.count()) == (403, 0)


def test_a_member_needs_the_token(lamp, reader):
    member = Client(enforce_csrf_checks=True, HTTP_SEC_FETCH_SITE="same-origin")
    member.force_login(reader, backend="allauth.account.auth_backends.AuthenticationBackend")
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', member.get("/newsletter/").content.decode())[1]
    fields = {"email": "ana@example.org", "letter": lamp.slug}

    without = member.post("/newsletter/subscribe/", fields).status_code
    with_it = member.post("/newsletter/subscribe/", {**fields, "csrfmiddlewaretoken": token}).status_code

    assert (without, with_it) == (403, 303)


# --- what can be mended ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", "We need an address to write to."),
        ("   ", "We need an address to write to."),
        ("ana.example.org", "This address has no @."),
        ("@example.org", "Something is missing before the @."),
        ("ana@", "Something is missing after the @."),
        ("ana@example", "This address cannot be right."),
        ("ana maria@example.org", "This address cannot be right."),
        ("ana@example.org, ben@example.org", "This address cannot be right."),
        ("ana@example.org\r\nBcc: all@example.org", "This address cannot be right."),
    ],
)
def test_a_wrong_address_is_named_kindly_and_kept(lamp, sign_up, typed, fault):
    answer = sign_up(typed, lamp)

    page = answer.content.decode()
    assert (answer.status_code, Subscriber.objects.count()) == (422, 0)
    assert f"{fault} It should look like ana@example.org." in shown(page)
    assert f'value="{html.escape(typed)}"' in page
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_email_error id_email_helptext"' in page


def test_an_error_from_the_box_comes_back_as_the_box(lamp, sign_up):
    answer = sign_up("ana.example.org", lamp, terms="box")

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<h1>The Morning Lamp</h1>" in page
    assert 'aria-describedby="id_signup_email_error id_signup_email_helptext"' in page


def test_no_letter_chosen_is_named(lamp, sign_up):
    answer = sign_up("ana@example.org")

    assert answer.status_code == 422
    assert "Choose at least one letter." in answer.content.decode()


@pytest.mark.parametrize("terms", ["box", "page"])
def test_a_slip_of_the_finger_is_asked_about_once_and_then_believed(lamp, visitor_client, run_jobs, terms):
    fields = {"email": "Lena.Brandt@gmial.com", "letter": lamp.slug, "terms": terms}

    asked = visitor_client.post("/newsletter/subscribe/", fields)
    markup = asked.content.decode()
    before = run_jobs()
    sure = html.unescape(re.search(r'name="sure" value="([^"]*)"', markup)[1])
    insisted = visitor_client.post("/newsletter/subscribe/", {**fields, "sure": sure})
    run_jobs()

    assert "Did you mean Lena.Brandt@gmail.com?" in shown(markup)
    assert (asked.status_code, before, insisted.status_code) == (422, 0, 303)
    assert [letter.to for letter in mail.outbox] == [["Lena.Brandt@gmial.com"]]


def test_being_sure_of_one_slip_says_nothing_of_another(lamp, visitor_client):
    fields = {"email": "lena@gmial.com", "letter": lamp.slug, "sure": "lena@yaho.com"}

    assert visitor_client.post("/newsletter/subscribe/", fields).status_code == 422


@pytest.mark.parametrize("address", ["lena@gmail.com", "lena@gmial.example", "lena@mail.gmail.com", "gmial.com", ""])
def test_what_is_no_known_slip_is_not_doubted(address):
    assert slips.meant(address) == ""


@pytest.mark.parametrize("field", ["email", "letter", "terms", "words", "page", "homepage"])
@pytest.mark.parametrize("value", ["\0", "x" * 5000, "<script>alert(1)</script>", "é\udcff".encode("utf8", "replace")])
def test_nonsense_in_any_field_is_no_crash(lamp, sign_up, visitor_client, field, value):
    fields = {"email": "ana@example.org", "letter": lamp.slug, field: value}

    answer = visitor_client.post("/newsletter/subscribe/", fields)

    assert answer.status_code in (303, 422)
    assert b"<script>alert" not in answer.content


def test_a_page_with_older_words_is_shown_again_with_the_address_kept(lamp, sign_up, visitor_client):
    words = re.search(r'name="words" value="([^"]+)', visitor_client.get("/newsletter/").content.decode())[1]
    Newsletter.objects.update(what="Something else altogether.")

    late = sign_up("ana@example.org", lamp, terms="page", words=words)
    words = re.search(r'name="words" value="([^"]+)', late.content.decode())[1]
    again = sign_up("ana@example.org", lamp, terms="page", words=words)

    assert (late.status_code, again.status_code) == (422, 303)
    assert "We have changed the words of this offer" in late.content.decode()
    assert 'value="ana@example.org"' in late.content.decode()


def test_loading_a_page_of_errors_anew_leads_back_to_the_letters(lamp, visitor_client):
    answer = visitor_client.get("/newsletter/subscribe/")

    assert (answer.status_code, answer["Location"]) == (302, "/newsletter/")


# --- limits ---------------------------------------------------------------------------------------


def test_an_address_gets_one_confirmation_in_ten_minutes(lamp, sign_up, run_jobs, letters_to):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for minutes in (0, 4, 5):  # at 0, 4 and 9
            clock.shift(timedelta(minutes=minutes))
            assert sign_up("ana@example.org", lamp).status_code == 303
        run_jobs()
        within = len(letters_to())
        clock.shift(timedelta(minutes=2))
        sign_up("Ana@example.org", lamp)
        run_jobs()

    assert (within, len(mail.outbox)) == (1, 2)


def test_an_address_gets_three_confirmations_a_day(lamp, sign_up, run_jobs):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(6):
            sign_up("ana@example.org", lamp)
            run_jobs()
            clock.shift(timedelta(hours=1))
        within = len(mail.outbox)
        clock.shift(timedelta(hours=19))
        sign_up("ana@example.org", lamp)
        run_jobs()

    assert (within, len(mail.outbox)) == (3, 4)


def test_asking_again_beyond_the_limit_writes_nothing_down(lamp, sign_up, run_jobs):
    for _ in range(5):
        sign_up("ana@example.org", lamp)
    run_jobs()

    assert ConsentEvent.objects.count() == 1


def test_a_second_letter_asked_for_a_minute_later_waits_on_the_same_page(
    lamp, watch, sign_up, run_jobs, letters_to, link_in, visitor_client
):
    sign_up("ana@example.org", lamp)
    sign_up("ana@example.org", watch)
    run_jobs()

    (letter,) = letters_to()
    page = visitor_client.get(link_in(letter, "confirm")).content.decode()
    assert ("The Morning Lamp" in page, "Council Watch" in page) == (True, True)


def test_a_flood_from_one_network_is_stopped_with_the_address_kept(lamp, sign_up, settings, run_jobs):
    settings.CONFIRM_LETTERS_PER_PREFIX_HOUR = 3
    for number in range(3):
        assert sign_up(f"victim{number}@example.org", lamp).status_code == 303

    answer = sign_up("victim3@example.org", lamp)
    run_jobs()

    page = answer.content.decode()
    assert (answer.status_code, len(mail.outbox), Subscriber.objects.count()) == (429, 3, 3)
    assert 3500 < int(answer["Retry-After"]) <= 3600
    assert "A little too fast" in page
    assert 'value="victim3@example.org"' in page


# --- reading --------------------------------------------------------------------------------------


def test_the_page_of_all_letters_costs_the_same_with_thirty_letters_as_with_one(lamp, visitor_client):
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert visitor_client.get("/newsletter/").status_code == 200
        return len(seen)

    make_issue(lamp)
    one = queries()
    for _ in range(29):
        make_issue(make_newsletter(reward=make_reward()))

    assert queries() == one


def test_the_page_of_a_letter_costs_the_same_with_thirty_issues_as_with_one(lamp, visitor_client):
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert visitor_client.get(lamp.get_absolute_url()).status_code == 200
        return len(seen)

    make_issue(lamp)
    queries()  # parts that are the same for everybody are kept from now on
    one = queries()
    for _ in range(29):
        make_issue(lamp)

    assert queries() == one


def test_public_pages_set_no_cookie_and_vary_on_no_cookie(lamp, visitor_client):
    issue = make_issue(lamp)
    pages = ["/newsletter/", "/newsletter/asked/", lamp.get_absolute_url(), issue.get_absolute_url()]

    answers = [visitor_client.get(page) for page in pages]

    assert [(a.status_code, a.cookies.output(), a.get("Vary")) for a in answers] == [(200, "", "Accept-Encoding")] * 4


def test_the_page_without_letters_says_so(db, visitor_client):
    answer = visitor_client.get("/newsletter/")

    assert answer.status_code == 200
    assert "There is no letter yet." in answer.content.decode()


def test_an_issue_can_be_read_on_the_web_once_it_was_sent(lamp, visitor_client):
    sent = make_issue(lamp, blocks=[{"type": "text", "paragraphs": ["A <b>late</b> night."]}])
    draft = make_issue(lamp, sent_at=None)

    page = visitor_client.get(sent.get_absolute_url()).content.decode()

    assert "A &lt;b&gt;late&lt;/b&gt; night." in page
    assert "style=" not in page
    assert visitor_client.get(draft.get_absolute_url()).status_code == 404


def test_one_slot_has_one_issue(lamp):
    make_issue(lamp, slot="2026-11-17")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_issue(lamp, slot="2026-11-17")


def test_a_subscription_cannot_be_active_without_a_confirmation(lamp):
    subscriber = make_subscriber(lamp, state="pending")

    with pytest.raises(IntegrityError, match="newsletter_active_was_confirmed"), transaction.atomic():
        Subscription.objects.update(state="active")

    assert proofs(subscriber) == [("asked", "The Morning Lamp")]


def test_an_address_exists_once_whatever_its_case(lamp):
    make_subscriber(email="ana@example.org")

    with pytest.raises(IntegrityError), transaction.atomic():
        Subscriber.objects.create(email="ANA@example.org")


def test_a_proof_of_consent_is_never_rewritten(lamp):
    make_subscriber(lamp)
    event = ConsentEvent.objects.first()
    event.wording = "They agreed to everything."

    with pytest.raises(TypeError):
        event.save()
