"""Reading for the public page about decisions: what was counted, as much of it as may be told."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from comments.models import HouseRule
from moderation.masking import FEW, Number, hides_well, share
from moderation.models import Act, CountedMonth, Kind, MonthCount

MONTHS_LISTED = 13  # a year, and the month a year ago
MEASURES = (Kind.WARNED, Kind.READ_FIRST, Kind.SUSPENDED, Kind.BANNED)
BY_RULE = (Kind.REFUSED, Kind.REMOVED, Kind.EDIT_REFUSED, Kind.REPORTED, Kind.UNDONE, Kind.UPHELD, Kind.OVERTURNED)


class Month:
    """One month as the public sees it. `numbers` has a `Number` for each `Kind`, by its name: `numbers["refused"]`.

    `listed_whole` are the acts whose number is told exactly, though some rules are masked. What came of the masked ones
    is told for all of them together: by rule it would narrow them down.
    """

    def __init__(self, counted: CountedMonth, cells: Iterable[MonthCount]) -> None:
        self.first = counted.month
        self.is_final = counted.is_final
        self.median_seconds = counted.median_seconds
        cells = list(cells)
        self.decisions = [cell for cell in cells if cell.kind in Act.values]
        self.listed_whole = {act for act in Act.values if hides_well(c.number for c in self.decisions if c.kind == act)}
        masked = [cell for cell in self.decisions if cell.kind in self.listed_whole and cell.number < FEW]
        veiled = [cell for cell in cells if _about(cell) in {_key(one) for one in masked}]
        self._told = [(*_key(cell), Number.of(cell.number)) for cell in cells if cell not in veiled]
        together: Counter = Counter()
        for cell in veiled:
            together[cell.kind, cell.about] += cell.number
        self._told += [(kind, "", False, Number.of(number)) for (kind, _), number in together.items()]
        self._not_by_rule = [(kind, one.rule_text) for kind, act in together for one in masked if one.kind == act]
        self.numbers = {kind.name.lower(): self._total(kind) for kind in Kind}

    def number(self, *kinds: str, rule: str | None = None, automatic: bool | None = None) -> Number:
        told = [
            shown
            for kind, rule_text, is_automatic, shown in self._told
            if kind in kinds and rule in (None, rule_text) and automatic in (None, is_automatic)
        ]
        told += [Number(0, FEW - 1) for kind, rule_text in self._not_by_rule if kind in kinds and rule == rule_text]
        return Number.sum(told)

    @property
    def second_looks(self) -> Number:
        return self.number(Kind.UPHELD, Kind.OVERTURNED)

    @property
    def measures(self) -> Number:
        """On people, of every kind. Made of what is told of each, and so is what became of them."""
        return self.number(*MEASURES)

    @property
    def measures_looked_at(self) -> Number:
        return self.number(Kind.STOOD, Kind.STRUCK)

    @property
    def by_program(self) -> str:
        """The share of decisions that no person made, in percent; "" where nothing was decided."""
        return share(self.number(*Act.values, automatic=True), self.number(*Act.values, automatic=False))

    @property
    def rules(self) -> list[str]:
        return sorted({rule for kind, rule, _, _ in self._told if kind in BY_RULE and rule})

    def _total(self, kind: Kind) -> Number:
        if kind not in self.listed_whole:
            return self.number(kind)
        total = sum(cell.number for cell in self.decisions if cell.kind == kind)
        return Number(total, total)


def _key(cell: MonthCount) -> tuple[str, str, bool]:
    return cell.kind, cell.rule_text, cell.is_automatic


def _about(cell: MonthCount) -> tuple[str, str, bool]:
    """The `_key` of the decisions that it is the outcome of."""
    return cell.about, cell.rule_text, cell.is_automatic


@dataclass(frozen=True)
class RuleLine:
    """What was done in a month by one rule. `number` is the rule's place in the house today; None: it is no more."""

    number: int | None
    text: str
    refused: Number
    removed: Number
    edit_refused: Number
    reported: Number
    undone: Number
    upheld: Number
    overturned: Number


@dataclass(frozen=True)
class Transparency:
    """The page: one month by rule, the months before, and those beside it for turning the pages."""

    month: Month | None  # None: nothing was counted yet
    rules: list[RuleLine]
    months: list[Month]
    newer: date | None
    older: date | None


def load_transparency(wanted: date | None = None) -> Transparency | None:
    """The page about a month, or about the newest. None where that month was not counted. Three queries."""
    counted = list(CountedMonth.objects.order_by("-month"))
    if not counted:
        return None if wanted else Transparency(None, [], [], None, None)
    order = [one.month for one in counted]
    if wanted and wanted not in order:
        return None
    at = order.index(wanted) if wanted else 0
    listed = counted[at : at + MONTHS_LISTED]
    months = _months(listed)
    return Transparency(
        month=months[0],
        rules=_rule_lines(months[0]),
        months=months,
        newer=order[at - 1] if at else None,
        older=order[at + 1] if at + 1 < len(order) else None,
    )


def _months(counted: list[CountedMonth]) -> list[Month]:
    cells = defaultdict(list)
    for cell in MonthCount.objects.filter(month__in=[one.month for one in counted]):
        cells[cell.month].append(cell)
    return [Month(one, cells[one.month]) for one in counted]


def _rule_lines(month: Month) -> list[RuleLine]:
    numbers = {rule.text: rule.number for rule in HouseRule.objects.all()}
    lines = [
        RuleLine(numbers.get(text), text, *(month.number(kind, rule=text) for kind in BY_RULE)) for text in month.rules
    ]
    return sorted(lines, key=lambda line: (line.number is None, line.number, line.text))
