"""Attacks on newsletters: what a fresh reviewer found in issue 6, worst first."""
# ruff: noqa: F811 - fixtures of other files, asked for by their names

import socket
import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta
from threading import Event, Thread

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from civic.lib.site import SiteSettings
from newsletter import (
    approving,
    forgetting,
    holders,
    jobs,
    ledger,
    links,
    linting,
    returning,
    sending,
    subscribing,
    visiting,
)
from newsletter.errors import NotPossibleNow, NotReady
from newsletter.forms_newsroom import ScheduleForm
from newsletter.ledger import Fenced, Ledger, Over
from newsletter.models import (
    Batch,
    ConsentEvent,
    Delivery,
    Issue,
    Newsletter,
    Outcome,
    Pace,
    Subscriber,
    Subscription,
    Suppression,
    address_key,
    counts_of,
)
from newsletter.models.deliveries import State
from newsletter.models.issues import IssueQuerySet
from newsletter.smtp import Envelope, Line, Lost, Phase, Refused, Reply, Server
from tests.articles.factories import make_article
from tests.factories import make_comment, make_member
from tests.newsletter.conftest import *  # noqa: F403
from tests.newsletter.factories import make_issue, make_newsletter, make_subscriber
from tests.newsletter.test_newsroom import form
from tests.newsletter.test_returning import bounce, make_delivery
from tests.newsletter.test_sending import begin, claimed, readers, sink, work  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def issue(lamp):
    return make_issue(lamp, sent_at=None)


def crash(batches=Batch.objects) -> None:
    """As if the database had crashed since these were begun."""
    batches.update(server_began=timezone.now() - timedelta(days=1))


# --- letters that go twice, or not at all ---------------------------------------------------------


def test_whoever_slept_while_others_sent_its_letters_does_not_have_them_sent_again(issue, lamp, sink, monkeypatch):
    """A worker that is stopped for minutes before DATA, and whose connection is gone when it goes on."""
    sink.start()
    readers(lamp, 4)
    begin(issue)
    wait_for_go, slept = Line.wait_for_go, []

    def sleeps(line):
        if not slept:
            slept.append(True)
            Batch.objects.update(until=timezone.now() - timedelta(hours=1))
            ledger.recover()
            work(issue)
            raise Lost(Phase.RCPT, "the server closed the connection")
        wait_for_go(line)

    monkeypatch.setattr(Line, "wait_for_go", sleeps)

    work(issue)
    Outcome.objects.exclude(not_before=None).update(not_before=timezone.now())
    Issue.objects.update(state="sending")
    work(issue)

    assert (len(sink.record()), len(set(sink.record()))) == (4, 4)
    assert counts_of(issue) == {"sent": 4}


def test_that_a_letter_was_sent_is_written_down_also_by_whoever_was_taken_for_dead(issue, lamp):
    readers(lamp, 1)
    begin(issue)
    claim = claimed(issue, 1)
    Ledger(issue).flies(claim.batch_id, claim.letters[0].delivery_id)
    Batch.objects.update(until=timezone.now() - timedelta(hours=1))
    ledger.recover()
    assert counts_of(issue) == {"unknown": 1}

    with pytest.raises(Fenced):
        Ledger(issue).flies(claim.batch_id, None, Over(claim.letters[0].delivery_id, State.SENT, 250, "ok", 1))

    assert counts_of(issue) == {"sent": 1}


@pytest.fixture
def twice_in_hand(issue, lamp):
    """A letter that one connection was asked to bring later, and that another has just taken: both batches, and it."""
    readers(lamp, 2)
    begin(issue)
    first = claimed(issue, 2)
    letter = first.letters[0].delivery_id
    Ledger(issue).flies(first.batch_id, None, Over(letter, State.QUEUED, 421, "421 going down", 0, 0))
    second = claimed(issue, 1)
    assert [one.delivery_id for one in second.letters] == [letter]
    Ledger(issue).flies(second.batch_id, letter)
    return first.batch_id, second.batch_id, letter


