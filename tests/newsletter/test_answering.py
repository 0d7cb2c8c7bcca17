"""What follows when somebody asked: the limits, the letter once more, addresses that are thrown away."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from newsletter import consent, jobs, links, subscribing
from newsletter.answering import answer
from newsletter.models import ConsentEvent, SignupRequest, Subscriber, Suppression, address_key
from tests.newsletter.factories import make_subscriber, proofs

SPELLINGS = [
    "ana.maria@gmail.com",
    "ANAMARIA@gmail.com",
    "a.n.a.m.a.r.i.a+{}@gmail.com",
    "Ana.Maria+x{}@GoogleMail.com",
]


def test_a_thousand_signups_for_one_mailbox_send_three_letters_a_day(lamp, run_jobs):
    """Each from a network of its own, over twelve hours. `bench/signups.py` does the same through the form."""
    offers = [consent.page_offer(lamp)]
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(1000):
            email = SPELLINGS[number % len(SPELLINGS)].format(number)
            subscribing.ask(email=email, offers=offers, page="/", prefix=number.to_bytes(16))
            if number % 20 == 0:
                run_jobs()
                clock.shift(timedelta(minutes=14))
        run_jobs()

    assert len(mail.outbox) == 3


@pytest.mark.parametrize("email", [spelling.format(7) for spelling in SPELLINGS])
def test_a_mailbox_has_one_allowance_however_it_is_written(lamp, sign_up, run_jobs, email):
    for address in ("ana.maria@gmail.com", email):
        assert sign_up(address, lamp).status_code == 303
    run_jobs()

    assert len(mail.outbox) == 1


def test_an_answered_request_holds_no_address(lamp, sign_up, run_jobs):
    make_subscriber(lamp, email="active@example.org")
    Suppression.objects.create(key=address_key("bounced@example.org"), reason="bounced")
    for name in ("new", "active", "bounced"):
        sign_up(f"{name}@example.org", lamp)

    run_jobs()

    rows = SignupRequest.objects.order_by("pk")
    assert [row.email for row in rows] == ["", "", ""]
    assert [row.key and bytes(row.key) for row in rows] == [address_key("new@example.org"), None, None]
    assert [bool(row.letter_at) for row in rows] == [True, False, False]


def test_answering_twice_is_as_good_as_once(lamp, sign_up, run_jobs, letters_to):
    sign_up("ana@example.org", lamp)
    run_jobs()

    answer(SignupRequest.objects.get().pk)
    answer(987_654_321)
    run_jobs()

    assert (len(letters_to()), ConsentEvent.objects.count()) == (1, 1)


def test_what_is_kept_as_proof_says_when_it_was_asked_and_not_when_it_was_answered(lamp, sign_up, run_jobs):
    asked_at = timezone.now()
    with time_machine.travel(asked_at, tick=False):
        sign_up("ana@example.org", lamp)
    with time_machine.travel(asked_at + timedelta(hours=3), tick=False):
        run_jobs()

    subscriber = Subscriber.objects.get()
    assert (subscriber.consents().get().at, subscriber.subscriptions.get().asked_at) == (asked_at, asked_at)


def test_requests_are_forgotten_after_a_week_answered_or_not(lamp, sign_up, run_jobs):
    sign_up("ana@example.org", lamp)
    run_jobs()
    sign_up("ben@example.org", lamp)
    SignupRequest.objects.update(at=timezone.now() - timedelta(days=8))
    sign_up("kim@example.org", lamp)

    jobs.forget()

    assert [row.email for row in SignupRequest.objects.all()] == ["kim@example.org"]


def test_an_erased_address_leaves_no_key_in_its_requests(lamp, sign_up, run_jobs):
    sign_up("ana@example.org", lamp)
    run_jobs()

    subscribing.erase(Subscriber.objects.get())

    assert SignupRequest.objects.get().key is None


@pytest.mark.parametrize(
    ("email", "is_marked"), [("a@mailinator.com", True), ("a@x.mailinator.com", True), ("a@example.org", False)]
)
def test_addresses_that_are_thrown_away_are_marked_and_get_their_letter(lamp, sign_up, run_jobs, email, is_marked):
    sign_up(email, lamp)
    run_jobs()

    assert (Subscriber.objects.get().is_disposable, len(mail.outbox)) == (is_marked, 1)


# --- the letter once more -------------------------------------------------------------------------


@pytest.fixture
def send_again(visitor_client):
    def post(email="ana@example.org", **fields):
        return visitor_client.post("/newsletter/again/", {"email": email, **fields})

    return post


def test_the_letter_comes_once_more_within_the_limits(lamp, sign_up, send_again, run_jobs, letters_to):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sign_up("ana@example.org", lamp)
        send_again()  # too soon
        run_jobs()
        soon = len(letters_to())
        for _ in range(5):
            clock.shift(timedelta(minutes=11))
            send_again()
            run_jobs()

    assert (soon, [letter.subject for letter in letters_to()]) == (1, ["Please confirm: The Morning Lamp"] * 3)
    assert proofs(Subscriber.objects.get()) == [("asked", "The Morning Lamp")]


def test_asking_once_more_makes_nobody_a_subscriber(lamp, send_again, run_jobs):
    send_again("new@example.org")
    run_jobs()

    assert (mail.outbox, Subscriber.objects.count(), ConsentEvent.objects.count()) == ([], 0, 0)


def test_whoever_gets_letters_is_told_so_by_letter(lamp, send_again, run_jobs, letters_to):
    make_subscriber(lamp, email="ana@example.org")

    send_again()
    run_jobs()

    assert [letter.subject for letter in letters_to()] == ["You already get The Morning Lamp"]


def test_the_answer_is_the_same_whoever_asks_once_more(lamp, send_again, visitor_client):
    make_subscriber(lamp, email="active@example.org")
    make_subscriber(lamp, email="pending@example.org", state="pending")
    Suppression.objects.create(key=address_key("bounced@example.org"), reason="bounced")

    answers = [send_again(f"{name}@example.org") for name in ("new", "active", "pending", "bounced", "active")]
    pages = {visitor_client.get(answer["Location"]).content for answer in answers}

    assert {(a.status_code, a["Location"], a.content) for a in answers} == {(303, "/newsletter/asked/?again", b"")}
    assert len(pages) == 1
    assert b"If a letter waits for your answer" in pages.pop()


def test_both_pages_that_come_too_late_have_a_way_to_ask_again(lamp, visitor_client, settings):
    ana = make_subscriber(lamp, email="ana@example.org", state="pending")
    link = links.confirm_url(ana).removeprefix("https://paper.example")
    asked = visitor_client.get("/newsletter/asked/").content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=settings.SIGNUP_CONFIRM_DAYS, seconds=1)):
        old = visitor_client.get(link).content.decode()

    assert 'action="/newsletter/again/"' in asked
    assert 'action="/newsletter/subscribe/"' in old


def test_asking_once_more_names_faults_keeps_the_address_and_knows_the_trap(lamp, send_again, run_jobs):
    wrong = send_again("ana.example.org")
    trapped = send_again(homepage="https://pills.example")

    page = wrong.content.decode()
    assert (wrong.status_code, trapped.status_code) == (422, 303)
    assert "This address has no @." in page
    assert 'value="ana.example.org"' in page
    assert SignupRequest.objects.count() == 0


def test_a_flood_of_asking_once_more_is_stopped_with_the_address_kept(lamp, send_again, settings):
    settings.CONFIRM_LETTERS_PER_PREFIX_HOUR = 2
    for _ in range(2):
        send_again()

    answer = send_again("victim@example.org")

    assert (answer.status_code, int(answer["Retry-After"]) > 3500) == (429, True)
    assert 'value="victim@example.org"' in answer.content.decode()


def test_another_site_cannot_ask_once_more(lamp):
    foreign = Client(HTTP_SEC_FETCH_SITE="cross-site", HTTP_ORIGIN="https://evil.example")

    assert foreign.post("/newsletter/again/", {"email": "ana@example.org"}).status_code == 403
    assert Client().get("/newsletter/again/")["Location"] == "/newsletter/asked/"
