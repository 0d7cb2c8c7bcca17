"""What follows when a letter comes back."""

import io
import sys
import time
from datetime import date, timedelta
from urllib.parse import unquote

import pytest
from django.core.management import call_command
from django.db import OperationalError, ProgrammingError
from django.utils import timezone

from newsletter import complaints, forgetting, links, outcomes, returning, verp
from newsletter.bounces import Kind
from newsletter.models import Bounce, Delivery, Illness, Mailing, Outcome, Stray, Subscriber, Suppression
from tests.newsletter.factories import make_issue, make_newsletter, make_subscriber, proofs

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """A function that says which day it is."""
    now = [DAY]
    monkeypatch.setattr(returning, "_today", lambda: now[0])

    def turn(day: date) -> None:
        now[0] = day

    return turn


def make_delivery(issue=None, **fields) -> Delivery:
    issue = issue or make_issue(make_newsletter())
    subscriber = make_subscriber(issue.newsletter, **fields)
    return Delivery.objects.create(issue=issue, subscriber=subscriber, address=subscriber.email)


def bounce(delivery: Delivery, said: str = "550 5.1.1 user unknown", message_id: str = "1", to: str = "") -> bytes:
    address = to or verp.address_for(delivery.pk)
    return (
        f"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: {address}\nMessage-ID: <{message_id}@mx.example>\n"
        f'Subject: Undelivered\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        f"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; "
        f"{delivery.address}\nAction: failed\nDiagnostic-Code: smtp; {said}\n\n--b--\n"
    ).encode()


def complaint(delivery: Delivery) -> bytes:
    return (
        "From: feedback@provider.example\nTo: abuse@paper.example\nMessage-ID: <c@provider.example>\n"
        "Subject: Complaint\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\n\n--b\n'
        "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\nUser-Agent: x\n"
        f"Original-Mail-From: <{verp.address_for(delivery.pk)}>\nOriginal-Rcpt-To: redacted\n\n--b--\n"
    ).encode()


def suppressed(delivery: Delivery) -> str | None:
    found = Suppression.objects.of(delivery.address).first()
    return found.reason if found else None


def test_a_dead_address_gets_no_more_letters():
    delivery = make_delivery()

    returning.receive(bounce(delivery))

    assert suppressed(delivery) == "bounced"
    assert [(b.delivery, b.issue, b.kind, b.status, b.day) for b in Bounce.objects.all()] == [
        (delivery.pk, delivery.issue, "hard", "5.1.1", DAY)
    ]


def test_a_complaint_ends_all_letters_and_is_written_down():
    delivery = make_delivery()

    returning.receive(complaint(delivery))

    assert suppressed(delivery) == "complained"
    assert delivery.subscriber.subscriptions.get().state == "left"
    assert proofs(delivery.subscriber)[-1][0] == "left"
    assert Subscriber.objects.get().state == "left"


def test_our_own_fault_suppresses_nobody_and_can_be_read():
    delivery = make_delivery()

    for number in range(20):
        said = f"554 5.7.1 <{delivery.address}> blocked using a list of spammers"
        returning.receive(bounce(delivery, said, message_id=str(number)))

    assert suppressed(delivery) is None
    assert Bounce.objects.at_fault().count() == 20
    assert Bounce.objects.first().said == "554 5.7.1 <…@example.org> blocked using a list of spammers"


def test_an_ill_address_gets_one_point_a_day_and_five_are_enough(today):
    delivery = make_delivery()
    full = "552 5.2.2 mailbox full"

    for day in range(5):
        today(DAY + timedelta(days=day))
        assert suppressed(delivery) is None
        returning.receive(bounce(delivery, full, message_id=f"{day}a"))
        returning.receive(bounce(delivery, full, message_id=f"{day}b"))

    assert Illness.objects.get().points == 5
    assert suppressed(delivery) == "bounced"


def test_an_illness_is_forgotten_after_a_week_without(today):
    delivery = make_delivery()

    for number, days in enumerate([0, 7, 14, 21, 29]):
        today(DAY + timedelta(days=days))
        returning.receive(bounce(delivery, "552 5.2.2 mailbox full", message_id=str(number)))

    assert Illness.objects.get().points == 1
    assert suppressed(delivery) is None


