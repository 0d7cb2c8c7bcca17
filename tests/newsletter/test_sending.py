"""Letters to many: who gets one, who does not, and what the ledger says of it."""

import itertools
import time
from datetime import timedelta
from threading import Barrier, Event, Thread

import pytest
from django.db import connection
from django.utils import timezone

from bench import fill_newsletter
from bench.kill_newsletter import sink_beside
from newsletter import holders, ledger, lines, sending
from newsletter.freezing import freeze
from newsletter.ledger import Ledger
from newsletter.models import (
    Batch,
    Cadence,
    Delivery,
    Issue,
    Mailing,
    Outcome,
    Subscription,
    Suppression,
    address_key,
    counts_of,
)
from tests.newsletter.factories import make_issue, make_newsletter, make_subscriber

CASES = itertools.count()


@pytest.fixture
def sink(tmp_path, settings):
    """Starts a mail server with these faults; `sink.record()` lists addresses that it kept letters for."""
    running = []

    class Sink:
        def start(self, **faults):
            self.path = tmp_path / f"record{len(running)}"
            self.path.touch()
            beside = sink_beside(self.path, faults)
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", beside.__enter__()
            settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
            settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
            settings.EMAIL_HOST_USER = ""
            running.append(beside)

        def record(self):
            return sorted(line.split()[1] for line in self.path.read_text().splitlines())

    yield Sink()
    for beside in running:
        beside.__exit__(None, None, None)
    while found := lines._last():
        found[1].close()


@pytest.fixture
def issue(lamp):
    return make_issue(lamp, sent_at=None)


def readers(newsletter, number: int):
    return [make_subscriber(newsletter, email=f"reader{next(CASES)}@d{at % 3}.example") for at in range(number)]


def begin(issue: Issue) -> Issue:
    Issue.objects.filter(pk=issue.pk).update(state=Issue.State.SCHEDULED)
    sending.start(issue)
    return issue


def work(issue: Issue, seconds: float = 20) -> float | None:
    again_in = sending.Sender(Issue.objects.get(pk=issue.pk)).work(seconds)
    issue.refresh_from_db()
    return again_in


# --- who gets one ---------------------------------------------------------------------------------


def test_an_issue_goes_to_each_of_its_readers_once(issue, lamp, watch, sink):
    sink.start()
    mine, _ = readers(lamp, 12), readers(watch, 3)

    begin(issue)
    work(issue)

    assert sink.record() == sorted(reader.email for reader in mine)
    assert (issue.state, counts_of(issue)) == ("done", {"sent": 12})
    assert None not in (issue.frozen_at, issue.sent_at, issue.finished_at)


def test_everybody_is_accounted_for_when_it_is_frozen(issue, lamp):
    readers(lamp, 2)
    make_subscriber(lamp, state=Subscription.State.PENDING, email="pending@example.org")
    make_subscriber(lamp, state=Subscription.State.LEFT)
    suppressed = make_subscriber(lamp)
    Suppression.objects.create(key=suppressed.key, reason=Suppression.Reason.BOUNCED)
    make_subscriber(lamp, email="a<b@example.org")
    weekly = make_subscriber(lamp)
    weekly.subscriptions.update(cadence=Cadence.WEEK)

    begin(issue)

    mailing = issue.mailing
    assert (mailing.candidates, mailing.queued) == (5, 2)
    assert mailing.skipped == {"suppressed": 1, "undeliverable": 1, "unconfirmed": 1}
    assert counts_of(issue) == {"queued": 2, "skipped": 3}
    assert not Delivery.objects.filter(address="pending@example.org").exists()


