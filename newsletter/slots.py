"""When automatic letters go out: pure arithmetic with days, hours and the clock of the paper.

A `Plan` says what a newsletter wants, a `Slot` is one moment at which a cadence has its letter, with the name under
which there is exactly one (`Issue.slot`): `2026-11-24` for each letter and for Monday, Wednesday, Friday; `2026-w48`
for a week; `2026-11` for a month.

Slots are days of the calendar, not distances in time. So a change to summer time moves a letter by an hour against the
stars and doubles or loses none: there is one 29 March, however long it is. Where the clock jumps over the hour, the
letter goes out as long after midnight as on any other day; where the hour comes twice, in the first of the two.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

EACH, THREE, WEEK, MONTH = "each", "three", "week", "month"
CADENCES = (EACH, THREE, WEEK, MONTH)  # the most frequent first

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
_THREE_DAYS = {MONDAY, WEDNESDAY, FRIDAY}
_DAYS_OF_A_MONTH_AT_MOST = 31


class Rhythm(StrEnum):
    """How often a newsletter comes to those who want each letter; `BY_HAND` when people have written one."""

    BY_HAND = ""
    WEEKDAY = "weekday"
    DAY = "day"
    WEEK = "week"


@dataclass(frozen=True)
class Plan:
    """`weekday` (0 is Monday) is the day of weekly letters; `zone` a name such as Europe/Berlin."""

    rhythm: Rhythm
    at: time
    weekday: int
    zone: str


@dataclass(frozen=True, order=True)
class Slot:
    """`at` is an aware moment in UTC, `day` the day of the paper's calendar on which it lies."""

    at: datetime
    day: date
    name: str


def cadences_of(plan: Plan) -> tuple[str, ...]:
    """Cadences that have slots: what people write comes to readers of each when it is written, and at no other time."""
    return tuple(cadence for cadence in CADENCES if cadence != EACH or plan.rhythm != Rhythm.BY_HAND)


def latest(plan: Plan, cadence: str, now: datetime) -> Slot | None:
    """The last slot whose moment has come, of one of `cadences_of`. None only before the year 2."""
    return next((slot for slot in _backwards(plan, cadence, now) if slot.at <= now), None)


def before(plan: Plan, cadence: str, slot: Slot) -> Slot | None:
    """The slot of this cadence before another."""
    return next((other for other in _backwards(plan, cadence, slot.at) if other.at < slot.at), None)


def following(plan: Plan, cadence: str, now: datetime) -> Slot:
    """The next slot whose moment is still to come."""
    return next(slot for slot in _forwards(plan, cadence, now) if slot.at > now)


def moment(day: date, at: time, zone: str) -> datetime:
    """An hour of the paper's clock as a moment in UTC: of two equal hours the first, of none the one after the jump."""
    return datetime.combine(day, at, ZoneInfo(zone)).replace(fold=0).astimezone(UTC)


def exists(day: date, at: time, zone: str) -> bool:
    """Whether the clock shows this hour on that day, or jumps over it."""
    return moment(day, at, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == datetime.combine(day, at)


def comes_twice(day: date, at: time, zone: str) -> bool:
    local = datetime.combine(day, at, ZoneInfo(zone))
    return exists(day, at, zone) and local.utcoffset() != local.replace(fold=1).utcoffset()


def is_day_of(plan: Plan, cadence: str, day: date) -> bool:
    """Whether a cadence has its letter on that day. None comes more often than the newsletter itself."""
    if cadence == MONTH:
        return day.day == 1
    if cadence == WEEK or plan.rhythm == Rhythm.WEEK:
        return day.weekday() == plan.weekday
    if cadence == THREE:
        return day.weekday() in _THREE_DAYS
    return plan.rhythm == Rhythm.DAY or day.weekday() <= FRIDAY


def name_of(cadence: str, day: date) -> str:
    """A week is named as ISO 8601 counts: 30 December 2024 lies in `2025-w01`."""
    if cadence == MONTH:
        return f"{day:%Y-%m}"
    if cadence == WEEK:
        year, week, _ = day.isocalendar()
        return f"{year}-w{week:02d}"
    return day.isoformat()


def _slot(plan: Plan, cadence: str, day: date) -> Slot:
    return Slot(at=moment(day, plan.at, plan.zone), day=day, name=name_of(cadence, day))


def _backwards(plan: Plan, cadence: str, now: datetime) -> Iterator[Slot]:
    """From the day after that of `now` in the zone, for an hour that is jumped over may lie on the day after."""
    day = now.astimezone(ZoneInfo(plan.zone)).date() + timedelta(days=1)
    while day > date.min + timedelta(days=_DAYS_OF_A_MONTH_AT_MOST):
        if is_day_of(plan, cadence, day):
            yield _slot(plan, cadence, day)
        day -= timedelta(days=1)


def _forwards(plan: Plan, cadence: str, now: datetime) -> Iterator[Slot]:
    day = now.astimezone(ZoneInfo(plan.zone)).date() - timedelta(days=1)
    while True:
        if is_day_of(plan, cadence, day):
            yield _slot(plan, cadence, day)
        day += timedelta(days=1)
