"""Letters on their way: beginning, pausing, and the work of one connection to the mail server.

    claim → look again → splice → in flight → DATA → outcome

No letter is lost, none goes twice unasked: `newsletter.ledger` writes down what is in flight before its first byte
leaves, and how it ended before the next one is in flight. Jobs are short, for a worker that is asked to stop has no
time; each defers the next one.
"""

import logging
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.encoding import punycode
from procrastinate.exceptions import AlreadyEnqueued

from civic.lib.jobs import every, one_by_one, task
from newsletter import bounces, freezing, ledger, lines, returning, verp
from newsletter.editions import edition_of
from newsletter.issues import stands
from newsletter.ledger import Claim, Fenced, Ledger, Over, Waiting
from newsletter.models import Issue, Mailing, Outcome, counts_of
from newsletter.models.deliveries import State
from newsletter.printing import Letter
from newsletter.smtp import Envelope, Line, Lost, Phase, Refused, Reply, Unsafe

logger = logging.getLogger(__name__)

WAIT_SECONDS = 30  # for what is due later no job waits, which would hold up a resumed issue: `keep_going` finds it
SLICE_SECONDS = 3  # what one job works; the worker gives a job five seconds to end when it is asked to stop
LOOK_SECONDS = 0.5  # how often a connection looks whether its issue was paused
BATCH_AT_LEAST, BATCH_AT_MOST = 5, 100
EDITION_SECONDS = 60  # what is not looked at for each batch, such as the name of the paper, is at most so old

# A letter that was put off is tried again after so many minutes: five hours in all, then it has failed.
AGAIN_AFTER_MINUTES = (1, 5, 15, 30, 60, 90, 120)
# A server that takes nothing at all is asked again after so many seconds; then somebody has to look.
REST_SECONDS = (2, 5, 15, 30, 60, 120, 300, 600)
PUT_OFF_AT_MOST = 20  # in a row, without a single letter accepted: not the readers' fault any more


# --- beginning, pausing, ending -------------------------------------------------------------------


def start(issue: Issue) -> None:
    """Chooses the readers and begins. Once: for an issue that has begun it makes sure of the jobs and no more."""
    may = [Issue.State.APPROVED, Issue.State.SCHEDULED]
    Issue.objects.filter(pk=issue.pk, state__in=may).update(state=Issue.State.FREEZING)
    issue.refresh_from_db()
    if issue.state == Issue.State.FREEZING:
        with transaction.atomic():
            freezing.freeze(issue.pk)
            go_on(issue.pk)
        issue.refresh_from_db()
    elif issue.state == Issue.State.SENDING:
        go_on(issue.pk)


def pause(issue: Issue, why: str) -> bool:
    """No letter is begun from now on; within half a second connections notice. False when it is not sending."""
    sending = Issue.objects.filter(pk=issue.pk, state=Issue.State.SENDING)
    paused = sending.update(state=Issue.State.PAUSED, pause_reason=why[:500])
    issue.refresh_from_db()
    return bool(paused)


def resume(issue: Issue) -> bool:
    """Goes on where it was paused. False when it is not paused."""
    with transaction.atomic():
        _lock(issue)
        paused = Issue.objects.filter(pk=issue.pk, state=Issue.State.PAUSED)
        resumed = paused.update(state=Issue.State.SENDING, pause_reason="")
        if resumed:
            Mailing.objects.filter(issue=issue).update(stumbles=0, rests_until=None)
            _spread_again(issue)
            go_on(issue.pk)
    issue.refresh_from_db()
    return bool(resumed)


def cancel(issue: Issue) -> bool:
    """Ends it for good: what was not sent by now, never is. False when it is over already."""
    over = [Issue.State.DONE, Issue.State.CANCELLED]
    running = Issue.objects.filter(pk=issue.pk).exclude(state__in=over)
    cancelled = running.update(state=Issue.State.CANCELLED, finished_at=timezone.now())
    issue.refresh_from_db()
    return bool(cancelled)