def test_a_message_that_comes_twice_counts_once():
    delivery = make_delivery()
    raw = bounce(delivery, "552 5.2.2 mailbox full")

    first = returning.receive(raw)
    again = returning.receive(b"Received: from elsewhere\n" + raw)

    assert (first.is_new, again.is_new, Bounce.objects.count()) == (True, False, 1)


@pytest.mark.parametrize("to", ["bounces@localhost", "b+" + "a" * 32 + "@localhost", "someone@elsewhere.example"])
def test_a_forged_bounce_changes_nothing_but_a_count(to):
    delivery = make_delivery()

    for _ in range(3):
        received = returning.receive(bounce(delivery, to=to))

    assert (received.delivery_id, suppressed(delivery), Bounce.objects.count()) == (None, None, 0)
    assert list(Stray.objects.values_list("kind", "number")) == [("hard", 3)]


def test_a_letter_by_a_reader_to_the_bounce_address_changes_nothing():
    delivery = make_delivery()

    returning.receive(f"From: {delivery.address}\nTo: {verp.address_for(delivery.pk)}\n\nThank you!\n".encode())

    assert (suppressed(delivery), Bounce.objects.count(), Stray.objects.count()) == (None, 0, 0)


def test_an_address_that_forwards_is_not_dead_because_one_of_three_is():
    delivery = make_delivery()
    raw = bounce(delivery).replace(
        f"rfc822; {delivery.address}\n".encode(),
        b"rfc822; a@x.example\nAction: failed\nStatus: 4.2.2\n\nFinal-Recipient: rfc822; b@x.example\n",
    )

    returning.receive(raw)

    assert suppressed(delivery) is None


def test_the_envelope_tells_where_no_header_does():
    delivery = make_delivery()

    returning.receive(bounce(delivery, to="undisclosed"), verp.address_for(delivery.pk).upper())

    assert suppressed(delivery) == "bounced"


def test_a_refusal_while_sending_is_booked_once():
    delivery = make_delivery()

    for _ in range(2):
        returning.refused(delivery.pk, Kind.HARD, 550, f"5.1.1 <{delivery.address}> unknown user")

    assert (suppressed(delivery), Bounce.objects.count()) == ("bounced", 1)


def test_a_complaint_is_stronger_than_a_dead_address_and_never_the_other_way():
    delivery = make_delivery()

    returning.receive(bounce(delivery))
    returning.receive(complaint(delivery))
    returning.receive(bounce(delivery, message_id="2"))

    assert suppressed(delivery) == "complained"


def test_an_erased_reader_stays_a_number():
    delivery = make_delivery()
    returning.receive(bounce(delivery))

    delivery.subscriber.forget()
    returning.receive(bounce(delivery, message_id="2"))

    assert list(Bounce.objects.values_list("subscriber", flat=True)) == [None, None]


def test_whose_it_was_is_forgotten_after_a_month_and_the_number_stays():
    delivery = make_delivery()
    returning.receive(bounce(delivery))
    noon = timezone.make_aware(timezone.datetime(2026, 12, 2, 12))

    assert forgetting.forget_what_came_back(noon) == 0
    assert forgetting.forget_what_came_back(noon + timedelta(days=1)) == 1

    row = Bounce.objects.get()
    assert (row.kind, row.issue, row.delivery, row.subscriber, row.said) == ("hard", delivery.issue, None, None, "")


def test_complaints_are_counted_by_letter_and_by_month():
    issue = make_issue(make_newsletter())
    deliveries = [make_delivery(issue) for _ in range(4)]
    ids = [delivery.pk for delivery in deliveries]
    Mailing.objects.create(issue=issue, candidates=4, queued=4, first_id=min(ids), last_id=max(ids), cursor=max(ids))
    for delivery in deliveries:
        Outcome.objects.create(delivery=delivery, issue=issue, state="sent")
    returning.receive(complaint(deliveries[0]))

    whole, by_issue = complaints.lately()

    assert whole == complaints.Meter(complaints=1, sent=4)
    assert by_issue == [(issue, whole)]