def test_a_letter_that_another_has_in_flight_is_unknown_when_both_are_killed(issue, twice_in_hand):
    """The kill test found it once in 200 rounds, on a busy machine: the first batch said that it waited again."""
    Batch.objects.update(until=timezone.now() - timedelta(hours=1))

    ledger.recover()

    assert counts_of(issue) == {"unknown": 1, "queued": 1}
    assert Outcome.objects.get(state="unknown").delivery_id == twice_in_hand[2]


def test_a_letter_that_another_has_in_flight_does_not_go_again_when_the_first_gives_up(issue, twice_in_hand):
    Ledger(issue).abandon(twice_in_hand[0], None)

    assert counts_of(issue) == {"inflight": 1, "queued": 1}
    assert twice_in_hand[2] not in [one.delivery_id for one in claimed(issue, 5).letters]


def test_a_letter_that_paused_its_issue_is_not_given_back_once_another_has_it(issue, lamp, sink, monkeypatch):
    """Somebody goes on in the very moment, and another connection takes it before the first has ended its batch."""
    sink.start()
    readers(lamp, 1)
    begin(issue)
    pause, taken = sending.pause, []

    def refuses(line):
        line.close()
        raise Refused(Phase.RCPT, Reply(550, "5.7.1 Our policy forbids it"))

    def taken_meanwhile(issue, why):
        pause(issue, why)
        taken.append(sending.resume(issue))
        claim = claimed(issue, 1)
        Ledger(issue).flies(claim.batch_id, claim.letters[0].delivery_id)

    monkeypatch.setattr(Line, "wait_for_go", refuses)
    monkeypatch.setattr(sending, "pause", taken_meanwhile)
    work(issue)

    assert (taken, counts_of(issue)) == ([True], {"inflight": 1})
    assert Outcome.objects.get().not_before is None


def test_a_crash_of_the_database_makes_all_unsure_also_for_processes_that_live(issue, lamp):
    """One backend of PostgreSQL is killed: it loses its last commits, and its start stays the same."""
    readers(lamp, 3)
    begin(issue)
    claim = claimed(issue, 3)
    first, second, _ = (one.delivery_id for one in claim.letters)
    Ledger(issue).flies(claim.batch_id, first)
    crash()

    with pytest.raises(Fenced):
        Ledger(issue).flies(claim.batch_id, second, Over(first, State.SENT, 250, "ok", 1))
    Ledger(issue).end(claim.batch_id, [])
    assert Batch.objects.count() == 1  # what was lost of it must not look as if it had never been begun

    assert ledger.recover() == [issue.pk]
    assert counts_of(issue) == {"sent": 1, "unknown": 2}


def test_a_batch_remembers_when_the_database_was_started_or_has_crashed(issue, lamp):
    readers(lamp, 1)
    begin(issue)
    with connection.cursor() as cursor:
        cursor.execute("SELECT greatest(pg_postmaster_start_time(), stats_reset) FROM pg_stat_bgwriter")
        (mark,) = cursor.fetchone()

    assert mark == Batch.objects.values_list("server_began", flat=True).get(pk=claimed(issue, 1).batch_id)


def test_an_error_after_a_crash_of_the_database_leaves_nothing_that_looks_unsent(issue, lamp, sink, monkeypatch):
    sink.start()
    readers(lamp, 4)
    begin(issue)
    with monkeypatch.context() as patch:
        patch.setattr(sending.Line, "wait_for_go", lambda line: crash() or 1 / 0)
        with pytest.raises(ZeroDivisionError):
            work(issue)

    assert counts_of(issue) == {"unknown": 4}


def test_when_giving_up_fails_the_batch_stays_for_whoever_finds_it(issue, lamp, sink, monkeypatch):
    """Else its letters would be in nobody's hand, the one in flight among them, and all would go again."""
    sink.start()
    readers(lamp, 4)
    begin(issue)
    monkeypatch.setattr(sending.Line, "deliver", lambda *args: 1 / 0)
    monkeypatch.setattr(Ledger, "abandon", lambda *args: [][1])

    with pytest.raises(IndexError):
        work(issue)

    assert counts_of(issue) == {"claimed": 3, "inflight": 1}


