"""A policy tried on what was written in the last thirty days, as a job: what it would have held, and how well.

Of each comment the signals are taken that were recorded when it came, but for listed words and their disguises: those
are looked for again in the text as it stands. Both policies are judged by the same `screening.policy.judge`, so what
differs is the policy. Signals that an older version of screening recorded are used as they are, and counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from json import loads
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from civic.lib.jobs import every, one_by_one, task
from comments.drafts import lines_of
from comments.models import Space
from comments.phrases import phrases_everywhere
from moderation.models import PolicyTrial, PolicyVersion
from screening import VERSION, Draft, Policy, Signal, Trust
from screening.policy import judge
from screening.signals import disguise, phrases

DAYS = 30
AT_ONCE = 1_000  # comments between two notes of how far it is
EXAMPLES = 20  # of each kind
PATIENCE_SECONDS = 120  # without a sign of life its worker is taken for stopped
QUEUE_SECONDS = 1_800  # that a trial may wait behind other work, before its job is taken for lost
TRIES = 3
FOUND_AGAIN = ("phrase", "disguise")
FATES = ("gone", "stood", "undecided")


@dataclass(frozen=True)
class Written:
    """A comment as it is judged again. `fate` is what moderators decided, of `FATES`."""

    pk: int
    body: str
    member: int | None
    signals: list[dict[str, Any]]
    version: int
    fate: str


def begin_trial(
    space: Space, *, by: User, base: PolicyVersion, thresholds: dict[str, float], phrases: str
) -> PolicyTrial:
    """Kept, and its job deferred. What the same person still tries in this space is stopped. In a transaction."""
    under_way = PolicyTrial.objects.filter(space=space, by=by, state__in=PolicyTrial.UNDER_WAY)
    under_way.update(state=PolicyTrial.State.STALE)
    trial = PolicyTrial.objects.create(space=space, by=by, base=base, thresholds=thresholds, phrases=phrases)
    replay.defer(trial_id=trial.pk)
    return trial


def stop_trial(trial: PolicyTrial) -> None:
    """Its job notices after the thousand it is at. Nothing where it is over."""
    PolicyTrial.objects.filter(pk=trial.pk, state__in=PolicyTrial.UNDER_WAY).update(state=PolicyTrial.State.STALE)


@task(priority=-5)
def replay(trial_id: int) -> None:
    """Judge all comments, in portions. Run again after a kill, it goes on after the last portion that was noted; of
    two that run at once, one stops at its next portion."""
    trial = PolicyTrial.objects.select_related("base").filter(pk=trial_id).first()
    if trial is None or not trial.is_under_way:
        return
    if trial.total is None:
        if not _note(trial, state=PolicyTrial.State.RUNNING):
            return
        _note(trial, total=_count(trial))
    judges = _Judges(trial)
    while portion := _portion(trial):
        result = judges.add(portion, trial.result)
        if not _note(trial, result=result, done=trial.done + len(portion), after=portion[-1].pk):
            return
    _note(trial, state=PolicyTrial.State.DONE, total=trial.done)


@every("* * * * *")
def take_up_again() -> None:
    """Trials that have not moved for two minutes: begun again where they were, and given up the third time. One that
    was never begun may wait for longer."""
    now, states = timezone.now(), PolicyTrial.State
    stuck = Q(state=states.RUNNING, moved_at__lt=now - timedelta(seconds=PATIENCE_SECONDS))
    lost = Q(state=states.WAITING, moved_at__lt=now - timedelta(seconds=QUEUE_SECONDS))
    still = PolicyTrial.objects.filter(stuck | lost)
    still.filter(tries__gte=TRIES).update(state=PolicyTrial.State.FAILED)
    one_by_one(_again, list(still.values_list("pk", flat=True)))


def _again(trial_id: int) -> None:
    PolicyTrial.objects.filter(pk=trial_id).update(tries=F("tries") + 1, moved_at=timezone.now())
    replay.defer(trial_id=trial_id)


def _note(trial: PolicyTrial, **fields: Any) -> bool:
    """Write how far it is. False where somebody stopped it, or another worker has noted this portion."""
    now = timezone.now()
    under_way = PolicyTrial.objects.filter(pk=trial.pk, after=trial.after, state__in=PolicyTrial.UNDER_WAY)
    if not under_way.update(moved_at=now, **fields):
        return False
    for name, kept in fields.items():
        setattr(trial, name, kept)
    return True


class _Judges:
    """Both policies, ready to judge: the one in force when the trial was begun, and the one that is tried."""

    def __init__(self, trial: PolicyTrial) -> None:
        everywhere = phrases_everywhere()
        self.policies = [
            Policy(phrases=(*everywhere, *lines_of((tried.phrases,))), thresholds=tried.thresholds)
            for tried in (trial.base, trial)
        ]
        self.staff = set(User.groups.through.objects.values_list("user_id", flat=True))

    def add(self, portion: list[Written], result: dict[str, Any]) -> dict[str, Any]:
        """The result, with these comments counted. `result` itself stays as it was."""
        counts = {when: dict(result.get(when) or dict.fromkeys(FATES, 0)) for when in ("before", "now", "all")}
        examples = {kind: list(result.get(kind, [])) for kind in ("newly_held", "newly_published")}
        number = {kind: result.get(f"{kind}_number", 0) for kind in examples}
        older = result.get("older", 0)
        for written in portion:
            before, now = self.held(written)
            counts["all"][written.fate] += 1
            counts["before"][written.fate] += before
            counts["now"][written.fate] += now
            older += written.version < VERSION
            if before != now:
                kind = "newly_held" if now else "newly_published"
                number[kind] += 1
                examples[kind] = [*examples[kind], written.pk][-EXAMPLES:]  # the latest
        return {**counts, **examples, "older": older, **{f"{kind}_number": number[kind] for kind in number}}

    def held(self, written: Written) -> tuple[bool, bool]:
        """Whether each of the two policies asks a person about it."""
        kept = [
            Signal(noticed["rule"], noticed["score"], noticed.get("evidence", ""))
            for noticed in written.signals
            if noticed["rule"] not in FOUND_AGAIN and not noticed.get("unknown") and noticed.get("noticed", True)
        ]
        unknown = [noticed["rule"] for noticed in written.signals if noticed.get("unknown")]
        rules = {signal.rule for signal in kept}
        trust = Trust(
            published=None if "newcomer" in unknown else int("newcomer" not in rules),
            is_staff=written.member in self.staff,
            is_premoderated="standing" in rules,
        )
        held, found = [], {}
        for policy in self.policies:
            draft = Draft(text=written.body, trust=trust, policy=policy)
            if policy.phrases not in found:
                found[policy.phrases] = phrases.look(draft) + disguise.look(draft)
            held.append(judge(draft, kept + found[policy.phrases], unknown).outcome == "hold")
        return held[0], held[1]


# Comments that anybody confirmed, whose words are still there. What came from another system was never screened.
_WRITTEN = """
FROM comments_comment AS c JOIN comments_thread AS t ON t.id = c.thread_id
WHERE t.space_id = %(space)s AND c.created_at > %(since)s AND c.created_at <= %(until)s
  AND c.id > %(after)s AND c.body <> '' AND c.state <> 'unconfirmed'
  AND EXISTS (SELECT 1 FROM comments_screening AS s WHERE s.comment_id = c.id)
