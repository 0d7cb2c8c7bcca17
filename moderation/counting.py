"""Clock work: what was decided each month, in numbers that stay when what they count is erased.

A decision counts in the month in which it was made, by the calendar of the site, and so does what became of it: that it
was taken back, that a second look let it stand. A month that is over therefore changes for as long as a decision can be
undone or appealed against. Then it is final, and never counted again.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Aggregate, Count, DurationField, F, OuterRef, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone

from civic.lib.jobs import every
from civic.lib.site import SiteSettings
from comments.models import Screening
from comments.models.comments import State
from moderation.masking import FEW
from moderation.models import (
    Act,
    Appeal,
    CountedMonth,
    Decision,
    Kind,
    MeasureAppeal,
    MonthCount,
    Report,
    StandingDecision,
)

# After that nothing can come of a decision any more, unless an appeal is open. (Addresses are confirmed sooner.)
SETTLED_AFTER = timedelta(days=settings.UNDO_DAYS + settings.APPEAL_DAYS + 1)

OUTCOMES = (Kind.UNDONE, Kind.UPHELD, Kind.OVERTURNED)
# What became of a measure on somebody.
OUTCOMES_OF_MEASURES = {
    "lifted": Kind.LIFTED,
    MeasureAppeal.State.UPHELD: Kind.STOOD,
    MeasureAppeal.State.OVERTURNED: Kind.STRUCK,
}


@dataclass(frozen=True)
class Span:
    """A month of the site's calendar: its first day, and the moments from which and until which it lasts."""

    first: date
    start: datetime
    end: datetime

    @classmethod
    def of(cls, day: date, zone: ZoneInfo) -> "Span":
        first = day.replace(day=1)
        return cls(first, _midnight(first, zone), _midnight(next_month(first), zone))

    @property
    def bounds(self) -> dict[str, datetime]:
        return {"made_at__gte": self.start, "made_at__lt": self.end}


@every("*/15 * * * *")
def count_months() -> None:
    """Count every month that can still change, and those that a stopped worker has missed."""
    zone = ZoneInfo(SiteSettings.current().zone)
    done = set(CountedMonth.objects.filter(is_final=True).values_list("month", flat=True))
    for span in _all_months(zone):
        if span.first not in done:
            count_month(span, zone.key)


def count_month(span: Span, zone: str) -> None:
    """Count one month anew, in one transaction. A dozen statements."""
    with transaction.atomic():
        MonthCount.objects.filter(month=span.first).delete()
        MonthCount.objects.bulk_create(
            MonthCount(month=span.first, **cell) for cell in _cells(span, zone) if cell["number"]
        )
        known = {"median_seconds": _median_wait(span), "is_final": _is_settled(span), "counted_at": timezone.now()}
        CountedMonth.objects.update_or_create(month=span.first, defaults=known)


def next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def count_reports(span: Span) -> Iterator[tuple[str, str, int]]:
    """What readers reported in that month: kind, text of the rule ("" for what they say is illegal), number."""
    by_rule = Report.objects.filter(**span.bounds).order_by().values_list("kind", "rule_text")
    for kind, rule, number in by_rule.annotate(number=Count("pk")):
        yield Kind.NOTICED if kind == Report.Kind.ILLEGAL else Kind.REPORTED, rule, number


def _cells(span: Span, zone: str) -> Iterator[dict[str, Any]]:
    """The fields of each `MonthCount`."""
    made = Decision.objects.filter(**span.bounds).that_count().with_cell(zone).with_outcome().order_by()
    by_act = made.values_list("act", "ground", "is_automatic")
    for act, rule, automatic, number in by_act.annotate(number=Count("pk")):
        yield {"kind": act, "rule_text": rule, "is_automatic": automatic, "number": number}
    by_outcome = made.filter(outcome__in=OUTCOMES).values_list("outcome", "act", "ground", "is_automatic")
    for kind, act, rule, automatic, number in by_outcome.annotate(number=Count("pk")):
        yield {"kind": kind, "about": act, "rule_text": rule, "is_automatic": automatic, "number": number}
    for kind, number in _screened(span):
        yield {"kind": kind, "number": number}
    for kind, rule, number in count_reports(span):
        yield {"kind": kind, "rule_text": rule, "number": number}
    yield from _measures(span)