def resend_unknown(issue: Issue, delivery_ids: list[int]) -> int:
    """Sends again letters of which nobody knows whether they came, because somebody wants that. How many it were."""
    with transaction.atomic():
        _lock(issue)
        may = [Issue.State.SENDING, Issue.State.PAUSED, Issue.State.DONE]
        issues = Issue.objects.filter(pk=issue.pk, state__in=may)
        if issues.select_for_update(no_key=True).first() is None:  # cancelled by now
            return 0
        unknown = Outcome.objects.filter(issue=issue, delivery_id__in=delivery_ids, state=State.UNKNOWN)
        number = unknown.update(state=State.QUEUED, not_before=timezone.now())
        if number:
            issues.filter(state=Issue.State.DONE).update(state=Issue.State.SENDING, finished_at=None)
            go_on(issue.pk)
    issue.refresh_from_db()
    return number


def _lock(issue: Issue) -> None:
    """As a claim does, which calls an issue done when nothing is left: so that comes before this, or sees it."""
    Mailing.objects.select_for_update().filter(issue=issue).first()


@dataclass(frozen=True)
class Progress:
    """How far an issue is. `speed`: letters a second of late."""

    counts: dict[str, int]
    candidates: int
    speed: float


SPEED_SECONDS = 10


def progress(issue: Issue) -> Progress:
    """Counted in this moment, in three queries. Of domains and reasons `newsletter.figures` knows."""
    mailing = Mailing.objects.filter(issue=issue).first()
    if mailing is None:
        return Progress({}, 0, 0)
    since = timezone.now() - timedelta(seconds=SPEED_SECONDS)
    within = Outcome.objects.filter(issue=issue, delivery_id__gte=mailing.first_id, delivery_id__lte=mailing.last_id)
    speed = within.filter(state=State.SENT, at__gte=since).count() / SPEED_SECONDS
    return Progress(counts_of(issue), mailing.candidates, speed)


def _spread_again(issue: Issue) -> None:
    """Turns given out before a long pause would all come at once: they move by as long as the first is late."""
    with connection.cursor() as cursor:
        cursor.execute(_SPREAD, {"issue": issue.pk})


_SPREAD = """
UPDATE newsletter_outcome SET not_before = not_before + late.by FROM (
    SELECT now() - min(not_before) AS by FROM newsletter_outcome
    WHERE issue_id = %(issue)s AND not_before IS NOT NULL AND state = 'queued'
) late WHERE issue_id = %(issue)s AND not_before IS NOT NULL AND state = 'queued' AND late.by > interval '0'
"""


# --- jobs -----------------------------------------------------------------------------------------


def go_on(issue_id: int, *, seconds: float = 0, only: int | None = None) -> None:
    """Defers a job for each connection, or for one, unless it waits already."""
    for number in range(settings.NEWSLETTER_CONNECTIONS) if only is None else [only]:
        when = {"schedule_in": {"seconds": max(1, round(seconds))}} if seconds else {}
        lock = f"newsletter.{issue_id}.{number}"
        with suppress(AlreadyEnqueued), transaction.atomic():
            send_some.configure(queueing_lock=lock, **when).defer(issue_id=issue_id, number=number)


@task(priority=-5)
def send_some(issue_id: int, number: int) -> None:
    """A few seconds of work of one connection. Letters to single people go before: they have a higher priority."""
    issue = Issue.objects.select_related("newsletter").filter(pk=issue_id, state=Issue.State.SENDING).first()
    if issue is None:
        return
    sender = Sender(issue)
    again_in = sender.work(SLICE_SECONDS)
    # Whoever went on meanwhile found this connection still in use; so its job ended, and this one has to go on.
    if sender.heeded_a_pause and Issue.objects.filter(pk=issue_id, state=Issue.State.SENDING).exists():
        again_in = 0
    if again_in is not None and again_in <= WAIT_SECONDS:
        go_on(issue_id, seconds=again_in, only=number)


