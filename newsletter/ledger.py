"""The statements that keep the ledger, written by hand: one of them stands between any two letters of a connection.

`newsletter.models.deliveries` says what the rows mean, `docs/decisions/0014-the-ledger.md` why they are these.
"""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import psycopg
from django.conf import settings
from django.db import connection, transaction

from civic.lib import tokens
from newsletter import holders
from newsletter.models import Issue
from newsletter.models.deliveries import Reason, State
from newsletter.pacing import Paces
from newsletter.smtp import AFTER_DOT_SECONDS, ANSWER_SECONDS

logger = logging.getLogger(__name__)

LEASE_SECONDS = AFTER_DOT_SECONDS + 2 * ANSWER_SECONDS  # the longest that a living process can be silent
WINDOW = 1000  # ids of deliveries looked at in one statement


class Fenced(Exception):
    """The batch is not ours any more: somebody took this process for dead, or the database has crashed and may have
    forgotten what we told it. Not a letter more."""


class Waiting(NamedTuple):
    """A letter that was claimed. `due` is in seconds from the claim."""

    delivery_id: int
    address: str
    key: bytes
    confirmed_at: datetime
    attempts: int
    due: float


class Over(NamedTuple):
    """What became of a letter. `again_in`: seconds until it may be tried again."""

    delivery_id: int
    state: State
    code: int | None
    reply: str
    attempts: int
    again_in: float | None = None
    reason: str = ""


@dataclass
class Claim:
    """What a claim brought: letters; or none, and then perhaps when to ask again, in seconds."""

    batch_id: int | None = None
    letters: Sequence[Waiting] = ()
    again_in: float | None = None
    is_done: bool = False
    stumbles: int = 0


