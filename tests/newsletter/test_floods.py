"""Confirmation letters are held back while nobody answers them, and go out again by themselves."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from newsletter import consent, floods, jobs, subscribing
from newsletter.models import SignupFlood, SignupRequest, Subscriber
from tests.factories import make_member
from tests.newsletter.factories import make_subscriber


@pytest.fixture
def now():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


def letters(count: int, *, proven: int = 0, minutes_ago: int = 60, network: bytes | None = None) -> None:
    """So many confirmation letters went to unknown addresses, each from a network of its own or all from one."""
    at = timezone.now() - timedelta(minutes=minutes_ago)
    SignupRequest.objects.bulk_create(
        SignupRequest(
            prefix_hash=network or number.to_bytes(16),
            may_write=True,
            at=at,
            letter_at=at + timedelta(microseconds=number),
            proven_at=timezone.now() if number < proven else None,
        )
        for number in range(count)
    )


@pytest.mark.parametrize(
    ("count", "proven", "minutes_ago", "is_flood"),
    [
        (50, 4, 60, True),
        (50, 5, 60, False),
        (25, 0, 60, True),
        (24, 0, 60, False),  # too few to say anything
        (50, 0, 10, False),  # they may still be answered
        (50, 0, 7 * 60, False),  # long over
        (200, 9, 5, True),  # a burst: nobody answers so seldom
        (200, 10, 5, False),
        (199, 0, 5, False),
    ],
)
def test_a_flood_begins_when_nearly_no_letter_is_answered(db, now, count, proven, minutes_ago, is_flood):
    letters(count, proven=proven, minutes_ago=minutes_ago)

    floods.look(timezone.now())
    floods.look(timezone.now())

    assert [(flood.letters, flood.proven) for flood in SignupFlood.objects.all()] == [
        (min(count, 50) if minutes_ago > 15 else count, proven)
    ] * is_flood


def test_only_the_last_fifty_letters_count(db, now):
    letters(200, minutes_ago=300)
    letters(50, proven=40, minutes_ago=60)

    assert floods.answers(timezone.now()) == (50, 40)


def test_in_a_flood_a_few_letters_an_hour_go_to_unknown_addresses(lamp, now, run_jobs):
    letters(50)
    for number in range(40):
        subscribe(f"victim{number}@example.org", lamp, network=1000 + number)
    run_jobs()

    flood = SignupFlood.now()
    assert (len(mail.outbox), flood.held) == (floods.TRICKLE_AN_HOUR, 40 - floods.TRICKLE_AN_HOUR)
    assert Subscriber.objects.count() == 40  # noted, so that whoever really asked need only ask once more


def test_in_a_flood_a_network_gets_one_letter_at_most(lamp, now, run_jobs):
    letters(50)
    for number in range(5):
        subscribe(f"victim{number}@example.org", lamp, network=7000)
    run_jobs()

    assert len(mail.outbox) == 1


def test_in_a_flood_known_addresses_get_their_letters(lamp, watch, now, run_jobs, letters_to):
    letters(50)
    floods.look(timezone.now())
    run_jobs()
    mail.outbox.clear()
    for number in range(30):
        make_subscriber(lamp, email=f"reader{number}@example.org")
        subscribe(f"reader{number}@example.org", watch, network=1000 + number)
    run_jobs()

    assert len(mail.outbox) == 30


def test_a_network_whose_letters_nobody_answers_waits_whatever_the_rest_does(lamp, now, run_jobs):
    letters(40, proven=30)
    letters(5, network=(7000).to_bytes(16))
    letters(5, proven=1, network=(8000).to_bytes(16))
    for network in (7000, 8000, 9000):
        subscribe(f"from{network}@example.org", lamp, network=network)
    run_jobs()

    assert {letter.to[0] for letter in mail.outbox} == {"from8000@example.org", "from9000@example.org"}
    assert SignupFlood.objects.count() == 0


def test_it_ends_by_itself_when_letters_are_answered_again(db, now):
    letters(50)
    floods.look(timezone.now())
    letters(50, proven=9, minutes_ago=30)
    floods.look(timezone.now())
    still = SignupFlood.now()
    letters(50, proven=10, minutes_ago=20)

    jobs.watch_signups()

    assert still is not None
    assert (SignupFlood.now(), SignupFlood.objects.get().ended_at) == (None, timezone.now())


def test_it_ends_by_itself_when_nobody_asks_any_more(db, now):
    letters(50)
    floods.look(timezone.now())

    now.shift(floods.MEMORY)
    jobs.watch_signups()

    assert SignupFlood.now() is None


def test_those_who_look_after_the_letters_are_told_once_when_it_begins_and_when_it_ends(db, now, run_jobs):
    for role in Role:
        make_member(email=f"{role.name.lower()}@example.org", role=role)
    make_member(email="reader@example.org")
    letters(50, proven=1)

    for _ in range(3):
        floods.look(timezone.now())
    run_jobs()
    begun = sorted((letter.to[0], letter.subject) for letter in mail.outbox)
    words = mail.outbox[0].body
    mail.outbox.clear()
    now.shift(floods.MEMORY)
    for _ in range(3):
        floods.look(timezone.now())
    run_jobs()

    people = ["admin@example.org", "newsletter_editor@example.org"]
    assert begun == [(person, "Somebody floods the newsletter form") for person in people]
    assert "Of the last 50 people whom we asked to confirm an address, 1 did." in words
    assert sorted(letter.to[0] for letter in mail.outbox) == people
    assert {letter.subject for letter in mail.outbox} == {"Confirmation letters go out again"}


def test_confirming_is_noted_with_all_letters_to_the_address(lamp, now, run_jobs, letters_to, link_in, visitor_client):
    subscribe("ana@example.org", lamp, network=1)
    run_jobs()
    now.shift(timedelta(minutes=20))
    subscribe("ana@example.org", lamp, network=2)
    run_jobs()
    before = floods.answers(timezone.now())

    visitor_client.post(link_in(letters_to()[0], "confirm"))
    now.shift(timedelta(minutes=20))

    assert (before, floods.answers(timezone.now())) == ((1, 0), (2, 2))


def test_the_page_after_a_signup_says_it_to_everybody(lamp, now, visitor_client):
    quiet = visitor_client.get("/newsletter/asked/").content.decode()
    letters(50)
    floods.look(timezone.now())

    flooded = visitor_client.get("/newsletter/asked/").content.decode()

    words = "Letters may fail to come just now"
    assert (words in quiet, words in flooded) == (False, True)


def test_the_answer_costs_the_same_after_one_letter_as_after_a_thousand(lamp, now, run_jobs):
    def queries(number: int) -> int:
        subscribe(f"reader{number}@example.org", lamp, network=5000 + number)
        with CaptureQueriesContext(connection) as seen:
            run_jobs()
        return len(seen)

    queries(0)
    one = queries(1)
    letters(1000, proven=1000)

    assert queries(2) == one


def subscribe(email: str, newsletter, *, network: int) -> None:
    offers = [consent.page_offer(newsletter)]
    subscribing.ask(email=email, offers=offers, page="/newsletter/", prefix=network.to_bytes(16))