def test_starting_twice_freezes_once(issue, lamp):
    readers(lamp, 2)
    begin(issue)
    readers(lamp, 1)

    sending.start(issue)
    freeze(issue.pk)

    assert issue.deliveries.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_and_two_workers_make_one_letter_each(sink):
    sink.start()
    issue = make_issue(make_newsletter("Two at once"), sent_at=None)
    readers(issue.newsletter, 30)
    Issue.objects.filter(pk=issue.pk).update(state=Issue.State.SCHEDULED)
    begun = Barrier(2)

    def one_of_two():
        begun.wait()
        sending.start(Issue.objects.get(pk=issue.pk))
        begun.wait()
        sending.Sender(Issue.objects.get(pk=issue.pk)).work(20)
        connection.close()

    threads = [Thread(target=one_of_two) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work(issue)

    assert issue.deliveries.count() == 30
    assert len(set(sink.record())) == len(sink.record()) == 30
    assert issue.state == "done"


def test_an_issue_without_readers_is_done_at_once(issue, sink):
    begin(issue)
    work(issue)

    assert (issue.state, counts_of(issue)) == ("done", {})


def test_who_left_changed_or_was_erased_or_suppressed_since_gets_none(issue, lamp, sink):
    sink.start()
    stays, left, weekly, erased, bounced = readers(lamp, 5)
    begin(issue)

    left.subscriptions.get().end()
    weekly.subscriptions.update(cadence=Cadence.WEEK)
    erased.delete()
    Suppression.objects.create(key=bounced.key, reason=Suppression.Reason.BOUNCED)
    work(issue)

    assert sink.record() == [stays.email]
    assert counts_of(issue) == {"sent": 1, "skipped": 4}
    reasons = Outcome.objects.filter(state="skipped").values_list("reason", flat=True)
    assert sorted(reasons) == ["cadence", "erased", "left", "suppressed"]


def test_a_suppression_from_before_a_change_of_the_key_counts(issue, lamp, sink, settings):
    sink.start()
    reader = readers(lamp, 1)[0]
    begin(issue)

    settings.HASH_KEY_FALLBACKS, settings.HASH_KEY = [settings.HASH_KEY], "another" * 10
    Suppression.objects.create(key=address_key(reader.email), reason=Suppression.Reason.BOUNCED)
    work(issue)

    assert (sink.record(), counts_of(issue)) == ([], {"skipped": 1})


def test_the_letters_of_an_erased_reader_name_nobody(issue, lamp, sink):
    sink.start()
    reader = readers(lamp, 1)[0]
    begin(issue)
    work(issue)

    reader.delete()

    delivery = issue.deliveries.with_state().get()
    assert (delivery.address, delivery.subscriber_id, delivery.state) == ("", None, "sent")


# --- what servers say -----------------------------------------------------------------------------


def test_a_recipient_who_is_refused_has_failed_and_the_others_get_theirs(issue, lamp, sink):
    sink.start(rcpt_550=1)
    readers(lamp, 3)
    begin(issue)

    work(issue)

    outcome = Outcome.objects.first()
    assert (issue.state, counts_of(issue)) == ("done", {"failed": 3})
    assert (outcome.code, outcome.reply, outcome.attempts) == (550, "550 5.1.1 user unknown", 1)


def test_what_is_put_off_is_tried_again_and_fails_after_hours(issue, lamp, sink):
    sink.start(rcpt_450=1)
    readers(lamp, 1)
    begin(issue)
    attempts, began = 0, timezone.now()

    while issue.state == "sending":
        again_in = work(issue)
        attempts += 1
        Outcome.objects.filter(not_before__isnull=False).update(not_before=timezone.now())
        assert attempts < 20

    assert counts_of(issue) == {"failed": 1}
    assert Outcome.objects.get().attempts == len(sending.AGAIN_AFTER_MINUTES) + 1
    assert again_in is None
    assert timezone.now() - began < timedelta(minutes=5)


def test_our_own_fault_pauses_the_issue_with_the_servers_words_and_blames_no_reader(issue, lamp, sink, monkeypatch):
    sink.start()
    readers(lamp, 3)
    begin(issue)
    refusal = sending.Refused(sending.Phase.MAIL, sending.Reply(550, "5.7.1 you are on a list"))
    monkeypatch.setattr(sending.Line, "wait_for_go", lambda line: (_ for _ in ()).throw(refusal))

    work(issue)

    assert (issue.state, issue.pause_reason) == ("paused", "The mail server refused: 550 5.7.1 you are on a list")
    assert (counts_of(issue), Suppression.objects.count(), sink.record()) == ({"queued": 3}, 0, [])


def test_a_server_that_is_not_there_is_asked_again_later_and_then_somebody_must_look(issue, lamp, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 1, False
    readers(lamp, 2)
    begin(issue)

    work(issue)
    assert (issue.state, counts_of(issue)) == ("sending", {"queued": 2})

    for _ in sending.REST_SECONDS:
        Mailing.objects.update(rests_until=None)
        work(issue)
    assert issue.state == "paused"
    assert "cannot be reached" in issue.pause_reason
    assert counts_of(issue) == {"queued": 2}


def test_a_connection_dropped_after_the_dot_leaves_one_unknown_that_is_sent_again_only_on_demand(issue, lamp, sink):
    sink.start(dropped_after_dot=1)
    readers(lamp, 1)
    begin(issue)
    work(issue)
    assert (issue.state, counts_of(issue), len(sink.record())) == ("done", {"unknown": 1}, 1)

    sink.start()
    ledger.recover()
    work(issue)
    assert sink.record() == []

    unknown = list(Outcome.objects.filter(state="unknown").values_list("pk", flat=True))
    assert sending.resend_unknown(issue, unknown) == 1
    work(issue)
    assert (issue.state, counts_of(issue), len(sink.record())) == ("done", {"sent": 1}, 1)


@pytest.mark.parametrize("way", ["421 at MAIL", "450 after the dot"])
def test_a_server_that_takes_nothing_is_left_in_peace(issue, lamp, sink, way):
    sink.start(**({"mail_421": 1} if way == "421 at MAIL" else {"dot_450": 1}))
    readers(lamp, 40)
    begin(issue)

    work(issue)

    counts = counts_of(issue)
    assert counts["deferred"] <= sending.PUT_OFF_AT_MOST
    assert counts["deferred"] + counts["queued"] == 40
    assert Mailing.objects.get().rests_until > timezone.now()


# --- pausing --------------------------------------------------------------------------------------


def test_a_pause_is_heeded_between_two_letters_and_the_rest_waits(issue, lamp, sink, settings):
    sink.start()
    settings.NEWSLETTER_PER_MINUTE = 600
    readers(lamp, 40)
    begin(issue)
    usual, calls = Ledger.flies, []

    def pausing(self, *args):
        calls.append(args)
        if len(calls) == 3:
            sending.pause(Issue.objects.get(pk=issue.pk), "by Lio")
        return usual(self, *args)

    Ledger.flies = pausing
    try:
        work(issue)
    finally:
        Ledger.flies = usual
    sent = len(sink.record())
    assert issue.state == "paused"
    assert sent <= 3 + 600 / 60 * 2
    assert counts_of(issue) == {"sent": sent, "queued": 40 - sent}

    settings.NEWSLETTER_PER_MINUTE = 0
    assert sending.resume(issue)
    work(issue)
    assert counts_of(issue) == {"sent": 40}
    assert len(set(sink.record())) == len(sink.record()) == 40


def test_what_is_cancelled_never_goes(issue, lamp, sink):
    sink.start()
    readers(lamp, 2)
    begin(issue)

    sending.cancel(issue)
    work(issue)
    sending.start(issue)

    assert (issue.state, sink.record()) == ("cancelled", [])
    assert not sending.resume(issue)


def test_an_issue_that_is_cancelled_before_its_freeze_is_not_frozen(issue, lamp):
    readers(lamp, 1)
    Issue.objects.filter(pk=issue.pk).update(state=Issue.State.CANCELLED)

    assert freeze(issue.pk) is None
    assert issue.deliveries.count() == 0


def test_the_pace_is_kept(issue, lamp, sink, settings):
    sink.start()
    settings.NEWSLETTER_PER_MINUTE = 300
    readers(lamp, 30)
    begin(issue)

    work(issue, seconds=2)

    assert 8 <= len(sink.record()) <= 13


def test_the_pace_of_a_domain_holds_up_no_other(issue, lamp, sink, settings):
    sink.start()
    settings.NEWSLETTER_DOMAINS_PER_MINUTE = {"d0.example": 10}
    readers(lamp, 30)
    begin(issue)

    work(issue, seconds=5)

    kept = sink.record()
    assert len([one for one in kept if one.endswith("@d0.example")]) == 1
    assert len([one for one in kept if not one.endswith("@d0.example")]) == 20
    turns = Outcome.objects.filter(state="queued").order_by("not_before").values_list("not_before", flat=True)
    assert [round((later - sooner).total_seconds()) for sooner, later in itertools.pairwise(turns)] == [6] * 8


# --- what the dead leave behind -------------------------------------------------------------------


def claimed(issue: Issue, number: int):
    return Ledger(Issue.objects.get(pk=issue.pk)).claim(number)


def test_of_a_dead_process_one_letter_is_unknown_and_the_others_wait_again(issue, lamp):
    readers(lamp, 4)
    begin(issue)
    claim = claimed(issue, 3)
    Ledger(issue).flies(claim.batch_id, claim.letters[0].delivery_id)
    assert counts_of(issue) == {"queued": 1, "claimed": 2, "inflight": 1}

    assert ledger.recover() == []  # it lives
    Batch.objects.update(holder="elsewhere/1/1", until=timezone.now() - timedelta(seconds=1))
    assert ledger.recover() == [issue.pk]

    assert counts_of(issue) == {"queued": 3, "unknown": 1}
    states = sorted(issue.deliveries.with_state().values_list("state", flat=True))
    assert states == ["queued", "queued", "queued", "unknown"]


def test_whoever_was_taken_for_dead_sends_no_further_letter(issue, lamp):
    readers(lamp, 2)
    begin(issue)
    claim = claimed(issue, 2)
    Batch.objects.update(until=timezone.now() - timedelta(seconds=1))
    ledger.recover()

    with pytest.raises(ledger.Fenced):
        Ledger(issue).flies(claim.batch_id, claim.letters[0].delivery_id)


def test_after_a_crash_of_the_database_nothing_of_the_batch_is_sure(issue, lamp):
    readers(lamp, 3)
    begin(issue)
    claimed(issue, 2)
    began = timezone.now() - timedelta(days=1)
    Batch.objects.update(holder="elsewhere/1/1", until=began, server_began=began)

    ledger.recover()

    assert counts_of(issue) == {"queued": 1, "unknown": 2}


def test_an_error_nobody_thought_of_leaves_no_letter_behind(issue, lamp, sink, monkeypatch):
    sink.start()
    readers(lamp, 4)
    begin(issue)
    with monkeypatch.context() as patch:
        patch.setattr(sending.Line, "wait_for_go", lambda line: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            work(issue)

    assert counts_of(issue) == {"queued": 4}
    work(issue)
    assert len(sink.record()) == 4


def test_a_letter_in_nobodys_hand_is_found_before_the_issue_is_done(issue, lamp, sink):
    sink.start()
    readers(lamp, 3)
    begin(issue)
    claimed(issue, 2)
    Batch.objects.all().delete()

    work(issue)

    assert (issue.state, counts_of(issue)) == ("done", {"sent": 3})


@pytest.mark.django_db(transaction=True)
def test_whoever_waited_for_the_claim_of_another_sees_what_that_one_took(lamp, monkeypatch):
    """Else it would take letters that are in hand for forgotten ones, and they would go twice."""
    issue = make_issue(lamp, sent_at=None)
    readers(lamp, 3)
    begin(issue)
    has_lock, name = Event(), holders.me()

    def slowly() -> str:
        has_lock.set()
        time.sleep(0.5)
        return name

    monkeypatch.setattr(holders, "me", slowly)
    found = []

    def claim() -> None:
        found.append(Ledger(Issue.objects.get(pk=issue.pk)).claim(5))
        connection.close()

    first = Thread(target=claim)
    first.start()
    assert has_lock.wait(10)
    second = Thread(target=claim)
    second.start()
    first.join()
    second.join()

    issue.refresh_from_db()
    assert sorted(len(one.letters) for one in found) == [0, 3]
    assert (issue.state, counts_of(issue)) == ("sending", {"claimed": 3})
    assert not Outcome.objects.exists()


def test_no_more_connections_than_allowed(issue, lamp, settings):
    settings.NEWSLETTER_CONNECTIONS = 2
    readers(lamp, 5)
    begin(issue)

    sizes = [len(claimed(issue, 1).letters) for _ in range(3)]

    assert sizes == [1, 1, 0]


def test_an_issue_with_letters_in_somebodys_hand_is_not_done(issue, lamp, sink):
    readers(lamp, 1)
    begin(issue)
    claimed(issue, 1)

    work(issue)

    assert issue.state == "sending"


# --- jobs -----------------------------------------------------------------------------------------


def test_jobs_send_it_all(issue, lamp, sink, run_jobs):
    sink.start()
    readers(lamp, 3)

    begin(issue)
    run_jobs()
    issue.refresh_from_db()

    assert (issue.state, len(sink.record())) == ("done", 3)


def test_clock_work_takes_up_what_a_dead_process_left(issue, lamp, sink, run_jobs):
    sink.start()
    readers(lamp, 3)
    Issue.objects.filter(pk=issue.pk).update(state=Issue.State.FREEZING)

    sending.keep_going()
    Batch.objects.update(until=timezone.now())
    run_jobs()

    issue.refresh_from_db()
    assert issue.state == "done"


# --- what is shown --------------------------------------------------------------------------------


def test_progress_counts_by_state(issue, lamp, sink):
    sink.start()
    readers(lamp, 6)
    begin(issue)
    work(issue)

    progress = sending.progress(issue)

    assert (progress.counts, progress.candidates) == ({"sent": 6}, 6)
    assert progress.speed > 0


def test_before_the_freeze_there_is_no_progress(issue):
    assert sending.progress(issue).counts == {}


def test_counting_takes_one_query(issue, lamp, django_assert_num_queries):
    readers(lamp, 3)
    begin(issue)

    with django_assert_num_queries(1):
        counts_of(issue)


def test_addresses_in_the_servers_words_are_not_kept():
    assert "ana@example.org" not in sending._words(sending.Reply(250, "2.1.5 <ana@example.org> ok"))


def test_an_address_with_another_alphabet_is_told_to_a_server_that_takes_it(issue, lamp, sink):
    sink.start()
    make_subscriber(lamp, email="jürgen@grüne-stadt.example")
    begin(issue)
    work(issue)

    assert sink.record() == ["jürgen@xn--grne-stadt-beb.example"]


def test_without_a_mail_server_letters_go_where_single_letters_go(issue, lamp, mailoutbox):
    reader = readers(lamp, 1)[0]
    begin(issue)
    work(issue)

    letter = mailoutbox[0]
    assert (issue.state, letter.to) == ("done", [reader.email])
    assert letter.from_email.startswith("b+")
    assert reader.email in letter.message()["To"]
    assert letter.message().get_content_type() == "multipart/alternative"


def test_a_claim_reads_what_it_takes_and_not_the_whole_issue(db):
    """Before there are statistics of a table that was just filled, too."""
    issue = fill_newsletter.issue_for(40_000)
    freeze(issue.pk)
    before = rows_read()

    letters = claimed(issue, 50).letters

    assert len(letters) == 50
    assert rows_read() - before < 2_000


def rows_read() -> int:
    """Of the table of deliveries, in this transaction."""
    query = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'newsletter_delivery'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def test_those_left_out_are_passed_over_however_many_stand_in_a_row(issue, lamp, sink, monkeypatch):
    monkeypatch.setattr(ledger, "WINDOW", 3)
    sink.start()
    for number in (2, 10, 1):
        readers(lamp, number)
    others = Subscription.objects.filter(newsletter=lamp).order_by("pk")[2:12]
    Subscription.objects.filter(pk__in=[one.pk for one in others]).update(state=Subscription.State.PENDING)
    begin(issue)

    work(issue)

    assert (issue.state, counts_of(issue)) == ("done", {"sent": 3, "skipped": 10})