class Ledger:
    """The ledger of one issue, as one connection to the mail server writes it."""

    def __init__(self, issue: Issue) -> None:
        self.issue = issue
        self.paces = Paces()
        self._cursor = _cursor()
        # What was planned while tables were small would be done in the same way now that they are not. Statistics
        # that tell PostgreSQL so come a minute later.
        self._cursor.execute("DISCARD PLANS")

    def claim(self, most: int, ending: int | None = None, unsent: Sequence[int] = ()) -> Claim:
        """Up to `most` letters that are due, each looked at again: who left or is suppressed by now is skipped.

        Ends the batch before, `ending`; its `unsent` letters wait again. One transaction, on disk when it returns.
        """
        with transaction.atomic():
            cursor = self._cursor
            if ending:
                self._end(cursor, ending, unsent)
            cursor.execute(_LOCK, {"issue": self.issue.pk})
            found = cursor.execute(_MAILING, {"issue": self.issue.pk}).fetchone()
            if found is None:
                return Claim()
            state, at, last, rests, held, stumbles = found
            if state != Issue.State.SENDING or held >= settings.NEWSLETTER_CONNECTIONS:
                return Claim()
            if rests:
                return Claim(again_in=rests)
            most, start = self.paces.room(cursor, most)
            if not most:
                return Claim(again_in=start)
            ids = self._choose(cursor, most, at, last)
            if not ids:
                return self._nothing(cursor, is_held=bool(held))
            letters = self._looked_at_again(cursor, ids, at)
            if not letters:
                return Claim(again_in=0)
            dues = self.paces.take(cursor, len(letters))
            letters = [one._replace(due=due) for one, due in zip(letters, dues, strict=True)]
            values = {"issue": self.issue.pk, "ids": [one.delivery_id for one in letters], "holder": holders.me()}
            (batch_id,) = cursor.execute(_BEGIN, values | {"lease": LEASE_SECONDS}).fetchone()
            return Claim(batch_id, letters, stumbles=stumbles)

    def flies(self, batch_id: int, delivery_id: int | None, over: Over | None = None) -> None:
        """From now on this letter may have gone; and what became of the one before. Both in one statement.

        Committed without waiting for the disk: that survives the end of this process, and `recover` knows what to think
        of it when the database has crashed. Raises `Fenced`; then nothing was written but that a letter was sent, which
        is true whoever has the batch by now. All else might undo what another process has done since.
        """
        flies = (delivery_id, LEASE_SECONDS, batch_id)
        if over is None:
            statement, values = _FLIES, flies
        elif over.state == State.SENT:
            statement = _SENT_AND_FLIES
            values = (over.delivery_id, self.issue.pk, over.code, over.reply, over.attempts, *flies)
        else:
            flies = (delivery_id, LEASE_SECONDS, over.delivery_id, batch_id)
            statement, values = _FLIES_AND_OVER, (*flies, *self._over(over))
        if not self._cursor.execute(statement, values, prepare=True).rowcount:
            raise Fenced

    def _over(self, over: Over) -> tuple:
        what = (over.delivery_id, self.issue.pk, over.state, over.reason, over.code, over.reply)
        return (*what, over.attempts, over.again_in)

    def end(self, batch_id: int, unsent: Sequence[int]) -> None:
        """The batch is over; letters that were not tried wait again."""
        with transaction.atomic():
            self._end(self._cursor, batch_id, unsent)

    def _end(self, cursor: psycopg.Cursor, batch_id: int, unsent: Sequence[int]) -> None:
        if cursor.execute(_END, [batch_id]).rowcount and unsent:
            cursor.execute(_WAIT_AGAIN, {"issue": self.issue.pk, "ids": list(unsent)})

    def _choose(self, cursor: psycopg.Cursor, most: int, at: int, last: int) -> list[int]:
        """Ids of deliveries: first those whose time has come again, then the next in the order of the freeze."""
        values = {"issue": self.issue.pk, "most": most}
        ids = [row[0] for row in cursor.execute(_DUE, values).fetchall()]
        before = at
        while len(ids) < most and at < last:
            end = min(last, at + WINDOW)
            values |= {"at": at, "end": end, "most": most - len(ids)}
            ids += [row[0] for row in cursor.execute(_FRESH, values).fetchall()]
            at = ids[-1] if len(ids) == most else end
        if at > before:
            cursor.execute("UPDATE newsletter_mailing SET cursor = %s WHERE issue_id = %s", [at, self.issue.pk])
        return ids

    def _looked_at_again(self, cursor: psycopg.Cursor, ids: list[int], at: int) -> list[Waiting]:
        """Those that still want the letter; and are not too many for their domain, if they come for the first time."""
        values = {"ids": ids, "newsletter": self.issue.newsletter_id, "cadence": self.issue.cadence}
        rows = cursor.execute(_RECHECK, values).fetchall()
        suppressed = _suppressed_under_other_keys(cursor, [row[1] for row in rows])
        letters, over = [], []
        for delivery_id, address, key, confirmed_at, attempts, reason in rows:
            reason = reason or (Reason.SUPPRESSED if address in suppressed else "")
            if reason:
                over.append(Over(delivery_id, State.SKIPPED, None, "", attempts, None, reason))
            elif delivery_id > at and (wait := self.paces.wait_for(cursor, address)):
                over.append(Over(delivery_id, State.QUEUED, None, "", attempts, wait))
            else:
                letters.append(Waiting(delivery_id, address, bytes(key), confirmed_at, attempts, 0))
        for one in over:
            cursor.execute(_OVER, self._over(one), prepare=True)
        return letters

    def _nothing(self, cursor: psycopg.Cursor, is_held: bool) -> Claim:
        """No letter is due. When none waits either, and nobody has any in hand, the issue is done."""
        (again_in,) = cursor.execute(_NEXT, [self.issue.pk]).fetchone()
        if again_in is not None:
            return Claim(again_in=max(again_in, 0.1))
        if is_held:
            return Claim()
        if forgotten := cursor.execute(_FORGOTTEN, {"issue": self.issue.pk}).rowcount:
            logger.error("issue %s: %s letters were in nobody's hand", self.issue.pk, forgotten)
            return Claim(again_in=0)
        cursor.execute(_DONE, [self.issue.pk])
        return Claim(is_done=True)

    def abandon(self, batch_id: int, over: Over | None) -> None:
        """Ends a batch in the middle, as `recover` would: after something that nobody thought of."""
        if over:
            with suppress(Fenced):
                self.flies(batch_id, None, over)
        with transaction.atomic():
            for batch in self._cursor.execute(f"{_BATCHES_HEAD} WHERE id = %s FOR UPDATE", [batch_id]).fetchall():
                _give_up(self._cursor, *batch[:4], has_crashed=batch[-1])


def recover() -> list[int]:
    """Ends the batches of dead processes, and all from before a crash of the database. Returns the issues they were of.

    What was in flight is `unknown`; all the rest was surely not sent and waits again. If the database has crashed or
    was started anew since, its last moments may be lost, and then nothing of the batch is sure; a process that still
    has it in hand is fenced off.
    """
    issues = set()
    with transaction.atomic():
        cursor = _cursor()
        for batch in cursor.execute(_BATCHES).fetchall():
            batch_id, issue_id, ids, flying, holder, is_late, has_crashed = batch
            if is_late or has_crashed or holders.is_surely_dead(holder):
                _give_up(cursor, batch_id, issue_id, ids, flying, has_crashed=has_crashed)
                issues.add(issue_id)
    return sorted(issues)