@pytest.mark.parametrize(
    ("complained", "sent", "level", "percent"),
    [
        (0, 0, "none", "0.00 %"),
        (1, 100, "few", "1.00 %"),
        (9, 10_000, "good", "0.09 %"),
        (10, 10_000, "watch", "0.10 %"),
        (29, 10_000, "watch", "0.29 %"),
        (30, 10_000, "bad", "0.30 %"),
    ],
)
def test_the_lines_are_those_of_the_providers(complained, sent, level, percent):
    meter = complaints.Meter(complained, sent)

    assert (meter.level, meter.percent) == (level, percent)


class Stdin:
    def __init__(self, raw: bytes) -> None:
        self.buffer = io.BytesIO(raw)


@pytest.mark.parametrize("raw", [b"", b"\0\xff" * 99, b"From: a@b.example\n\nhello"])
def test_the_command_is_done_with_whatever_it_gets(raw, monkeypatch):
    monkeypatch.setattr(sys, "stdin", Stdin(raw))

    call_command("receive_mail")

    assert sum(Stray.objects.values_list("number", flat=True)) == 1
    assert not Bounce.objects.exists()


def test_the_command_reads_a_bounce(monkeypatch):
    delivery = make_delivery()
    monkeypatch.setattr(sys, "stdin", Stdin(bounce(delivery, to="hidden")))

    call_command("receive_mail", recipient=verp.address_for(delivery.pk))

    assert suppressed(delivery) == "bounced"


@pytest.mark.parametrize(("error", "code"), [(OperationalError, 75), (ProgrammingError, 75), (ValueError, 0)])
def test_the_mail_server_keeps_a_message_only_while_the_database_is_away_or_not_migrated(error, code, monkeypatch):
    def fail(*args):
        raise error

    monkeypatch.setattr("newsletter.management.commands.receive_mail.receive", fail)
    monkeypatch.setattr(sys, "stdin", Stdin(b"x"))

    with pytest.raises(SystemExit) as exit:
        call_command("receive_mail")

    assert exit.value.code == code


def test_a_forged_bounce_that_names_somebody_else_beside_a_token_of_ones_own_is_about_oneself():
    mine, theirs = make_delivery(), make_delivery()
    forged = bounce(mine).replace(mine.address.encode(), theirs.address.encode())

    returning.receive(forged, verp.address_for(mine.pk))

    assert suppressed(theirs) is None


def test_a_forged_complaint_without_a_token_changes_nothing():
    theirs = make_delivery()
    forged = complaint(theirs).replace(verp.address_for(theirs.pk).encode(), b"bounces@localhost")
    forged = forged.replace(b"redacted", theirs.address.encode())

    received = returning.receive(forged)

    assert (received.kind, received.delivery_id, suppressed(theirs)) == (Kind.COMPLAINT, None, None)


def test_of_two_tokens_in_one_message_neither_counts():
    mine, theirs = make_delivery(), make_delivery()
    forged = bounce(mine) + f"\n{verp.address_for(theirs.pk)}\n".encode()

    returning.receive(forged)

    assert (suppressed(mine), suppressed(theirs)) == (None, None)


def test_a_subject_without_end_is_read_in_a_moment():
    started = time.process_time()

    returning.receive(b"Subject: " + b"=?utf-8?q?leave?= " * 200_000 + b"\n\nx")

    assert time.process_time() - started < 5


def mail_with(subject: str) -> bytes:
    return f"From: reader@mail.example\nTo: bounces@paper.example\nSubject: {subject}\n\nPlease.\n".encode()


def test_a_mail_to_the_address_of_the_list_headers_leaves_and_twice_is_as_good_as_once():
    delivery = make_delivery()
    newsletter = delivery.issue.newsletter
    mailto = links.list_headers(delivery.subscriber, [newsletter])["List-Unsubscribe"].split("subject=")[1].rstrip(">")

    for subject in (unquote(mailto), unquote(mailto)):
        assert returning.receive(mail_with(subject)).is_new

    assert not delivery.subscriber.subscriptions.active().exists()
    assert not Stray.objects.exists()