@pytest.mark.django_db(transaction=True)
def test_what_is_sent_again_on_demand_is_not_lost_to_a_claim_that_finds_nothing_left(lamp, monkeypatch):
    issue = make_issue(lamp, sent_at=None)
    readers(lamp, 1)
    begin(issue)
    claim = claimed(issue, 1)
    delivery = claim.letters[0].delivery_id
    Ledger(issue).flies(claim.batch_id, None, Over(delivery, State.UNKNOWN, None, "", 1))
    Ledger(issue).end(claim.batch_id, [])
    found_nothing, go_on = Event(), Event()
    monkeypatch.setattr(ledger, "_FORGOTTEN", _Slow(ledger._FORGOTTEN, found_nothing, go_on))

    def claim_nothing():
        Ledger(Issue.objects.get(pk=issue.pk)).claim(5)
        connection.close()

    claiming = Thread(target=claim_nothing)
    claiming.start()
    assert found_nothing.wait(10)
    asking = Thread(target=lambda: (sending.resend_unknown(issue, [delivery]), connection.close()))
    asking.start()
    asking.join(0.5)
    go_on.set()
    claiming.join()
    asking.join()

    issue.refresh_from_db()
    assert (issue.state, counts_of(issue)) == ("sending", {"queued": 1})


class _Slow(str):
    """A statement that is asked for between two moments."""

    def __new__(cls, text, reached, go_on):
        slow = super().__new__(cls, text)
        slow.reached, slow.go_on = reached, go_on
        return slow

    def encode(self, *args):
        self.reached.set()
        assert self.go_on.wait(10)
        return super().encode(*args)


def test_whoever_goes_on_while_the_pause_is_just_being_heeded_need_not_wait_a_minute(
    issue, lamp, sink, settings, run_jobs, monkeypatch
):
    settings.NEWSLETTER_CONNECTIONS = 1
    sink.start()
    readers(lamp, 4)
    begin(issue)
    wait_for_go, end, at = Line.wait_for_go, Ledger.end, []

    def paused_meanwhile(line):
        if not at:
            at.append(sending.pause(issue, ""))
            time.sleep(sending.LOOK_SECONDS * 1.1)
        wait_for_go(line)

    def resumed_meanwhile(*args):
        if len(at) == 1:
            at.append(sending.resume(issue))
            run_jobs()  # its job finds the only connection still in use
        end(*args)

    monkeypatch.setattr(Line, "wait_for_go", paused_meanwhile)
    monkeypatch.setattr(Ledger, "end", resumed_meanwhile)
    run_jobs()

    issue.refresh_from_db()
    assert (at, issue.state, len(sink.record())) == ([True, True], "done", 4)


def test_one_letter_that_cannot_go_on_keeps_no_other_waiting(issue, lamp, watch, sink, run_jobs, monkeypatch):
    sink.start()
    readers(watch, 1)
    broken, other = issue, make_issue(watch, sent_at=None)
    Issue.objects.update(state=Issue.State.FREEZING)
    freeze = sending.freezing.freeze
    monkeypatch.setattr(sending.freezing, "freeze", lambda pk: 1 / 0 if pk == broken.pk else freeze(pk))

    sending.keep_going()
    run_jobs()

    other.refresh_from_db()
    assert other.state == "done"


# --- privacy and consent --------------------------------------------------------------------------

SPELLINGS = ["ana@BÜCHER.example", "ana@xn--bcher-kva.example", "ana@bücher.example", "ana@b\uff55\u0308cher.example"]
WIDE = [f"ana@{'example'[:at]}{chr(ord('example'[at]) + 0xFEE0)}{'example'[at + 1 :]}.org" for at in range(7)]


def test_a_victim_is_not_flooded_in_spellings_that_all_lead_to_one_mailbox(lamp, sign_up, run_jobs):
    """Wide letters and soft hyphens in a domain are gone on the wire: each spelling had an allowance of its own."""
    for address in [*WIDE, "ana@exam\u00adple.org", "ana@example.org"]:
        assert sign_up(address, lamp).status_code == 303
        run_jobs()

    assert [message.to for message in mail.outbox] == [["ana@example.org"]]