@every("* * * * *")
def keep_going() -> None:
    """Ends what dead processes had in hand, and defers jobs for whatever is under way. Safe to run at any time."""
    ledger.recover()
    under_way = Issue.objects.filter(state__in=[Issue.State.FREEZING, Issue.State.SENDING])
    one_by_one(_take_up, under_way.order_by("pk").values_list("pk", flat=True))


def _take_up(issue_id: int) -> None:
    start(Issue.objects.get(pk=issue_id))


# --- one connection -------------------------------------------------------------------------------


class _Stop(Exception):
    """No further letter of this batch: paused, out of time, or the server takes none."""


class Sender:
    """Sends letters of one issue over one connection, as long as it may."""

    def __init__(self, issue: Issue) -> None:
        self.issue, self.ledger = issue, Ledger(issue)
        self.line: Line | None = None
        self.size = BATCH_AT_LEAST
        self.put_off = self.stumbles = 0  # in a row
        self._over: Over | None = None  # how the last letter ended, not yet written down
        self._looked, self._state = 0.0, issue.state

    @property
    def heeded_a_pause(self) -> bool:
        return self._state != Issue.State.SENDING

    def work(self, seconds: float) -> float | None:
        """Sends for so long. Returns in how many seconds to go on, None when there is no need."""
        self.until = time.monotonic() + seconds
        ending, unsent = None, []
        try:
            while True:
                claim = self.ledger.claim(self.size, ending, unsent)
                ending, unsent, self.stumbles = claim.batch_id, [], claim.stumbles
                if not claim.letters:
                    if claim.again_in == 0 and not self._is_late():
                        continue
                    return claim.again_in
                began = time.monotonic()
                unsent = self._send_batch(claim)
                if unsent or time.monotonic() > self.until or self._is_stopped():
                    return 0.0 if not self._is_stopped() else None
                self._adapt(time.monotonic() - began)
        except Fenced:
            logger.warning("issue %s: taken for dead, so not a letter more", self.issue.pk)
            ending = None
            return 0.0
        except BaseException:
            abandoned, ending = ending, None
            self._abandon(abandoned)
            raise
        finally:
            if ending:
                self.ledger.end(ending, unsent)
            if self.line:
                lines.give_back(self.line)

    def _abandon(self, batch_id: int | None) -> None:
        """After an error that nobody thought of, such as a database that went away: what we know is written down, over
        a new connection if need be. Where that fails, too, `recover` does it when the lease is over."""
        if self.line:
            self.line.close()
        if batch_id:
            if not connection.in_atomic_block:
                connection.close()
            Ledger(self.issue).abandon(batch_id, self._over)

    def _adapt(self, took: float) -> None:
        """Batches that take about a second: what is claimed is looked at again not long before it goes."""
        if took < 0.5:
            self.size = min(BATCH_AT_MOST, self.size * 2)
        elif took > 2:
            self.size = max(BATCH_AT_LEAST, self.size // 2)

    def _send_batch(self, claim: Claim) -> list[int]:
        """Sends letter after letter. Returns the ids of those that it did not come to."""
        letter, began = letter_of(self.issue), time.monotonic()
        waiting = deque((one, envelope_of(one)) for one in claim.letters)
        self._over = None
        try:
            while waiting:
                one, envelope = waiting[0]
                self._wait_until(began + one.due)
                line = self._ready_line()
                then = self._next(waiting, began)
                problem = None
                try:
                    self._send_one(line, claim.batch_id, letter, one, envelope, then)
                except (Lost, Refused) as found:
                    problem = found
                waiting.popleft()  # before what came of it is written down: from then on others may have it in hand
                if isinstance(problem, Lost):
                    self._lost(claim.batch_id, one, problem, line)
                elif problem:
                    self._refused(claim.batch_id, one, problem, line)
        except _Stop:
            pass
        if self._over:
            self.ledger.flies(claim.batch_id, None, self._over)
            self._over = None
        return [one.delivery_id for one, _ in waiting]

    def _next(self, waiting: deque, began: float) -> Envelope | None:
        """What to ask about in the same packet as the letter at hand: the one after it, if it is due, too."""
        if len(waiting) < 2 or began + waiting[1][0].due > time.monotonic() or self._is_late():
            return None
        return waiting[1][1]

    def _send_one(
        self, line: Line, batch_id: int, letter: Letter, one: Waiting, envelope: Envelope | None, then: Envelope | None
    ) -> None:
        if envelope is None:
            raise Refused(Phase.RCPT, Reply(553, "5.1.2 no such domain can exist"))
        if not line.takes(envelope.recipient):
            raise Refused(Phase.RCPT, Reply(553, "5.1.6 the mail server takes no such address (it lacks SMTPUTF8)"))
        if line.asked != envelope:
            line.ask(envelope)
        line.wait_for_go()
        payload = letter.for_reader(
            delivery_id=one.delivery_id,
            address=envelope.recipient,
            key=one.key,
            confirmed_at=one.confirmed_at,
            now=time.time(),
        )
        self.ledger.flies(batch_id, one.delivery_id, self._over)
        self._over = None
        reply = line.deliver(payload, then if then and line.takes(then.recipient) else None)
        self._over = Over(one.delivery_id, State.SENT, reply.code, _words(reply), one.attempts + 1)
        self.put_off = 0
        if self.stumbles:
            self.stumbles = 0
            Mailing.objects.filter(issue=self.issue).update(stumbles=0)

    # --- what can go wrong ------------------------------------------------------------------------

    def _lost(self, batch_id: int, one: Waiting, lost: Lost, line: Line) -> None:
        """Before the dot, it surely did not go; after it, nobody can know."""
        if lost.may_have_gone:
            words = _words(Reply(0, str(lost)))
            self._is_over(batch_id, Over(one.delivery_id, State.UNKNOWN, None, words, one.attempts + 1))
        else:
            self._put_off(batch_id, one, Reply(0, str(lost)), line)

    def _refused(self, batch_id: int, one: Waiting, refused: Refused, line: Line) -> None:
        reply, at = refused.reply, _COMMANDS[refused.phase]
        if reply.code < 500:
            self._put_off(batch_id, one, reply, line)
            return
        kind = bounces.judge_reply(reply.code, reply.text, at)
        # Refused once more after somebody looked and went on: then it is about this reader, whatever the server says.
        if kind == bounces.Kind.SENDER_FAULT and not one.attempts:
            over = Over(one.delivery_id, State.QUEUED, reply.code, _words(reply), one.attempts + 1, 0)
            self._is_over(batch_id, over)
            pause(self.issue, f"The mail server refused: {_words(reply)}")
            raise _Stop
        self._is_over(batch_id, Over(one.delivery_id, State.FAILED, reply.code, _words(reply), one.attempts + 1))
        returning.refused(one.delivery_id, kind, reply.code, reply.text)

    def _put_off(self, batch_id: int, one: Waiting, reply: Reply, line: Line) -> None:
        """To be tried again. Who hears nothing else has a problem with the server, not with the readers."""
        if reply.code in (0, 421) and line.delivered:  # it only wanted a new connection
            self._is_over(batch_id, Over(one.delivery_id, State.QUEUED, reply.code, _words(reply), one.attempts, 0))
            return
        self.put_off += 1
        if one.attempts >= len(AGAIN_AFTER_MINUTES):
            state, again_in = State.FAILED, None
        else:
            state, again_in = State.DEFERRED, AGAIN_AFTER_MINUTES[one.attempts] * 60
        over = Over(one.delivery_id, state, reply.code or None, _words(reply), one.attempts + 1, again_in)
        self._is_over(batch_id, over)
        if self.put_off >= PUT_OFF_AT_MOST or reply.code in (0, 421):
            self._stumble(_words(reply))

    def _is_over(self, batch_id: int, over: Over) -> None:
        """Written down at once, with the words; and the letter sent before it, if that still waits for it."""
        if self._over:
            self.ledger.flies(batch_id, over.delivery_id, self._over)
            self._over = None
        self.ledger.flies(batch_id, None, over)

    def _stumble(self, words: str) -> None:
        """The server takes nothing: rest, longer each time; after the last rest somebody has to look."""
        mailing = Mailing.objects.filter(issue=self.issue)
        mailing.update(stumbles=F("stumbles") + 1)
        stumbles = mailing.values_list("stumbles", flat=True).get()
        logger.warning("issue %s: the mail server takes nothing, %s times in a row", self.issue.pk, stumbles)
        if stumbles > len(REST_SECONDS):
            pause(self.issue, f"The mail server takes nothing: {words}")
        else:
            rest = timedelta(seconds=REST_SECONDS[stumbles - 1])
            mailing.update(rests_until=timezone.now() + rest)
        raise _Stop

    # --- when it may go ---------------------------------------------------------------------------

    def _ready_line(self) -> Line:
        """An open connection. Raises `_Stop` when there is none to be had."""
        if self.line and self.line.is_open:
            return self.line
        try:
            self.line = lines.take()
        except Lost as lost:
            self._stumble(str(lost))
        except Refused as refused:
            if refused.reply.code < 500:
                self._stumble(_words(refused.reply))
            pause(self.issue, f"The mail server refused: {_words(refused.reply)}")
            raise _Stop from None
        except Unsafe as unsafe:
            pause(self.issue, f"No letter was handed in, for the connection would not be safe: {unsafe}")
            raise _Stop from None
        return self.line

    def _wait_until(self, moment: float) -> None:
        """Sleeps until a letter is due. Raises `_Stop` when the issue is paused meanwhile, or the time is over."""
        while True:
            if self._is_late() or self._is_stopped():
                raise _Stop
            left = moment - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, LOOK_SECONDS))

    def _is_late(self) -> bool:
        return time.monotonic() > self.until

    def _is_stopped(self) -> bool:
        """Whether the issue was paused or cancelled; looked up every half second."""
        if time.monotonic() - self._looked > LOOK_SECONDS:
            self._looked = time.monotonic()
            self._state = Issue.objects.values_list("state", flat=True).get(pk=self.issue.pk)
        return self.heeded_a_pause


