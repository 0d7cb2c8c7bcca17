""" "This was not me": the other link in a confirmation letter."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from newsletter import links
from newsletter.models import LEFT_ALONE, ConsentEvent, SignupRequest, Subscriber, Suppression, address_key
from tests.newsletter.factories import make_subscriber


@pytest.fixture
def link(lamp, sign_up, run_jobs, letters_to, link_in):
    """From the letter that somebody's signup with Ana's address brought her."""
    sign_up("ana@example.org", lamp)
    run_jobs()
    (letter,) = letters_to()
    assert link_in(letter, "not-me") in letter.alternatives[0][0]
    return link_in(letter, "not-me")


def test_opening_it_changes_nothing(link):
    for method in (Client().get, Client().head, Client().options):
        method(link)

    page = Client().get(link)
    assert "Was it not you?" in page.content.decode()
    assert "ana@example.org" not in page.content.decode()
    assert (Subscriber.objects.count(), Suppression.objects.count()) == (1, 0)


def test_pressing_it_erases_the_request_and_says_so(link):
    answer = Client(HTTP_ORIGIN="null").post(link, follow=True)

    assert answer.redirect_chain == [(link, 303)]
    assert "We leave you alone" in answer.content.decode()
    assert (Subscriber.objects.count(), ConsentEvent.objects.count()) == (0, 0)
    assert [(bytes(row.key), row.reason) for row in Suppression.objects.all()] == [
        (address_key("ana@example.org"), "disowned")
    ]
    request = SignupRequest.objects.get()
    assert (request.key, bool(request.disowned_at)) == (None, True)


def test_pressing_it_twice_is_as_good_as_once(link):
    answers = [Client().post(link).status_code for _ in range(3)]

    assert (answers, Suppression.objects.count()) == ([303] * 3, 1)


def test_for_a_month_no_typing_brings_the_address_a_letter(link, lamp, sign_up, run_jobs):
    Client().post(link)
    mail.outbox.clear()

    with time_machine.travel(timezone.now(), tick=False) as clock:
        clock.shift(LEFT_ALONE - timedelta(hours=1))
        answer = sign_up("Ana@example.org", lamp)
        run_jobs()
        within = (answer.status_code, len(mail.outbox), Subscriber.objects.count())
        clock.shift(timedelta(hours=2))
        sign_up("ana@example.org", lamp)
        run_jobs()

    assert within == (303, 0, 0)
    assert len(mail.outbox) == 1


def test_a_slip_can_be_undone(link, lamp, sign_up, run_jobs):
    Client().post(link)
    mail.outbox.clear()

    answer = Client().post(link, {"undo": "1"}, follow=True)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        sign_up("ana@example.org", lamp)
        run_jobs()

    assert "Was it not you?" in answer.content.decode()
    assert len(mail.outbox) == 1


def test_letters_that_were_confirmed_go_on(lamp, watch, sign_up, run_jobs):
    ben = make_subscriber(lamp, email="ben@example.org")
    sign_up("ben@example.org", watch)
    run_jobs()
    mail.outbox.clear()
    link = links.not_me_url(ben).removeprefix("https://paper.example")

    page = Client().post(link, follow=True).content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        sign_up("ben@example.org", watch)
        run_jobs()

    assert "The letters that you confirmed yourself go on." in page
    assert [(row.newsletter, row.state) for row in ben.subscriptions.all()] == [(lamp, "active")]
    assert (Suppression.objects.count(), mail.outbox) == (0, [])


def test_a_bounce_stays_a_bounce(link):
    Suppression.objects.create(key=address_key("ana@example.org"), reason="bounced")

    Client().post(link)
    Client().post(link, {"undo": "1"})

    assert Suppression.objects.get().reason == "bounced"


def test_it_works_after_the_address_was_forgotten(link):
    Subscriber.objects.all().delete()

    before = Client().get(link).content.decode()
    Client().post(link)

    assert "We have forgotten your address already." in before
    assert Suppression.objects.get().reason == "disowned"


@pytest.mark.parametrize("purpose", ["confirm", "preferences", "leave"])
def test_it_opens_nothing_else_and_nothing_else_opens_it(link, lamp, purpose):
    ana = Subscriber.objects.get()
    others = {
        "confirm": links.confirm_url(ana),
        "preferences": links.preferences_url(ana),
        "leave": links.leave_url(ana, [lamp]),
    }

    assert Client().get(link.replace("/not-me/", f"/{purpose}/")).status_code == 404
    foreign = others[purpose].removeprefix("https://paper.example").replace(f"/{purpose}/", "/not-me/")
    assert (Client().get(foreign).status_code, Client().post(foreign).status_code) == (404, 404)
    assert Subscriber.objects.count() == 1