@pytest.mark.parametrize("subject", ["leave", "leave me alone", "leave " + "a" * 60, "=?utf-8?b?//8=?=", "leave \x00"])
def test_a_mail_that_only_looks_like_leaving_changes_nothing(subject):
    delivery = make_delivery()

    returning.receive(mail_with(subject))

    assert delivery.subscriber.subscriptions.active().exists()


def test_a_reader_sees_what_became_of_each_letter():
    delivery = make_delivery()
    issue = delivery.issue
    Mailing.objects.create(issue=issue, candidates=1, queued=1, first_id=delivery.pk, last_id=delivery.pk, cursor=0)
    assert [one.outcome for one in outcomes.letters_to(delivery.subscriber)] == ["Not sent yet"]

    Outcome.objects.create(delivery=delivery, issue=issue, state=Delivery.State.SENT, code=250, reply="ok")
    (sent,) = outcomes.letters_to(delivery.subscriber)
    assert (sent.outcome, sent.subject) == ("Accepted by your mail server", issue.subject)

    Outcome.objects.update(state=Delivery.State.SKIPPED, reason=Delivery.Reason.LEFT)
    assert [one.outcome for one in outcomes.letters_to(delivery.subscriber)] == ["Not sent: you had left"]
    for state in Delivery.State:
        Outcome.objects.update(state=state, reason="")
        assert outcomes.letters_to(delivery.subscriber)[0].outcome


# --- a provider that errs -------------------------------------------------------------------------


@pytest.fixture
def at_one_provider():
    """Twelve letters of one issue to one provider, and three to others."""
    issue = make_issue(make_newsletter())
    theirs = [make_delivery(issue, email=f"ana{number}@big.example") for number in range(12)]
    return theirs, [make_delivery(issue, email=f"ben@small{number}.example") for number in range(3)]


def test_nobody_is_given_up_where_a_provider_says_that_all_its_mailboxes_are_gone(at_one_provider):
    theirs, others = at_one_provider
    for delivery in [*theirs, others[0]]:
        returning.receive(bounce(delivery))

    assert [suppressed(delivery) for delivery in theirs] == [None] * 12
    assert suppressed(others[0]) == "bounced"
    assert Bounce.objects.at_fault().count() == 12  # which the editors read
    assert set(Illness.objects.values_list("points", flat=True)) == {1}


def test_it_is_so_too_while_letters_are_handed_over(at_one_provider):
    theirs, _ = at_one_provider
    for delivery in theirs:
        returning.refused(delivery.pk, Kind.HARD, 550, "5.1.1 no such user")

    assert not Suppression.objects.exists()


def test_whoever_stays_unreachable_for_days_is_gone_after_all(at_one_provider, today):
    theirs, _ = at_one_provider
    for number in range(5):
        today(DAY + timedelta(days=number))
        for delivery in theirs:
            returning.receive(bounce(delivery, message_id=str(number)))

    assert {suppressed(delivery) for delivery in theirs} == {"bounced"}


def test_a_few_dead_mailboxes_among_many_are_dead(at_one_provider):
    theirs, _ = at_one_provider
    many = [make_delivery(theirs[0].issue, email=f"cleo{number}@big.example") for number in range(12)]
    Outcome.objects.bulk_create(Outcome(delivery=one, issue=one.issue, state="sent") for one in [*theirs, *many])
    for delivery in theirs:
        returning.receive(bounce(delivery))

    assert {suppressed(delivery) for delivery in theirs} == {"bounced"}


def test_who_complained_stays_left_alone(at_one_provider):
    theirs, _ = at_one_provider
    returning.receive(bounce(theirs[0]))
    returning.receive(complaint(theirs[0]))
    for delivery in theirs[1:]:
        returning.receive(bounce(delivery))

    assert [suppressed(delivery) for delivery in theirs] == ["complained"] + [None] * 11