def test_an_address_gets_one_letter_however_its_domain_is_written(lamp, sign_up, run_jobs):
    for address in SPELLINGS:
        sign_up(address, lamp)
        run_jobs()

    assert list(Subscriber.objects.values_list("email", flat=True)) == ["ana@bücher.example"]
    assert {Subscriber.objects.at(address).get().email for address in SPELLINGS} == {"ana@bücher.example"}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_suppressed_address_stays_so_in_another_spelling(lamp, sign_up, run_jobs, spelling):
    Suppression.objects.suppress(address_key("ana@bücher.example"), Suppression.Reason.COMPLAINED)

    sign_up(spelling, lamp)
    run_jobs()

    assert (mail.outbox, Subscriber.objects.count()) == ([], 0)


@pytest.mark.parametrize("address", ["\u212aate@example.org", "ana\u017f@example.org"])
def test_letters_that_look_like_others_are_no_address(lamp, sign_up, address):
    assert sign_up(address, lamp).status_code == 422


def test_whoever_is_erased_while_the_readers_of_a_letter_are_being_chosen_leaves_no_address(issue, lamp):
    """A freeze of a million takes seconds. An erasure in them does not see its rows, and left the address there."""
    suppressed, erased, stays = make_subscriber(lamp), make_subscriber(lamp), make_subscriber(lamp)
    Suppression.objects.suppress(bytes(suppressed.key), Suppression.Reason.BOUNCED)
    begin(issue)
    with connection.cursor() as cursor:  # what the transaction of an erasure does, which sees no deliveries
        for table, column in (("subscription", "subscriber_id"), ("subscriber", "id")):
            query = f"DELETE FROM newsletter_{table} WHERE {column} = ANY(%s)"  # noqa: S608
            cursor.execute(query, [[suppressed.pk, erased.pk]])

    jobs.forget()

    assert list(issue.deliveries.order_by("pk").values_list("address", "subscriber")) == [
        ("", None),
        ("", None),
        (stays.email, stays.pk),
    ]
    assert len(claimed(issue, 5).letters) == 1


def test_whoever_pauses_during_a_send_gets_no_letter_claimed_afterwards(issue, lamp):
    readers(lamp, 2)
    begin(issue)
    Subscription.objects.filter(pk=Subscription.objects.first().pk).update(
        paused_until=timezone.now() + timedelta(days=7)
    )

    assert len(claimed(issue, 5).letters) == 1
    assert Outcome.objects.get().reason == "paused"


ONE_CLICKS = {
    "nothing": ("application/x-www-form-urlencoded", ""),
    "another alphabet": ("application/x-www-form-urlencoded; charset=ISO-8859-1", "List-Unsubscribe=One-Click"),
    "JSON": ("application/json", '{"List-Unsubscribe": "One-Click"}'),
    "bytes": ("application/octet-stream", b"\0\xff"),
    "an endless form": ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click&x=" + "x" * 3_000_000),
    "an endless text": ("text/plain", "x" * 3_000_000),
    "thousands of fields": ("application/x-www-form-urlencoded", "&".join(f"x{at}=1" for at in range(2000))),
    "a broken form": ("multipart/form-data", "--x"),
}


@pytest.mark.parametrize("how", ONE_CLICKS)
@pytest.mark.parametrize("token", ["own", "used", "garbage"])
def test_a_program_that_posts_to_a_leave_link_is_told_yes_whatever_it_sends(lamp, how, token):
    ana = make_subscriber(lamp)
    if token == "used":
        subscribing.leave(ana, [lamp], wording="", page="", prefix=b"")
    link = links.leave_url(ana, [lamp]).removeprefix("https://paper.example")
    content_type, body = ONE_CLICKS[how]

    answer = Client(enforce_csrf_checks=True).post(
        link if token != "garbage" else "/newsletter/leave/garbage/", body, content_type=content_type
    )

    assert (answer.status_code, answer.content) == (200, b"You have left.\n")
    assert ana.subscriptions.get().state == ("active" if token == "garbage" else "left")


# --- nonsense typed in the newsroom ---------------------------------------------------------------