def _give_up(
    cursor: psycopg.Cursor, batch_id: int, issue_id: int, ids: list[int], flying: int | None, *, has_crashed: bool
) -> None:
    unsure = ids if has_crashed else [flying] if flying else []
    cursor.execute(_UNKNOWN, {"issue": issue_id, "ids": unsure})
    cursor.execute(_WAIT_AGAIN, {"issue": issue_id, "ids": [one for one in ids if one not in unsure]})
    cursor.execute("DELETE FROM newsletter_batch WHERE id = %s", [batch_id])


def _cursor() -> psycopg.Cursor:
    """One that prepares statements in the server, which halves their cost; Django's own puts values into the text."""
    connection.ensure_connection()
    raw = connection.connection
    if raw.prepare_threshold is None and "prepare_threshold" not in connection.settings_dict["OPTIONS"]:
        raw.prepare_threshold = 2
    return psycopg.Cursor(raw)


def _suppressed_under_other_keys(cursor: psycopg.Cursor, addresses: list[str]) -> set[str]:
    """A suppression is known by a hash of the address; after a change of HASH_KEY there is more than one."""
    if not settings.HASH_KEY_FALLBACKS:
        return set()
    of = {key: address for address in addresses for key in tokens.fingerprints("subscriber", address.lower())}
    rows = cursor.execute("SELECT key FROM newsletter_suppression WHERE key = ANY(%s)", [list(of)]).fetchall()
    return {of[bytes(key)] for (key,) in rows}


# Locked by a statement of its own: what a statement reads beside a row that it waits for is as it was before the wait,
# without the batch that somebody has just taken. The next statement sees it.
_LOCK = "SELECT FROM newsletter_mailing WHERE issue_id = %(issue)s FOR UPDATE"

_MAILING = """
SELECT issue.state, cursor, last_id,
    extract(epoch FROM greatest(rests_until - statement_timestamp(), interval '0'))::float8,
    (SELECT count(*) FROM newsletter_batch WHERE issue_id = %(issue)s), stumbles
FROM newsletter_mailing mailing JOIN newsletter_issue issue ON issue.id = mailing.issue_id
WHERE mailing.issue_id = %(issue)s
"""

_DUE = """
UPDATE newsletter_outcome SET state = 'queued', not_before = NULL WHERE delivery_id = ANY(ARRAY(
    SELECT delivery_id FROM newsletter_outcome
    WHERE issue_id = %(issue)s AND not_before <= statement_timestamp() AND state IN ('queued', 'deferred')
    ORDER BY not_before LIMIT %(most)s
)) RETURNING delivery_id
"""

# No more than a window of ids is looked at, and by their own index: the sum hides `issue_id` from the other one. Of a
# table that was filled a moment ago PostgreSQL believes that next to nothing of it belongs to this issue; looked up by
# that, a million rows were read and sorted for each claim, until statistics came.
_FRESH = """
SELECT id FROM newsletter_delivery
WHERE id > %(at)s AND id <= %(end)s AND issue_id + 0 = %(issue)s AND skipped = '' ORDER BY id LIMIT %(most)s
"""

_RECHECK = """
SELECT delivery.id, delivery.address, subscriber.key, sub.confirmed_at, coalesce(outcome.attempts, 0), CASE
    WHEN subscriber.id IS NULL OR delivery.address = '' THEN 'erased'
    WHEN suppression.key IS NOT NULL THEN 'suppressed'
    WHEN sub.state IS DISTINCT FROM 'active' THEN 'left'
    WHEN sub.cadence <> %(cadence)s THEN 'cadence'
    WHEN sub.paused_until > now() THEN 'paused'
    ELSE '' END
FROM unnest(%(ids)s::bigint[]) chosen (id)
JOIN newsletter_delivery delivery ON delivery.id = chosen.id
LEFT JOIN newsletter_outcome outcome ON outcome.delivery_id = delivery.id
LEFT JOIN newsletter_subscriber subscriber ON subscriber.id = delivery.subscriber_id
LEFT JOIN newsletter_subscription sub
    ON sub.subscriber_id = subscriber.id AND sub.newsletter_id = %(newsletter)s
LEFT JOIN newsletter_suppression suppression ON suppression.key = subscriber.key
ORDER BY delivery.id
"""

# Another moment after each crash. When one of its processes is killed, by lack of memory perhaps, PostgreSQL loses what
# was not yet on disk and goes on without a new start; but it empties its statistics then and says when that was.
_SERVER_BEGAN = "greatest(pg_postmaster_start_time(), pg_stat_get_bgwriter_stat_reset_time())"

_BEGIN = f"""
INSERT INTO newsletter_batch (issue_id, ids, holder, server_began, until)
VALUES (%(issue)s, %(ids)s, %(holder)s, {_SERVER_BEGAN}, now() + make_interval(secs => %(lease)s))
RETURNING id
"""  # noqa: S608

