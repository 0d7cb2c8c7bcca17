"""Reading for the public log: every decision of a month, without a word or a name.

The log tells no more than the numbers do. A decision stands in it on a line of its own where at least five of its kind
were made in the month; of the others there is one line for all, which says "fewer than 5". And a day comes into the
log when it is over: whoever looked all the time would else learn the minute.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils import timezone

from comments.models import HouseRule, Thread
from moderation.counting import Span
from moderation.masking import FEW, Number
from moderation.models import Act, Appeal, CountedMonth, Decision, MonthCount

LINES = 50
BEFORE = re.compile(
    r"(\d{1,2})\.(\d{1,6})", re.ASCII
)  # a day of the month, and how many of its lines were shown before

OUTCOMES = {
    "undone": "taken back by the moderators themselves",
    Appeal.State.OPEN: "a second look was asked for",
    Appeal.State.UPHELD: "second look: it stands",
    Appeal.State.OVERTURNED: "second look: taken back",
}


@dataclass(frozen=True)
class Wanted:
    """Which part of the log: a month (None: the newest), one act, one rule by its `rule_key`, after which lines."""

    month: date | None = None
    act: str = ""
    rule: str = ""
    before: str = ""


@dataclass(frozen=True)
class Line:
    """One decision. `outcome` is "" where nothing followed, or too few of its kind had one to tell of."""

    day: date
    act: Act
    rule: str
    by_program: bool
    thread: Thread | None  # None: the discussion is not to be read any more
    outcome: str


@dataclass(frozen=True)
class Few:
    """Decisions of one kind that were too few for lines of their own."""

    act: Act
    rule: str
    by_program: bool
    number: Number


@dataclass(frozen=True)
class Log:
    """A page of the log. `next` is what `before` must be for the page after it; "" where this is the last."""

    month: date | None  # None: nothing was counted yet
    lines: list[Line]
    few: list[Few]  # on the first page only
    acts: list[tuple[str, str]]  # what can be asked for: value and words
    rules: list[tuple[str, str]]
    next: str
    newer: date | None
    older: date | None


def rule_key(text: str) -> str:
    """Names a rule in addresses, also one that the house has changed since."""
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest() if text else ""


def load_log(wanted: Wanted, zone: str) -> Log | None:
    """A page of the log. None where that month was not counted, or nothing of the kind is in it. Five queries."""
    months = list(CountedMonth.objects.order_by("-month").values_list("month", flat=True))
    if not months:
        return None if wanted != Wanted() else Log(None, [], [], [], [], "", None, None)
    month = wanted.month or months[0]
    cells = list(MonthCount.objects.filter(month=month, kind__in=Act.values))
    asked = [cell for cell in cells if _is_asked_for(cell, wanted)]
    if month not in months or (not asked and (wanted.act or wanted.rule)):
        return None
    if wanted.before and not BEFORE.fullmatch(wanted.before):
        return None
    lines, following = _page(Span.of(month, ZoneInfo(zone)), zone, wanted, asked)
    if wanted.before and not lines:  # a list of last pages would be found and kept
        return None
    at = months.index(month)
    return Log(
        month=month,
        lines=lines,
        few=[] if wanted.before else _few(asked),
        acts=[(act, str(act.label)) for act in Act if any(cell.kind == act for cell in cells)],
        rules=_rules(cells),
        next=following,
        newer=months[at - 1] if at else None,
        older=months[at + 1] if at + 1 < len(months) else None,
    )


def _is_asked_for(cell: MonthCount, wanted: Wanted) -> bool:
    return wanted.act in ("", cell.kind) and wanted.rule in ("", rule_key(cell.rule_text))


def _rules(cells: list[MonthCount]) -> list[tuple[str, str]]:
    numbers = {rule.text: rule.number for rule in HouseRule.objects.all()}
    texts = sorted(
        {cell.rule_text for cell in cells if cell.rule_text}, key=lambda text: (numbers.get(text, 999), text)
    )
    return [(rule_key(text), f"{numbers[text]}. {text}" if text in numbers else text) for text in texts]


def _few(cells: list[MonthCount]) -> list[Few]:
    order = list(Act.values)
    few = [cell for cell in cells if cell.number < FEW]
    few.sort(key=lambda cell: (order.index(cell.kind), cell.rule_text, cell.is_automatic))
    return [Few(Act(c.kind), c.rule_text, c.is_automatic, Number.of(c.number)) for c in few]


def _page(span: Span, zone: str, wanted: Wanted, asked: list[MonthCount]) -> tuple[list[Line], str]:
    """One page of lines, newest first, and where the next one begins. Two queries."""
    listed = {_cell(cell.kind, cell.rule_text, cell.is_automatic) for cell in asked if cell.number >= FEW}
    if not listed:
        return [], ""
    until, skipped = _beginning(span, zone, wanted.before)
    made = _decisions(span, zone, listed).filter(made_at__lt=until).select_related("comment__thread")
    page = list(made.order_by("-made_at", "-pk")[skipped : skipped + LINES + 1])
    tellable = _tellable(_decisions(span, zone, listed)) if page else {}
    lines = [_line(decision, zone, tellable) for decision in page[:LINES]]
    return lines, _next(lines, wanted.before) if len(page) > LINES else ""


def _beginning(span: Span, zone: str, before: str) -> tuple[datetime, int]:
    """The end of the day that a page begins on, and how many lines of that day were shown already."""
    local = timezone.now().astimezone(ZoneInfo(zone))
    today = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if not (found := BEFORE.fullmatch(before)):
        return min(today, span.end), 0
    day, skipped = (int(part) for part in found.groups())
    midnight = span.start + timedelta(days=day)  # wall clock: the zone is in it
    return min(today, span.end, midnight), skipped


def _next(lines: list[Line], before: str) -> str:
    """Positions within a day, not ids: those would tell how many decisions are not in the log."""
    last = lines[-1].day
    shown = sum(line.day == last for line in lines)
    if shown == len(lines) and (found := BEFORE.fullmatch(before)) and int(found[1]) == last.day:
        shown += int(found[2])
    return f"{last.day}.{shown}"


def _decisions(span: Span, zone: str, listed: set) -> QuerySet[Decision]:
    """Those that have a line: each with `ground` and `outcome`."""
    made = Decision.objects.filter(**span.bounds).that_count().with_cell(zone)
    big = MonthCount.objects.filter(
        month=span.first,
        kind=OuterRef("act"),
        rule_text=OuterRef("ground"),
        is_automatic=OuterRef("is_automatic"),
        number__gte=FEW,
    )
    made = made.filter(Exists(big), act__in={act for act, _, _ in listed}, ground__in={rule for _, rule, _ in listed})
    return made.with_outcome()


def _tellable(made: QuerySet[Decision]) -> dict[tuple, bool]:
    """Whether the outcomes of a cell are told: only where no outcome is that of fewer than five."""
    tellable: dict[tuple, bool] = {}
    by_outcome = made.order_by().values_list("act", "ground", "is_automatic", "outcome")
    for act, rule, automatic, outcome, number in by_outcome.annotate(number=Count("pk")):
        cell = _cell(act, rule, automatic)
        tellable[cell] = tellable.get(cell, True) and (not outcome or Number.of(number).is_exact)
    return tellable


def _cell(act: str, rule: str, automatic: bool) -> tuple[str, str, bool]:
    return str(act), rule, automatic


def _line(decision: Decision, zone: str, tellable: dict[tuple, bool]) -> Line:
    thread = decision.comment.thread
    is_told = tellable[_cell(decision.act, decision.ground, decision.is_automatic)]
    return Line(
        day=decision.made_at.astimezone(ZoneInfo(zone)).date(),
        act=Act(decision.act),
        rule=decision.ground,
        by_program=decision.is_automatic,
        thread=thread if thread.visible_until is None or thread.visible_until > timezone.now() else None,
        outcome=OUTCOMES.get(decision.outcome, "") if is_told else "",
    )