_COMMANDS = {
    Phase.CONNECTED: "connect",
    Phase.GREETED: "helo",
    Phase.MAIL: "mail",
    Phase.RCPT: "rcpt",
    Phase.DATA: "data",
    Phase.AFTER_DOT: "dot",
}


def envelope_of(one: Waiting) -> Envelope | None:
    """Both addresses. None for a domain that cannot be written in ASCII, for no server could be found there."""
    name, _, domain = one.address.rpartition("@")
    try:
        return Envelope(verp.address_for(one.delivery_id), f"{name}@{punycode(domain)}")
    except UnicodeError:
        return None


def _words(reply: Reply) -> str:
    words = " ".join(f"{reply.code or ''} {reply.text}".split())
    return (returning.without_addresses(words) if "@" in words else words)[:300]


_letters: dict[int, tuple[float, tuple, Letter]] = {}


def letter_of(issue: Issue) -> Letter:
    """The issue as it is to be sent now: asked for each batch that was claimed, so that a comment or an article that is
    gone by then is in none of its letters. Drawn anew when something of it changed, and each minute."""
    mark, drawn = stands(issue), _letters.get(issue.pk)
    if drawn is None or drawn[1] != mark or time.monotonic() - drawn[0] > EDITION_SECONDS:
        drawn = (time.monotonic(), mark, Letter(issue, edition_of(issue)))
        _letters.clear()  # of other issues: there is seldom more than one on its way
        _letters[issue.pk] = drawn
    return drawn[2]