_END = f"DELETE FROM newsletter_batch WHERE id = %s AND server_began = {_SERVER_BEGAN}"  # noqa: S608

_PUT = """
INSERT INTO newsletter_outcome (delivery_id, issue_id, state, reason, code, reply, attempts, not_before, at)
SELECT {values}, clock_timestamp() {when}
ON CONFLICT (delivery_id) DO UPDATE SET state = excluded.state, reason = excluded.reason, code = excluded.code,
    reply = excluded.reply, attempts = excluded.attempts, not_before = excluded.not_before, at = excluded.at
"""
_OVER_VALUES = "%s, %s, %s, %s, %s, %s, %s, now() + make_interval(secs => %s::float8)"
_OVER = _PUT.format(values=_OVER_VALUES, when="")
_SENT = _PUT.format(values="%s, %s, 'sent', '', %s, %s, %s, NULL", when="")

# The setting holds for this one transaction, which is this statement: so a pooler in between does no harm.
_FLYING = f"""
UPDATE newsletter_batch SET flying = %s, until = now() + make_interval(secs => %s) {{more}}
FROM set_config('synchronous_commit', 'off', true) WHERE id = %s AND server_began = {_SERVER_BEGAN}
"""  # noqa: S608

_FLIES = _FLYING.format(more="")
_SENT_AND_FLIES = f"WITH over AS ({_SENT}) {_FLIES}"
_OVER_IF_OURS = _PUT.format(values=_OVER_VALUES, when="FROM ours")
# A letter that waits again leaves this batch, for another connection may take it at once. Were it in both, and both
# processes killed, the end of the first batch would hide that it was in flight in the second, and it would go twice.
_OUT_OF_HAND = _FLYING.format(more=", ids = array_remove(ids, %s::bigint)")
_FLIES_AND_OVER = f"WITH ours AS ({_OUT_OF_HAND} RETURNING id) {_OVER_IF_OURS}"

_WAIT_AGAIN = """
INSERT INTO newsletter_outcome (delivery_id, issue_id, state, not_before, at)
SELECT id, %(issue)s, 'queued', now(), now() FROM unnest(%(ids)s::bigint[]) one (id)
ON CONFLICT (delivery_id) DO UPDATE SET not_before = now() WHERE newsletter_outcome.state = 'queued'
    AND newsletter_outcome.not_before IS NULL
"""

_UNKNOWN = """
INSERT INTO newsletter_outcome (delivery_id, issue_id, state, attempts, at)
SELECT id, %(issue)s, 'unknown', 1, now() FROM unnest(%(ids)s::bigint[]) one (id)
ON CONFLICT (delivery_id) DO UPDATE SET state = 'unknown', at = now(), attempts = newsletter_outcome.attempts + 1
    WHERE newsletter_outcome.state = 'queued' AND newsletter_outcome.not_before IS NULL
"""

_NEXT = """
SELECT extract(epoch FROM min(not_before) - statement_timestamp())::float8 FROM newsletter_outcome
WHERE issue_id = %s AND not_before IS NOT NULL
"""

_DONE = """
UPDATE newsletter_issue SET state = 'done', finished_at = now(), pause_reason = '' WHERE id = %s AND state = 'sending'
"""

_BATCHES_HEAD = f"""
SELECT id, issue_id, ids, flying, holder, until < now(), server_began <> {_SERVER_BEGAN}
FROM newsletter_batch
"""  # noqa: S608
_BATCHES = f"{_BATCHES_HEAD} FOR UPDATE SKIP LOCKED"

# Must find nothing: a letter that is in no batch, waits for no time, and has no outcome. Looked up once, before an
# issue is called done, for a million letters in a second. What it finds is put right.
_FORGOTTEN = """
INSERT INTO newsletter_outcome (delivery_id, issue_id, state, not_before, at)
SELECT delivery.id, delivery.issue_id, 'queued', now(), now()
FROM newsletter_mailing mailing JOIN newsletter_delivery delivery
    ON delivery.id BETWEEN first_id AND last_id AND delivery.issue_id = mailing.issue_id
LEFT JOIN newsletter_outcome outcome ON outcome.delivery_id = delivery.id
WHERE mailing.issue_id = %(issue)s AND delivery.skipped = '' AND (outcome.state IS NULL OR outcome.state = 'queued')
    AND NOT EXISTS (SELECT FROM newsletter_batch WHERE issue_id = %(issue)s AND delivery.id = ANY(ids))
ON CONFLICT (delivery_id) DO UPDATE SET not_before = now() WHERE newsletter_outcome.state = 'queued'
    AND newsletter_outcome.not_before IS NULL
"""