@pytest.mark.parametrize("typed", ["9" * 5000, "-1", "²", "\0"])
def test_numbers_without_end_are_no_failure_of_ours(client_of, issue, lamp, typed):
    editor = client_of(make_member(role=Role.NEWSLETTER_EDITOR))
    draft = make_issue(lamp, sent_at=None)
    begin(issue)

    looks = [
        editor.get("/newsroom/sending/", {"before": typed}),
        editor.get(f"/newsroom/sending/{issue.pk}/readers/", {"after": typed}),
        editor.post(f"/newsroom/sending/{issue.pk}/readers/", {"address": typed}),
    ]
    acts = [
        editor.post(f"/newsroom/letters/{draft.pk}/approval/", {"version": typed}),
        editor.post(f"/newsroom/sending/{issue.pk}/again/", {"reader": typed}),
    ]

    assert [answer.status_code for answer in looks + acts] == [200, 200, 200, 303, 303]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
@pytest.mark.parametrize("at", ["9999-12-31T23:59", "0001-01-01T00:00", "3027-01-01T06:30"])
def test_a_letter_is_given_no_time_at_the_ends_of_the_calendar(zone, at):
    (error,) = ScheduleForm({"at": at}, zone=zone).errors["at"]

    assert error.startswith("That moment is past" if at[0] == "0" else "That is many years away")


# --- what an editor can do wrong ------------------------------------------------------------------


@pytest.fixture
def lio():
    return make_member(display_name="Lio", role=Role.NEWSLETTER_EDITOR)


@pytest.fixture(autouse=True)
def _site(db):
    SiteSettings(zone="Europe/Berlin", postal_address="3 Corn Hall Passage", sender="lamp@paper.example").save()


def gone_article() -> dict:
    article = make_article()
    article.unpublish()
    return {"type": "item", "article": article.pk, "headline": "Gone", "text": "Said.", "url": "https://x.example/"}


def due(issue: Issue, **fields) -> Issue:
    Issue.objects.filter(pk=issue.pk).update(state="scheduled", scheduled_at=timezone.now(), **fields)
    return issue


@pytest.mark.parametrize(("is_automatic", "state"), [(False, "approved"), (True, "cancelled")])
def test_a_letter_of_which_nothing_is_left_does_not_go_out_empty(lamp, issue, is_automatic, state):
    readers(lamp, 1)
    greeting = [{"type": "text", "paragraphs": ["Good morning. One story since yesterday."]}] if is_automatic else []
    due(issue, blocks=[*greeting, gone_article()], is_automatic=is_automatic)

    approving.start_what_is_due()

    issue.refresh_from_db()
    assert (issue.state, issue.scheduled_at, Delivery.objects.count()) == (state, None, 0)


def test_nor_is_it_approved(lamp, lio):
    issue = make_issue(lamp, sent_at=None, blocks=[gone_article()])

    with pytest.raises(NotReady):
        approving.approve(issue.pk, lio, version=1)
    assert "would be empty" in " ".join(finding.words for finding in linting.lint(issue))


def test_nobody_is_told_that_a_letter_was_put_off_which_then_goes_all_the_same(issue, lamp, monkeypatch):
    """Between the look whether it is due and its start somebody gives it another day."""
    readers(lamp, 1)
    due(issue)
    told = []

    def put_off_and_start(found: Issue) -> None:
        try:
            approving.schedule(found.pk, timezone.now() + timedelta(days=1))
            told.append("put off")
        except NotPossibleNow:
            told.append("too late")
        sending.start(found)

    monkeypatch.setattr(approving, "start", put_off_and_start)
    approving.start_on_time(issue.pk)

    issue.refresh_from_db()
    assert (told, issue.state) == (["too late"], "sending")


def test_what_wrote_itself_and_was_cancelled_does_not_write_itself_again_once_it_is_deleted(
    client_of, lamp, issue, lio
):
    Issue.objects.filter(pk=issue.pk).update(state="cancelled", is_automatic=True)

    client_of(lio).post(reverse(Issue.snippet_viewset.get_url_name("delete"), args=[issue.pk]))

    assert Issue.objects.filter(pk=issue.pk).exists()


def test_what_wrote_itself_is_not_taken_back(issue):
    due(issue, is_automatic=True)

    with pytest.raises(NotPossibleNow):
        approving.take_back(issue.pk)


