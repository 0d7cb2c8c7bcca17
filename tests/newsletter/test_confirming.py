"""What the link in the confirmation letter opens, and the free report after it."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from civic.lib import tokens
from newsletter import consent, links, subscribing
from newsletter.models import ConsentEvent, Newsletter, Subscriber, Subscription, Suppression, address_key
from tests.newsletter.factories import PDF, make_newsletter, make_reward, make_subscriber, proofs


@pytest.fixture
def ana(lamp):
    """She asked for the Morning Lamp and has not confirmed."""
    return make_subscriber(lamp, email="ana@example.org", state="pending")


@pytest.fixture
def link(ana):
    return path(links.confirm_url(ana))


def path(url: str) -> str:
    return url.removeprefix("https://paper.example")


def states(subscriber: Subscriber) -> list[str]:
    return list(subscriber.subscriptions.in_order().values_list("state", flat=True))


# --- GET ------------------------------------------------------------------------------------------


def test_opening_the_link_shows_a_button_and_changes_nothing(ana, link, visitor_client, run_jobs):
    pages = [visitor_client.get(link) for _ in range(3)]
    visitor_client.head(link)

    assert [page.status_code for page in pages] == [200] * 3
    assert "Yes, write to me" in pages[0].content.decode()
    assert (states(ana), proofs(ana), run_jobs()) == (["pending"], [("asked", "The Morning Lamp")], 0)


def test_a_mail_scanner_without_any_header_confirms_nothing(ana, link, run_jobs):
    scanner = Client(HTTP_USER_AGENT="SafeLinks")

    for method in (scanner.get, scanner.head, scanner.options):
        method(link)

    assert (states(ana), run_jobs()) == (["pending"], 0)


@pytest.mark.parametrize("page", ["confirm", "leave", "preferences", "erase", "nothing"])
def test_pages_behind_a_link_are_kept_and_passed_on_by_nobody(ana, lamp, visitor_client, page):
    address = {
        "confirm": links.confirm_url(ana),
        "leave": links.leave_url(ana, [lamp]),
        "preferences": links.preferences_url(ana),
        "erase": links.preferences_url(ana) + "erase/",
        "nothing": "/newsletter/confirm/nonsense/",
    }[page]

    answer = visitor_client.get(path(address))

    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    assert not answer.cookies


# --- POST -----------------------------------------------------------------------------------------


def test_pressing_the_button_begins_the_letter_and_keeps_the_proof(ana, lamp, link, visitor_client):
    answer = visitor_client.post(link, {"letter": lamp.slug}, follow=True)

    ana.refresh_from_db()
    subscription = ana.subscriptions.get()
    event = ConsentEvent.objects.latest("pk")
    assert (answer.redirect_chain, answer.status_code) == ([(link + "?welcome", 303)], 200)
    assert (ana.state, subscription.state) == ("active", "active")
    assert (event.kind, event.page) == ("confirmed", "/newsletter/confirm/")
    assert event.wording == consent.confirm_offer(lamp).wording
    assert "What comes next" in answer.content.decode()
    assert "Who decides what" in answer.content.decode()


def test_the_button_needs_no_proof_of_origin_for_the_token_is_the_right(ana, link):
    # With no referrer browsers call the origin of a form "null".
    strict = Client(HTTP_ORIGIN="null", HTTP_SEC_FETCH_SITE="same-origin", enforce_csrf_checks=True)

    assert (strict.post(link).status_code, states(ana)) == (303, ["active"])


def test_the_confirm_page_shows_the_very_words_that_are_kept(ana, lamp, link, visitor_client):
    page = visitor_client.get(link).content.decode()

    offer = consent.confirm_offer(lamp)
    parts = (offer.newsletter.name, offer.newsletter.when, offer.what, offer.terms, offer.button)
    assert [part for part in parts if part not in page] == []


def test_the_welcome_letter_brings_the_report_and_the_ways_out(
    ana, lamp, link, visitor_client, run_jobs, letters_to, link_in, settings
):
    visitor_client.post(link)
    run_jobs()

    (letter,) = letters_to()
    assert letter.subject == "Welcome to The Morning Lamp"
    leave = link_in(letter, "leave")
    token = leave.split("/")[-2]
    by_mail = f"mailto:{settings.BOUNCE_ADDRESS}?subject=leave%20{token}"
    assert letter.extra_headers["List-Unsubscribe"] == f"<https://paper.example{leave}>, <{by_mail}>"
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter.extra_headers["List-Id"] == '"The Morning Lamp" <the-morning-lamp.paper.example>'
    for page in ("report", "leave", "preferences"):
        assert link_in(letter, page) in letter.alternatives[0][0]
    report = visitor_client.get(link_in(letter, "report"))
    assert (report.status_code, report["Content-Type"], report.getvalue()) == (200, "application/pdf", PDF)
    assert report["X-Robots-Tag"] == "noindex, nofollow"


def test_a_letter_without_a_report_welcomes_too(watch, visitor_client, run_jobs, letters_to):
    ben = make_subscriber(watch, email="ben@example.org", state="pending")

    visitor_client.post(path(links.confirm_url(ben)))
    run_jobs()

    assert "report" not in letters_to("ben@example.org")[0].body


def test_pressing_twice_does_it_once(ana, lamp, link, visitor_client, run_jobs, letters_to):
    for _ in range(3):
        visitor_client.post(link, {"letter": lamp.slug})
    run_jobs()

    assert len(letters_to()) == 1
    assert proofs(ana) == [("asked", "The Morning Lamp"), ("confirmed", "The Morning Lamp")]


def test_a_used_link_says_that_it_was_used(ana, link, visitor_client):
    visitor_client.post(link)

    answer = visitor_client.get(link)

    assert answer.status_code == 200
    assert "<h1>Already confirmed</h1>" in answer.content.decode()


def test_a_used_link_brings_nobody_back_who_has_left(ana, lamp, link, visitor_client):
    visitor_client.post(link)
    subscribing.leave(ana, [lamp], wording="[Leave]", page="", prefix=b"")

    visitor_client.post(link)

    assert states(ana) == ["left"]
    assert "have left since" in visitor_client.get(link).content.decode()


def test_of_several_letters_those_unticked_are_dropped(ana, lamp, watch, link, visitor_client):
    ana.subscriptions.create(newsletter=watch)

    visitor_client.post(link, {"letter": watch.slug})

    assert [(row.newsletter, row.state) for row in ana.subscriptions.all()] == [(watch, "active")]


def test_of_several_letters_one_must_be_ticked(ana, watch, link, visitor_client):
    ana.subscriptions.create(newsletter=watch)

    answer = visitor_client.post(link)

    assert (answer.status_code, states(ana)) == (422, ["pending", "pending"])
    assert "Choose at least one letter." in answer.content.decode()


def test_a_letter_that_nobody_asked_for_cannot_be_confirmed(ana, watch, link, visitor_client):
    answer = visitor_client.post(link, {"letter": watch.slug})

    assert (answer.status_code, states(ana)) == (422, ["pending"])


def test_confirming_lifts_the_suppression_of_an_erased_address(ana, link, visitor_client):
    Suppression.objects.create(key=address_key("ana@example.org"), reason="left")

    visitor_client.post(link)

    assert Suppression.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_give_one_welcome_letter(ana, lamp, link, run_jobs, letters_to):
    start = threading.Barrier(4)
    statuses = []

    def press() -> None:
        start.wait()
        statuses.append(Client().post(link, {"letter": lamp.slug}).status_code)
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run_jobs()

    assert 303 in statuses
    assert set(statuses) <= {303, 200}  # who comes when the others are done is shown that it is confirmed
    assert len(letters_to()) == 1
    assert proofs(ana) == [("asked", "The Morning Lamp"), ("confirmed", "The Morning Lamp")]


@pytest.mark.django_db(transaction=True)
def test_two_signups_at_once_make_one_subscriber_and_one_letter(lamp, run_jobs, letters_to):
    start = threading.Barrier(4)

    def ask() -> None:
        start.wait()
        Client(HTTP_SEC_FETCH_SITE="same-origin").post(
            "/newsletter/subscribe/", {"email": "ana@example.org", "letter": lamp.slug}
        )
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run_jobs()

    assert (Subscriber.objects.count(), Subscription.objects.count()) == (1, 1)
    assert len(letters_to()) == 1


# --- links that do not work -----------------------------------------------------------------------


@pytest.mark.parametrize("page", ["confirm", "leave", "preferences", "report"])
def test_a_link_that_is_not_ours_gets_a_kind_page(ana, visitor_client, page):
    for token in ("nonsense", "a.b.c", links.confirm_url(ana).split("/")[-2][:-1], "%00", "é" * 300):
        answer = visitor_client.get(f"/newsletter/{page}/{token}/")
        assert (answer.status_code, b"This link does not work" in answer.content) == (404, True)


@pytest.mark.parametrize("page", ["leave", "preferences", "report"])
def test_a_link_is_good_for_its_own_purpose_only(ana, link, visitor_client, page):
    answer = visitor_client.get(link.replace("/confirm/", f"/{page}/"))

    assert answer.status_code == 404


def test_a_link_for_an_erased_address_is_unknown(ana, link, visitor_client):
    subscribing.erase(ana)

    assert visitor_client.get(link).status_code == 404
    assert visitor_client.post(link).status_code == 404


def test_an_old_link_begins_nothing_and_offers_another(ana, lamp, link, visitor_client, settings):
    later = timezone.now() + timedelta(days=settings.SIGNUP_CONFIRM_DAYS, seconds=1)
    with time_machine.travel(later):
        answer = visitor_client.post(link)
        page = answer.content.decode()

    assert (answer.status_code, states(ana)) == (410, ["pending"])
    assert 'action="/newsletter/subscribe/"' in page
    # Under "no-referrer" the browser would name no origin, and the form on this page would be refused.
    assert answer["Referrer-Policy"] == "same-origin"


def test_a_link_works_until_its_last_day(ana, link, visitor_client, settings):
    with time_machine.travel(timezone.now() + timedelta(days=settings.SIGNUP_CONFIRM_DAYS, seconds=-5)):
        assert visitor_client.get(link).status_code == 200


# --- the report -----------------------------------------------------------------------------------


def test_the_link_to_the_report_never_grows_old(lamp, visitor_client, settings):
    link = path(links.report_url(lamp.reward))
    settings.SECRET_KEY = "another-one-altogether-0123456789abcdef"

    with time_machine.travel(timezone.now() + timedelta(days=3650)):
        assert visitor_client.get(link).status_code == 200


def test_a_report_is_found_by_its_link_only(db):
    names = {make_reward().file.name for _ in range(3)}

    assert len(names) == 3
    assert not any("report" in name.removeprefix("rewards/") for name in names)


def test_a_report_whose_file_is_gone_is_a_kind_404(lamp, visitor_client):
    lamp.reward.file.delete(save=True)

    assert visitor_client.get(path(links.report_url(lamp.reward))).status_code == 404


def test_a_token_for_a_report_says_nothing_about_people(lamp):
    token = links.report_url(lamp.reward).split("/")[-2]

    assert tokens.read(links.REPORT, token) == str(lamp.reward.pk)


def test_three_letters_are_called_by_the_papers_name(db, visitor_client, run_jobs, letters_to):
    ben = make_subscriber(*[make_newsletter() for _ in range(3)], email="ben@example.org", state="pending")

    visitor_client.post(
        path(links.confirm_url(ben)), {"letter": list(Newsletter.objects.values_list("slug", flat=True))}
    )
    run_jobs()

    (letter,) = letters_to("ben@example.org")
    assert letter.subject == "Welcome to the letters of Civic"
    assert "List-Id" not in letter.extra_headers
