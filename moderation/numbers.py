"""How moderation goes, for moderators: what waits and for how long, what is decided, and what does not hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from django.db.models import Count, F, Min, Q
from django.db.models.functions import TruncHour
from django.utils import timezone

from comments import prompting
from comments.prompting import Outcomes
from moderation.lists import count_waiting, oldest_waiting
from moderation.models import Act, Appeal, Decision
from moderation.scope import Scope
from screening.policy import NAMES

HOURS, DAYS = 24, 30
SAMPLE = 1_000  # latest decisions of which the median wait is taken


@dataclass(frozen=True)
class Hour:
    """Decisions in an hour; `share` of the busiest, 0..100."""

    begins: datetime
    decided: int
    share: int


@dataclass(frozen=True)
class Record:
    """How decisions fared: of a moderator, or by a rule. Appeals are those that somebody has decided."""

    name: str
    decided: int
    undone: int
    appeals: int
    overturned: int

    @property
    def overturn_rate(self) -> str:
        """`25 %` of the appeals that were decided; "" where there was none."""
        return f"{round(100 * self.overturned / self.appeals)} %" if self.appeals else ""


@dataclass(frozen=True)
class Asked:
    """What came of asking writers once before posting, because of one signal; `name` is "" for all together."""

    name: str
    outcomes: Outcomes


@dataclass(frozen=True)
class Numbers:
    """`wait` is the median minutes from a comment to its first decision, of the latest; None where none was made.
    `prompts` ends with all together; it is None for who looks after some spaces: that is counted for all as one."""

    waiting: int
    oldest: datetime | None
    wait: int | None
    hours: list[Hour]
    moderators: list[Record]
    rules: list[Record]
    prompts: list[Asked] | None


def load_numbers(scope: Scope) -> Numbers:
    """Eight queries, however much was decided. The records are of the last 30 days."""
    now = timezone.now()
    decisions = scope.about_comments(Decision.objects.filter(undoes=None))
    lately = decisions.filter(made_at__gt=now - timedelta(days=DAYS))
    by_rule = lately.filter(act__in=[Act.REFUSE, Act.REMOVE, Act.REFUSE_EDIT]).exclude(rule=None)
    return Numbers(
        waiting=count_waiting(scope),
        oldest=oldest_waiting(scope),
        wait=_median_wait(decisions),
        hours=_hours(decisions, now),
        moderators=_records(lately.exclude(by=None), "by__display_name", "by"),
        rules=_records(by_rule, "rule__short", "rule__number"),
        prompts=_prompts(now) if scope.is_everywhere else None,
    )


def _prompts(now: datetime) -> list[Asked]:
    """One query; empty where nobody was asked."""
    found = prompting.counts(now - timedelta(days=DAYS))
    by_rule = [Asked(NAMES.get(rule, rule.capitalize()), outcomes) for rule, outcomes in found.items()]
    return [*by_rule, Asked("", sum(found.values(), Outcomes()))] if found else []


def _median_wait(decisions) -> int | None:
    """Of comments that waited before they were public: what is removed later was not waiting."""
    waited = decisions.filter(was="in_review", act__in=[Act.PUBLISH, Act.REFUSE]).order_by("-pk")
    times = [made - written for made, written in waited.values_list("made_at", "comment__created_at")[:SAMPLE]]
    return int(median(times).total_seconds() // 60) if times else None


def _hours(decisions, now: datetime) -> list[Hour]:
    """The last 24, also those in which nobody decided anything."""
    last = now.replace(minute=0, second=0, microsecond=0)
    since = last - timedelta(hours=HOURS - 1)
    counted = decisions.filter(made_at__gte=since).annotate(hour=TruncHour("made_at")).values("hour")
    found = {row["hour"]: row["n"] for row in counted.annotate(n=Count("pk")).order_by("hour")}
    most = max(found.values(), default=0) or 1
    hours = [since + timedelta(hours=n) for n in range(HOURS)]
    return [Hour(hour, found.get(hour, 0), round(100 * found.get(hour, 0) / most)) for hour in hours]


def _records(decisions, name: str, key: str) -> list[Record]:
    decided_appeals = Q(appeal__state__in=[Appeal.State.UPHELD, Appeal.State.OVERTURNED])
    counted = decisions.values(key).annotate(
        named=Min(name),
        decided=Count("pk", distinct=True),
        undone=Count("pk", filter=Q(undone_by__by=F("by")), distinct=True),
        appeals=Count("appeal", filter=decided_appeals, distinct=True),
        overturned=Count("appeal", filter=Q(appeal__state=Appeal.State.OVERTURNED), distinct=True),
    )
    rows: Iterable[dict] = counted.order_by("-decided", key)[:50]
    return [Record(r["named"], r["decided"], r["undone"], r["appeals"], r["overturned"]) for r in rows]