def test_an_approval_that_is_taken_back_does_not_come_back_by_a_change_in_that_moment(
    client_of, lamp, lio, monkeypatch
):
    draft = make_issue(lamp, sent_at=None, written_by=lio, changed_by=lio)
    rosa = make_member(display_name="Rosa", role=Role.NEWSLETTER_EDITOR)
    approving.approve(draft.pk, rosa, version=1)
    locked = IssueQuerySet.locked

    def taken_back_just_before(queryset, pk):
        monkeypatch.setattr(IssueQuerySet, "locked", locked)
        approving.take_back(pk)
        return locked(queryset, pk)

    monkeypatch.setattr(IssueQuerySet, "locked", taken_back_just_before)
    edit = reverse(Issue.snippet_viewset.get_url_name("edit"), args=[draft.pk])
    client_of(lio).post(edit, form(lamp, subject="Changed"))

    draft.refresh_from_db()
    assert (draft.subject, draft.state, draft.approved_by) == ("Changed", "draft", None)


def test_a_newsletter_that_is_just_going_out_or_has_readers_is_not_deleted(client_of, lamp, watch, lio):
    make_issue(lamp, sent_at=None, state="freezing")
    make_subscriber(watch)
    empty = make_newsletter("Nobody’s", slug="nobodys")

    for newsletter in (lamp, watch, empty):
        client_of(lio).post(reverse(Newsletter.snippet_viewset.get_url_name("delete"), args=[newsletter.pk]))

    assert list(Newsletter.objects.order_by("pk")) == [lamp, watch]
    assert ConsentEvent.objects.count() == 2


def test_a_clock_that_is_set_back_does_not_hold_up_letters_by_an_hour(issue, lamp, settings):
    settings.NEWSLETTER_PER_MINUTE = 600
    Pace.objects.create(domain="", next_at=timezone.now() + timedelta(hours=1))
    readers(lamp, 1)
    begin(issue)

    claim = claimed(issue, 1)

    assert claim.again_in is None or claim.again_in < 3


# --- what readers type ----------------------------------------------------------------------------


@pytest.mark.parametrize("feed", ["feed.xml", "atom.xml", "feed.json"])
def test_a_sign_that_xml_cannot_write_breaks_no_feed(lamp, feed):
    """Any reader could type one into a comment: every feed that had it was a 500 from then on."""
    comment = make_comment(body="Read this \x0c and that \x1b[31m of the harbour.")
    blocks = [{"type": "voice", "comment": comment.pk}]
    make_issue(lamp, subject="The\x0b harbour", preheader="One vote\x08", blocks=blocks)

    answer = Client(raise_request_exception=False).get(f"/newsletter/{lamp.slug}/{feed}")

    assert (answer.status_code, b"of the harbour" in answer.content) == (200, True)


def test_nor_that_of_its_discussion():
    comment = make_comment(body="Read this \x0c and that.")

    assert Client(raise_request_exception=False).get(f"/discuss/{comment.thread_id}/comments.xml").status_code == 200


def test_a_line_break_in_a_name_becomes_no_header_and_stops_no_letter(lamp, run_jobs):
    Newsletter.objects.update(name="The Lamp\nBcc: x@evil.example", sender_name="Lio\r\nBcc: y@evil.example")
    ana = make_subscriber(lamp)

    jobs.write_welcome(ana.pk, [lamp.pk])

    message = mail.outbox[0].message()
    assert (message["From"].partition("<")[0], message["Bcc"]) == ('"Lio Bcc: y@evil.example" ', None)


def test_the_servers_words_about_an_unknown_letter_name_nobody(issue, lamp, sink, monkeypatch):
    sink.start()
    readers(lamp, 1)
    begin(issue)

    def lost(*_):
        raise Lost(Phase.AFTER_DOT, "this is not SMTP: <reader@d0.example> has it, I think")

    monkeypatch.setattr(Line, "deliver", lost)
    work(issue)

    assert Outcome.objects.get().reply == "this is not SMTP: <…@d0.example> has it, I think"


