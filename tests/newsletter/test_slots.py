"""The clock of automatic letters, above all where it is set forward and back."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from newsletter import slots
from newsletter.slots import CADENCES, EACH, MONTH, THREE, WEEK, Plan, Rhythm

BERLIN = "Europe/Berlin"
# Set forward and back in 2026: 29 March at 2:00, 25 October at 3:00.
FORWARD, BACK = date(2026, 3, 29), date(2026, 10, 25)


def plan(rhythm=Rhythm.DAY, at=time(6, 30), weekday=slots.SATURDAY, zone=BERLIN) -> Plan:
    return Plan(rhythm=rhythm, at=at, weekday=weekday, zone=zone)


def local(*when: int, zone: str = BERLIN) -> datetime:
    return datetime(*when, tzinfo=ZoneInfo(zone))


def seen(plan: Plan, cadence: str, start: datetime, days: int, step=timedelta(minutes=10)) -> list[str]:
    """Names of the slots that a job finds which looks every ten minutes, each once, in their order."""
    names = []
    now = start.astimezone(UTC)
    while now < start + timedelta(days=days):
        name = slots.latest(plan, cadence, now).name
        if name not in names:
            names.append(name)
        now += step
    return names[1:]  # the first lies before the start


# --- days -----------------------------------------------------------------------------------------


def test_a_daily_letter_has_a_slot_on_every_day():
    assert seen(plan(), EACH, local(2026, 11, 23, 7), 4) == ["2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"]


def test_a_letter_of_weekdays_rests_on_saturday_and_sunday():
    found = seen(plan(Rhythm.WEEKDAY), EACH, local(2026, 11, 26, 7), 5)

    assert found == ["2026-11-27", "2026-11-30", "2026-12-01"]


@pytest.mark.parametrize("rhythm", [Rhythm.DAY, Rhythm.WEEKDAY])
def test_three_a_week_are_monday_wednesday_and_friday(rhythm):
    found = seen(plan(rhythm), THREE, local(2026, 11, 22, 7), 9)

    assert found == ["2026-11-23", "2026-11-25", "2026-11-27", "2026-11-30"]


@pytest.mark.parametrize("cadence", [EACH, THREE])
def test_nobody_gets_a_weekly_letter_more_often_than_weekly(cadence):
    found = seen(plan(Rhythm.WEEK), cadence, local(2026, 11, 22), 20)

    assert found == ["2026-11-28", "2026-12-05"]


@pytest.mark.parametrize("rhythm", list(Rhythm))
def test_a_week_has_one_letter_on_its_day(rhythm):
    found = seen(plan(rhythm, weekday=slots.SUNDAY), WEEK, local(2026, 11, 23), 21)

    assert found == ["2026-w48", "2026-w49", "2026-w50"]
    assert slots.latest(plan(rhythm), WEEK, local(2026, 11, 28, 6, 30)).day == date(2026, 11, 28)


@pytest.mark.parametrize("rhythm", list(Rhythm))
def test_a_month_has_one_letter_on_its_first_day(rhythm):
    slot = slots.latest(plan(rhythm), MONTH, local(2026, 11, 24))

    assert (slot.name, slot.day) == ("2026-11", date(2026, 11, 1))
    assert slots.before(plan(rhythm), MONTH, slot).name == "2026-10"
    assert slots.following(plan(rhythm), MONTH, slot.at).name == "2026-12"


def test_the_week_at_the_turn_of_the_year_is_counted_as_iso_counts():
    found = seen(plan(weekday=slots.WEDNESDAY), WEEK, local(2026, 12, 24), 21)

    assert found == ["2026-w53", "2027-w01", "2027-w02"]
    assert slots.name_of(WEEK, date(2024, 12, 30)) == "2025-w01"


def test_the_names_of_different_cadences_are_those_that_were_agreed():
    day = date(2026, 11, 24)

    assert [slots.name_of(cadence, day) for cadence in CADENCES] == [
        "2026-11-24",
        "2026-11-24",
        "2026-w48",
        "2026-11",
    ]


# --- hours ----------------------------------------------------------------------------------------


def test_a_slot_begins_at_its_very_minute():
    at = local(2026, 11, 24, 6, 30)

    assert slots.latest(plan(), EACH, at - timedelta(seconds=1)).name == "2026-11-23"
    assert slots.latest(plan(), EACH, at).name == "2026-11-24"


def test_the_hour_is_that_of_the_papers_clock():
    assert slots.latest(plan(zone="America/New_York"), EACH, local(2026, 11, 24, 12)).at == datetime(
        2026, 11, 23, 11, 30, tzinfo=UTC
    )


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "Australia/Lord_Howe"])
@pytest.mark.parametrize("at", [time(0), time(12), time(23, 59)])
def test_the_day_is_that_of_the_papers_calendar_wherever_the_server_stands(zone, at):
    slot = slots.latest(plan(zone=zone, at=at), EACH, local(2026, 7, 10, 23, 59, 30, zone=zone))

    assert (slot.name, slot.at.astimezone(ZoneInfo(zone)).time()) == ("2026-07-10", at)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago"])
@pytest.mark.parametrize("at", [time(0), time(1, 30), time(2), time(2, 15), time(2, 30), time(3), time(23, 30)])
@pytest.mark.parametrize("cadence", [EACH, THREE, WEEK, MONTH])
def test_whatever_the_clocks_do_in_a_year_each_day_has_its_slot_once_and_in_order(zone, at, cadence):
    wanted = plan(zone=zone, at=at)
    slot = slots.latest(wanted, cadence, datetime(2026, 1, 1, tzinfo=UTC))
    names, moments = [], []
    while slot.day < date(2027, 1, 10):
        slot = slots.following(wanted, cadence, slot.at)
        names.append(slot.name)
        moments.append(slot.at)
        assert slots.latest(wanted, cadence, slot.at) == slot

    days = (date(2025, 12, 1) + timedelta(days=n) for n in range(430))
    expected = [slots.name_of(cadence, day) for day in days if slots.is_day_of(wanted, cadence, day)]
    start = expected.index(names[0])
    assert names == expected[start : start + len(names)]
    assert moments == sorted(set(moments))


def test_an_hour_that_is_jumped_over_has_its_letter_as_long_after_midnight_as_ever():
    wanted = plan(at=time(2, 30))
    slot = slots.latest(wanted, EACH, local(2026, 3, 29, 12))

    assert slot.name == "2026-03-29"
    assert slot.at.astimezone(ZoneInfo(BERLIN)).time() == time(3, 30)
    assert not slots.exists(FORWARD, time(2, 30), BERLIN)
    assert seen(wanted, EACH, local(2026, 3, 27, 12), 4) == ["2026-03-28", "2026-03-29", "2026-03-30", "2026-03-31"]


def test_an_hour_that_comes_twice_has_one_letter_in_the_first_of_the_two():
    wanted = plan(at=time(2, 30))

    assert slots.latest(wanted, EACH, local(2026, 10, 25, 12)).at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert slots.comes_twice(BACK, time(2, 30), BERLIN)
    assert not slots.comes_twice(BACK, time(3, 30), BERLIN)
    assert seen(wanted, EACH, local(2026, 10, 23, 12), 4) == ["2026-10-24", "2026-10-25", "2026-10-26", "2026-10-27"]


@pytest.mark.parametrize("day", [FORWARD, BACK])
@pytest.mark.parametrize("at", [time(0), time(2, 30), time(6, 30), time(23, 30)])
def test_across_both_changes_a_weekly_reader_gets_one_letter_a_week(day, at):
    wanted = plan(at=at, weekday=slots.SUNDAY)
    start = datetime.combine(day - timedelta(days=15), time(12), ZoneInfo(BERLIN))

    found = seen(wanted, WEEK, start, 30)

    weeks = [slots.name_of(WEEK, day + timedelta(days=7 * n)) for n in (-2, -1, 0, 1, 2)]
    assert found == weeks


def test_midnight_that_is_jumped_over_belongs_to_its_day_all_the_same():
    # In Santiago the clocks go from 24:00 to 1:00 on 6 September 2026.
    slot = slots.latest(plan(zone="America/Santiago", at=time(0)), EACH, local(2026, 9, 6, 3, zone="America/Santiago"))

    assert (slot.name, slot.at.astimezone(ZoneInfo("America/Santiago")).time()) == ("2026-09-06", time(1))


# --- changing one's mind ---------------------------------------------------------------------------


def test_moving_the_weekly_letter_within_a_week_gives_that_week_no_second_one():
    monday, saturday = plan(weekday=slots.MONDAY), plan(weekday=slots.SATURDAY)

    assert (
        slots.latest(monday, WEEK, local(2026, 11, 24)).name
        == slots.latest(saturday, WEEK, local(2026, 11, 28, 7)).name
        == "2026-w48"
    )


def test_before_and_following_are_neighbours():
    for cadence in CADENCES:
        slot = slots.latest(plan(), cadence, local(2026, 11, 24, 12))
        assert slots.following(plan(), cadence, slots.before(plan(), cadence, slot).at) == slot