"""

# The first that screening said, and the last that a person decided and did not take back.
_PORTION = f"""
SELECT p.id, p.body, p.member_id, s.signals::text, s.policy_version, d.act
FROM (SELECT c.id, c.body, c.member_id {_WRITTEN} ORDER BY c.id LIMIT {AT_ONCE}) AS p
CROSS JOIN LATERAL (
    SELECT signals, policy_version FROM comments_screening WHERE comment_id = p.id ORDER BY id LIMIT 1
) AS s
LEFT JOIN LATERAL (
    SELECT act FROM moderation_decision AS d
    WHERE d.comment_id = p.id AND d.act IN ('publish', 'refuse', 'remove', 'restore', 'keep')
      AND NOT d.is_automatic AND d.undoes_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM moderation_decision AS u WHERE u.undoes_id = d.id)
    ORDER BY id DESC LIMIT 1
) AS d ON true
ORDER BY p.id
"""  # noqa: S608


def _asked(trial: PolicyTrial) -> dict[str, Any]:
    since = trial.made_at - timedelta(days=DAYS)
    return {"space": trial.space_id, "since": since, "until": trial.made_at, "after": trial.after}


def _count(trial: PolicyTrial) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {_WRITTEN}", _asked(trial))
        return cursor.fetchone()[0]


def _portion(trial: PolicyTrial) -> list[Written]:
    with connection.cursor() as cursor:
        cursor.execute(_PORTION, _asked(trial))
        return list(_read(cursor.fetchall()))


def _read(rows: list[tuple]) -> Iterator[Written]:
    for pk, body, member, signals, version, act in rows:
        fate = {"refuse": "gone", "remove": "gone", None: "undecided"}.get(act, "stood")
        yield Written(pk, body, member, loads(signals), version, fate)