@pytest.mark.parametrize("role", [Role.WRITER, Role.EDITOR])
@pytest.mark.parametrize("below", ["", "results/", "chosen/{pk}/", "chosen-multiple/?id={pk}"])
def test_the_subjects_of_letters_to_come_cannot_be_chosen_from_by_others(client_of, lamp, lio, role, below):
    draft = make_issue(lamp, sent_at=None, subject="The mayor resigns")
    address = f"/newsroom/snippets/choose/newsletter/issue/{below.format(pk=draft.pk)}"

    by_others, by_editor = (client_of(one).get(address, follow=True) for one in (make_member(role=role), lio))

    assert "mayor" not in by_others.content.decode()
    assert "mayor" in by_editor.content.decode()


# --- what no test would have noticed if it broke --------------------------------------------------


def test_a_token_opens_its_own_page_and_no_other(lamp, watch):
    ana = make_subscriber(lamp, watch)
    make_subscriber(lamp, state=Subscription.State.PENDING, email="ben@example.org")
    tokens = {
        "leave": [links.leave_url(ana, [lamp]), links.leave_url(ana, [lamp, watch])],
        "preferences": [links.preferences_url(ana)],
        "confirm": [links.confirm_url(ana)],
        "not-me": [links.not_me_url(ana)],
        "report": [links.report_url(lamp.reward)],
    }

    opened = {
        (page, purpose)
        for page in tokens
        for purpose, urls in tokens.items()
        for url in urls
        if Client().get(f"/newsletter/{page}/{url.split('/')[-2]}/").status_code == 200
    }

    assert opened == {(page, page) for page in tokens}


def test_whoever_has_paused_is_left_out_of_a_freeze(issue, lamp):
    ana, ben = readers(lamp, 2)
    ana.subscriptions.update(paused_until=timezone.now() + timedelta(days=7))
    ben.subscriptions.update(paused_until=timezone.now() - timedelta(days=7))

    begin(issue)

    assert counts_of(issue) == {"queued": 1, "skipped": 1}
    assert issue.deliveries.get(skipped="").subscriber == ben


def test_a_second_refusal_for_our_own_fault_is_about_that_reader_and_stops_no_others(issue, lamp, sink, monkeypatch):
    sink.start()
    first = readers(lamp, 3)[0]
    begin(issue)
    wait_for_go = Line.wait_for_go

    def refuses_one(line):
        asked = line.asked
        wait_for_go(line)
        if asked.recipient == first.email:
            line.close()
            raise Refused(Phase.RCPT, Reply(550, "5.7.1 Our policy does not allow letters from you"))

    monkeypatch.setattr(Line, "wait_for_go", refuses_one)
    work(issue)
    paused = (issue.state, counts_of(issue))
    sending.resume(issue)
    work(issue)

    assert paused == ("paused", {"queued": 3})
    assert (issue.state, counts_of(issue)) == ("done", {"sent": 2, "failed": 1})
    assert not Suppression.objects.exists()  # for our fault nobody is


def test_turns_from_before_a_long_pause_do_not_come_all_at_once(issue, lamp):
    readers(lamp, 2)
    begin(issue)
    claim = claimed(issue, 2)
    long_ago = timezone.now() - timedelta(hours=2)
    for minute, one in enumerate(claim.letters):
        Ledger(issue).flies(claim.batch_id, None, Over(one.delivery_id, State.QUEUED, None, "", 0, 0))
        Outcome.objects.filter(pk=one.delivery_id).update(not_before=long_ago + timedelta(minutes=minute))
    Ledger(issue).end(claim.batch_id, [])
    sending.pause(issue, "")

    sending.resume(issue)

    turns = list(Outcome.objects.order_by("pk").values_list("not_before", flat=True))
    assert turns[1] - turns[0] == timedelta(minutes=1)
    assert abs(turns[0] - timezone.now()) < timedelta(minutes=1)


class Torn:
    """A connection that takes so many bytes and then breaks."""

    def __init__(self, takes: int) -> None:
        self.takes = takes

    def settimeout(self, seconds: float) -> None: ...

    def close(self) -> None: ...

    def send(self, what: bytes) -> int:
        if not self.takes:
            raise ConnectionResetError
        taken = min(self.takes, len(what))
        self.takes -= taken
        return taken


