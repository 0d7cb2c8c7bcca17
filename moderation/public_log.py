"""Reading for the public log: every decision of a month, without a word or a name.

The log tells no more than the numbers do (`transparency.py`). A decision stands in it on a line of its own where at
least five of its kind were made in the month: the same act by the same rule. Where an act is told whole, those by other
rules have lines, too, but without the rule. All that is left has one line for all of a kind, which says "fewer than 5".
And a day comes into the log when it is over: whoever looked all the time would else learn the minute.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from comments.models import HouseRule, Thread
from moderation.counting import Span
from moderation.masking import FEW, Number
from moderation.models import Act, Appeal, CountedMonth, Decision, MonthCount
from moderation.transparency import Month

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
    """One decision. `rule` is "" where none is needed; it and `by_program` are None where they are not told. `outcome`
    is "" where nothing followed, or too few of its kind had one to tell of."""

    day: date
    act: Act
    rule: str | None
    by_program: bool | None
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
    months = list(CountedMonth.objects.order_by("-month"))
    if not months:
        return None if wanted != Wanted() else Log(None, [], [], [], [], "", None, None)
    order = [counted.month for counted in months]
    first = wanted.month or order[0]
    if first not in order or (wanted.before and not BEFORE.fullmatch(wanted.before)):
        return None
    at = order.index(first)
    month = Month(months[at], MonthCount.objects.filter(month=first))
    asked = [cell for cell in month.decisions if _is_asked_for(cell, wanted)]
    if not asked and (wanted.act or wanted.rule):
        return None
    listed = [cell for cell in asked if _has_lines(cell, month, wanted)]
    lines, following = _page(Span.of(first, ZoneInfo(zone)), zone, wanted, listed)
    if wanted.before and not lines:  # a list of last pages would be found and kept
        return None
    return Log(
        month=first,
        lines=lines,
        few=[] if wanted.before else _few([cell for cell in asked if cell not in listed]),
        acts=[(act, str(act.label)) for act in Act if any(cell.kind == act for cell in month.decisions)],
        rules=_rules(month.decisions),
        next=following,
        newer=order[at - 1] if at else None,
        older=order[at + 1] if at + 1 < len(order) else None,
    )


def _is_asked_for(cell: MonthCount, wanted: Wanted) -> bool:
    return wanted.act in ("", cell.kind) and wanted.rule in ("", rule_key(cell.rule_text))


def _has_lines(cell: MonthCount, month: Month, wanted: Wanted) -> bool:
    """Each decision of a cell on its own; of a masked one only where nobody asks for its rule."""
    return cell.number >= FEW or (cell.kind in month.listed_whole and not wanted.rule)


def _rules(cells: list[MonthCount]) -> list[tuple[str, str]]:
    numbers = {rule.text: rule.number for rule in HouseRule.objects.all()}
    texts = {cell.rule_text for cell in cells} - {""}
    texts = sorted(texts, key=lambda text: (text not in numbers, numbers.get(text), text))
    return [(rule_key(text), f"{numbers[text]}. {text}" if text in numbers else text) for text in texts]


def _few(cells: list[MonthCount]) -> list[Few]:
    order = list(Act.values)
    few = sorted(cells, key=lambda cell: (order.index(cell.kind), cell.rule_text, cell.is_automatic))
    return [Few(Act(cell.kind), cell.rule_text, cell.is_automatic, Number.of(cell.number)) for cell in few]


def _page(span: Span, zone: str, wanted: Wanted, listed: list[MonthCount]) -> tuple[list[Line], str]:
    """One page of lines, newest first, and where the next one begins. Two queries."""
    if not listed:
        return [], ""
    until, skipped = _beginning(span, zone, wanted.before)
    made = _decisions(span, zone, listed).filter(made_at__lt=until).select_related("comment__thread")
    page = list(made.order_by("-made_at", "-pk")[skipped : skipped + LINES + 1])
    if not page:
        return [], ""
    telling = _Telling(listed, _decisions(span, zone, listed))
    lines = [telling.line(decision, zone) for decision in page[:LINES]]
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


def _decisions(span: Span, zone: str, listed: list[MonthCount]) -> QuerySet[Decision]:
    """Those that have a line: each with `ground` and `outcome`."""
    made = Decision.objects.filter(**span.bounds).that_count().with_cell(zone)
    cells = (Q(act=cell.kind, ground=cell.rule_text, is_automatic=cell.is_automatic) for cell in listed)
    return made.filter(reduce(or_, cells)).with_outcome()


class _Telling:
    """What may be told of the decisions of the `listed` cells. One query."""

    def __init__(self, listed: list[MonthCount], made: QuerySet[Decision]) -> None:
        self.masked: dict[str, list[MonthCount]] = {}
        for cell in listed:
            if cell.number < FEW:
                self.masked.setdefault(cell.kind, []).append(cell)
        self.hidden = {_cell(c.kind, c.rule_text, c.is_automatic) for cells in self.masked.values() for c in cells}
        self.outcomes: dict[tuple, bool] = {}  # whether those of a cell are told: only where none is that of few
        by_outcome = made.order_by().values_list("act", "ground", "is_automatic", "outcome")
        for act, rule, automatic, outcome, number in by_outcome.annotate(number=Count("pk")):
            cell = _cell(act, rule, automatic)
            is_told = not outcome or Number.of(number).is_exact
            self.outcomes[cell] = self.outcomes.get(cell, cell not in self.hidden) and is_told

    def line(self, decision: Decision, zone: str) -> Line:
        cell = _cell(decision.act, decision.ground, decision.is_automatic)
        thread = decision.comment.thread
        return Line(
            day=decision.made_at.astimezone(ZoneInfo(zone)).date(),
            act=Act(decision.act),
            rule=self._common(cell, "rule_text") if cell in self.hidden else decision.ground,
            by_program=self._common(cell, "is_automatic") if cell in self.hidden else decision.is_automatic,
            thread=thread if thread.visible_until is None or thread.visible_until > timezone.now() else None,
            outcome=OUTCOMES.get(decision.outcome, "") if self.outcomes[cell] else "",
        )

    def _common(self, cell: tuple, name: str):
        """What all masked cells of an act have in common; None where they differ."""
        values = {getattr(masked, name) for masked in self.masked[cell[0]]}
        return values.pop() if len(values) == 1 else None


def _cell(act: str, rule: str, automatic: bool) -> tuple[str, str, bool]:
    return str(act), rule, automatic