def _measures(span: Span) -> Iterator[dict[str, Any]]:
    """Measures on people, and what became of them. By which rule is not counted: so few are told by no rule."""
    made = StandingDecision.objects.filter(**span.bounds).that_count().with_outcome().order_by()
    numbers, outcomes = Counter(), Counter()
    for kind, outcome, number in made.values_list("counts_as", "outcome").annotate(number=Count("pk")):
        numbers[kind] += number
        if outcome:
            outcomes[OUTCOMES_OF_MEASURES[outcome], kind] += number
    for kind, number in numbers.items():
        yield {"kind": kind, "number": number}
    for (kind, measure), number in outcomes.items():
        yield {"kind": kind, "about": measure, "number": number}


def _is_settled(span: Span) -> bool:
    if timezone.now() <= span.end + SETTLED_AFTER:
        return False
    of_comments = Appeal.objects.filter(state=Appeal.State.OPEN, decision__made_at__lt=span.end)
    of_people = MeasureAppeal.objects.filter(
        state=MeasureAppeal.State.OPEN, measure__lifted_at=None, measure__made_at__lt=span.end
    )
    return not of_comments.exists() and not of_people.exists()


# Texts of a guest are screened a second time once the address is confirmed: that time counts.
_SCREENED = """
SELECT count(*) FILTER (WHERE NOT held), count(*) FILTER (WHERE held) FROM (
    SELECT bool_or(s.outcome = 'hold') AS held
    FROM comments_screening AS s
    JOIN comments_comment AS c ON c.id = s.comment_id
    LEFT JOIN comments_guest AS g ON g.id = c.guest_id
    WHERE s.made_at >= %s AND s.made_at < %s AND c.state != %s
      AND (g.confirmed_at IS NULL OR s.made_at >= g.confirmed_at)
    GROUP BY s.comment_id
) AS seen
"""


def _screened(span: Span) -> list[tuple[str, int]]:
    """How many comments went up at once, and how many had to wait for a person, new or with a newer text."""
    with connection.cursor() as cursor:
        cursor.execute(_SCREENED, [span.start, span.end, State.UNCONFIRMED])
        at_once, held = cursor.fetchone()
    return [(Kind.AT_ONCE, at_once), (Kind.HELD, held)]


class Median(Aggregate):
    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def _median_wait(span: Span) -> int | None:
    """Seconds from when a comment came before moderators until it was decided; None of fewer than five."""
    held = Decision.objects.filter(comment=OuterRef("comment"), act=Act.HOLD, pk__lt=OuterRef("pk")).order_by("-pk")
    decided = Decision.objects.filter(was=State.IN_REVIEW, **span.bounds).that_count().exclude(act=Act.KEEP)
    came = Greatest("comment__created_at", "comment__guest__confirmed_at", Subquery(held.values("made_at")[:1]))
    waited = decided.annotate(wait=F("made_at") - came).aggregate(number=Count("pk"), median=Median("wait"))
    if waited["number"] < FEW:
        return None
    return max(0, round(waited["median"].total_seconds()))


def _all_months(zone: ZoneInfo) -> Iterator[Span]:
    """From the first in which something was decided or screened until now."""
    decided = Decision.objects.order_by("made_at").values_list("made_at", flat=True).first()
    measured = StandingDecision.objects.order_by("made_at").values_list("made_at", flat=True).first()
    screened = Screening.objects.order_by("pk").values_list("made_at", flat=True).first()
    firsts = [decided, measured, screened]
    if not any(firsts):
        return
    day = min(filter(None, firsts)).astimezone(zone).date().replace(day=1)
    today = timezone.now().astimezone(zone).date()
    while day <= today:
        yield Span.of(day, zone)
        day = next_month(day)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