@pytest.mark.parametrize(("beyond_the_dot", "may_have_gone"), [(-1, False), (0, True), (5, True)])
def test_a_connection_that_breaks_while_sending_knows_on_which_side_of_the_dot(beyond_the_dot, may_have_gone):
    payload, following = b"Subject: x\r\n\r\nHello.\r\n", Envelope("b@paper.example", "ana@example.org")
    line = Line(Torn(len(payload) + len(".\r\n") + beyond_the_dot), Server("localhost", 25))
    line.offers = {"PIPELINING": ""}

    with pytest.raises(Lost) as lost:
        line.deliver(payload, following)

    assert lost.value.may_have_gone == may_have_gone


def test_a_bounce_that_comes_twice_does_not_undo_what_its_reader_did_in_between():
    delivery = make_delivery()
    returning.receive(bounce(delivery))
    Suppression.objects.all().delete()  # confirmed anew: the mailbox was full of a mistake

    returning.receive(bounce(delivery))

    assert not Suppression.objects.exists()


def test_what_an_erased_reader_once_agreed_to_outlives_a_stranger_who_typed_the_address(lamp, sign_up, run_jobs):
    ana = make_subscriber(lamp, email="ana@example.org")
    subscribing.erase(ana)
    sign_up("ana@example.org", lamp)
    run_jobs()

    forgetting.forget_unconfirmed(timezone.now() + timedelta(seconds=1))

    assert not Subscriber.objects.exists()
    kinds = ConsentEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["asked", "confirmed", "asked"]


def test_a_process_that_was_killed_is_dead_before_anybody_has_asked_after_it():
    """Its number stays until its parent asks: a zombie, which began when the process did."""
    killed = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        name = holders._name(killed.pid)
        alive = holders.is_surely_dead(name)
        killed.kill()
        until = time.monotonic() + 10
        while not (dead := holders.is_surely_dead(name)) and time.monotonic() < until:
            time.sleep(0.01)
    finally:
        killed.wait()

    assert (alive, dead) == (False, True)


# --- links that an editor tries -------------------------------------------------------------------


def test_a_server_that_says_a_letter_now_and_then_holds_nobody_for_hours(monkeypatch):
    monkeypatch.setattr(visiting, "public_number", lambda host, port: "127.0.0.1")
    monkeypatch.setattr(visiting, "SECONDS", 2)
    monkeypatch.setattr(visiting, "STEP_SECONDS", 0.5)
    tarpit = socket.create_server(("127.0.0.1", 0))
    over = Event()

    def drip():
        caught, _ = tarpit.accept()
        with suppress(OSError):
            caught.sendall(b"HTTP/1.1 ")
            for _ in range(100):
                if over.wait(0.1):
                    break
                caught.sendall(b"x")
        caught.close()

    server = Thread(target=drip)
    server.start()
    began = time.monotonic()
    found = visiting.visit(f"http://tarpit.example:{tarpit.getsockname()[1]}/")
    took = time.monotonic() - began
    over.set()
    server.join()
    tarpit.close()

    assert found.trouble
    assert took < 5


def test_many_slow_links_do_not_take_long_together(monkeypatch):
    monkeypatch.setattr(visiting, "ALL_SECONDS", 0.3)
    monkeypatch.setattr(visiting, "_ask", lambda *_: (time.sleep(0.2), (302, "/again/"))[1])

    began = time.monotonic()
    visits = visiting.visit_all([f"https://x{number}.example/" for number in range(60)])

    assert time.monotonic() - began < 3  # 60 links at ten at once, four steps each: 4.8 seconds
    assert all(visit.trouble for visit in visits)


@pytest.mark.parametrize(
    "number", ["64:ff9b::a9fe:a9fe", "64:ff9b::10.0.0.1", "2002:7f00:1::1", "::127.0.0.1", "224.0.0.1"]
)
def test_no_translated_number_leads_into_the_own_network(number):
    with pytest.raises(ValueError, match="private network"):
        visiting.public_number(number, 80)


def test_what_one_connection_takes_of_the_pace_is_not_there_for_another(issue, lamp, settings):
    settings.NEWSLETTER_PER_MINUTE, settings.NEWSLETTER_CONNECTIONS = 6, 5
    readers(lamp, 3)
    begin(issue)

    first, second = claimed(issue, 5), claimed(issue, 5)

    assert ([one.due for one in first.letters], list(second.letters)) == ([0], [])
    assert 5 < second.again_in <= 10
