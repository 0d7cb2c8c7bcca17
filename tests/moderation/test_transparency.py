"""Decisions in numbers: counted rightly, kept, and told so that nobody can be found behind a small number."""

import itertools
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Suspension
from civic.lib.site import SiteSettings
from comments.models import Comment, HouseRule, Screening
from comments.models.comments import State
from moderation.counting import count_months
from moderation.masking import FEW, Number, hides_well, share
from moderation.models import (
    Act,
    Appeal,
    Batch,
    CountedMonth,
    Decision,
    Kind,
    MeasureAppeal,
    MonthCount,
    Report,
    StandingDecision,
)
from moderation.transparency import load_transparency
from tests.factories import make_comment, make_guest, make_member, make_rule
from tests.moderation.deciding_in_the_past import DAY, decided, undone

pytestmark = pytest.mark.django_db

OCTOBER = date(2026, 10, 1)
NOVEMBER = DAY + timedelta(days=20)
SETTLED = DAY + timedelta(days=95)


def count(at: datetime = NOVEMBER) -> None:
    with time_machine.travel(at, tick=False):
        count_months()


def cells(month: date = OCTOBER) -> dict:
    found = MonthCount.objects.filter(month=month)
    return {(c.kind, c.about, c.rule_text, c.is_automatic): c.number for c in found}


# --- counting ---


def test_decisions_count_by_month_act_rule_and_who_decided(moderator):
    for _ in range(3):
        made = decided(Act.REMOVE, by=moderator)
    decided(Act.REMOVE, automatic=True)
    refusal = decided(Act.REFUSE, rule=4)
    decided(Act.PUBLISH)
    decided(Act.REMOVE, at=DAY + timedelta(days=30))

    count()

    assert cells() == {
        ("remove", "", made.rule_text, False): 3,
        ("remove", "", made.rule_text, True): 1,
        ("refuse", "", refusal.rule_text, False): 1,
        ("publish", "", "", False): 1,
    }
    assert cells(date(2026, 11, 1)) == {("remove", "", made.rule_text, False): 1}


def test_a_month_is_one_of_the_sites_calendar():
    SiteSettings.objects.update_or_create(pk=1, defaults={"zone": "Pacific/Auckland"})  # 13 hours ahead
    decided(Act.PUBLISH, at=datetime(2026, 10, 31, 10, 59, tzinfo=UTC))
    decided(Act.PUBLISH, at=datetime(2026, 10, 31, 11, 1, tzinfo=UTC))

    count()

    assert cells(OCTOBER) == cells(date(2026, 11, 1)) == {("publish", "", "", False): 1}


def test_a_slip_counts_in_nothing_and_what_was_undone_later_is_an_outcome():
    slip = decided(Act.REMOVE)
    undone(slip, after=timedelta(seconds=20))
    afresh = decided(Act.REMOVE, comment=slip.comment, at=DAY + timedelta(minutes=1), rule=4)
    late = decided(Act.REMOVE)
    undone(late, after=timedelta(seconds=21))

    count()

    assert cells() == {
        ("remove", "", slip.rule_text, False): 1,
        ("undone", "remove", slip.rule_text, False): 1,
        ("remove", "", afresh.rule_text, False): 1,
    }


def test_a_batch_is_a_slip_until_its_letters_go_out(moderator):
    """It writes when it is done, which may be a while after its first decision."""
    batch = Batch.objects.create(by=moderator, made_at=DAY, done_at=DAY + timedelta(minutes=2))
    made = decided(Act.REMOVE)
    Decision.objects.filter(pk=made.pk).update(batch=batch)
    back = undone(made, after=timedelta(minutes=2, seconds=20))
    count()
    assert cells() == {}

    Decision.objects.filter(pk=back.pk).update(made_at=DAY + timedelta(minutes=2, seconds=21))
    count()
    assert {cell[0] for cell in cells()} == {"remove", "undone"}


def test_what_is_undone_in_november_is_an_outcome_of_october():
    made = decided(Act.REMOVE)
    undone(made, after=timedelta(days=25))

    count(DAY + timedelta(days=26))

    assert cells()["undone", "remove", made.rule_text, False] == 1
    assert cells(date(2026, 11, 1)) == {}


@pytest.mark.parametrize("state", [Appeal.State.UPHELD, Appeal.State.OVERTURNED, Appeal.State.OVERTAKEN])
def test_second_looks_are_outcomes_of_the_decision(state):
    made = decided(Act.REFUSE)
    Appeal.objects.create(decision=made, text="Why?", state=state, decided_at=DAY + timedelta(days=30))

    count(DAY + timedelta(days=31))

    outcomes = {cell: number for cell, number in cells().items() if cell[1]}
    expected = {} if state == Appeal.State.OVERTAKEN else {(state, "refuse", made.rule_text, False): 1}
    assert outcomes == expected


def test_comments_are_counted_by_whether_they_went_up_at_once_or_waited():
    def screened(*outcomes, state=State.PUBLIC, confirmed=None, **fields):
        comment = make_comment(state=state, **fields)
        for hours, outcome in enumerate(outcomes):
            Screening.objects.create(comment=comment, outcome=outcome, made_at=DAY + timedelta(hours=hours))

    screened("publish")
    screened("publish", "publish")
    screened("publish", "hold")  # the newer text
    screened("hold", state=State.IN_REVIEW)
    screened("hold", state=State.UNCONFIRMED, guest=make_guest(confirmed=False))
    guest = make_guest()
    type(guest).objects.filter(pk=guest.pk).update(confirmed_at=DAY + timedelta(minutes=30))
    screened("hold", "publish", guest=guest)  # before and after the address was confirmed

    count()

    assert cells() == {("at_once", "", "", False): 3, ("held", "", "", False): 2}


def test_the_time_to_a_decision_runs_from_when_it_came_before_moderators(moderator):
    def waited(minutes: int, *, guest=None) -> None:
        comment = make_comment(state=State.IN_REVIEW, guest=guest, created_at=DAY - timedelta(minutes=minutes))
        decided(Act.PUBLISH, comment=comment, was=State.IN_REVIEW)

    waited(10)
    waited(20)
    waited(500)
    waited(600)
    count()
    assert CountedMonth.objects.get(month=OCTOBER).median_seconds is None  # four only

    guest = make_guest()
    type(guest).objects.filter(pk=guest.pk).update(confirmed_at=DAY - timedelta(minutes=30))
    waited(9000, guest=guest)
    count()
    assert CountedMonth.objects.get(month=OCTOBER).median_seconds == 30 * 60

    old = make_comment(created_at=DAY - timedelta(days=100))
    decided(Act.HOLD, comment=old, at=DAY - timedelta(minutes=25))
    decided(Act.REMOVE, comment=old, was=State.IN_REVIEW)
    decided(Act.REMOVE, comment=make_comment(created_at=DAY - timedelta(days=9)))  # from the page: it did not wait
    count()
    assert CountedMonth.objects.get(month=OCTOBER).median_seconds == (25 + 30) * 30


def test_readers_reports_are_counted_by_rule_and_those_of_illegal_content_apart(visitor_client):
    comment = decided(Act.PUBLISH).comment
    known = {"comment": comment, "who": "member", "made_at": DAY}
    for _ in range(FEW):
        Report.objects.create(kind="rule", rule_text="4: No insults.", **known)
    for _ in range(FEW + 1):
        Report.objects.create(kind="illegal", matter="other", **known)
    Report.objects.create(kind="rule", rule_text="4: No insults.", **{**known, "made_at": DAY - timedelta(days=31)})

    count()

    assert cells()["reported", "", "4: No insults.", False] == FEW
    assert cells()["noticed", "", "", False] == FEW + 1
    assert [(line.text, str(line.reported)) for line in load_transparency(OCTOBER).rules] == [("4: No insults.", "5")]
    page = visitor_client.get("/transparency/?month=2026-10").content.decode()
    assert "<dt>Reported by readers as illegal</dt><dd>6</dd>" in page


def test_counting_twice_changes_nothing_and_a_missed_month_is_made_up_for():
    decided(Act.REMOVE)
    count(SETTLED)
    before = cells()

    count(SETTLED)

    assert cells() == before
    months = list(CountedMonth.objects.order_by("month").values_list("month", "is_final"))
    assert months == [
        (OCTOBER, True),
        (date(2026, 11, 1), True),
        (date(2026, 12, 1), False),
        (date(2027, 1, 1), False),
    ]


def test_a_settled_month_stays_whatever_becomes_of_its_comments():
    made = decided(Act.REMOVE)
    count(SETTLED)
    before = cells()

    made.comment.decisions.all().delete()
    Comment.objects.all().delete()
    count(SETTLED + timedelta(days=400))

    assert cells() == before != {}


def test_a_month_is_not_settled_while_an_appeal_is_open():
    appeal = Appeal.objects.create(decision=decided(Act.REMOVE), text="Why?")
    count(SETTLED)
    assert not CountedMonth.objects.get(month=OCTOBER).is_final

    Appeal.objects.filter(pk=appeal.pk).update(state=Appeal.State.UPHELD, decided_at=SETTLED)
    count(SETTLED)
    assert CountedMonth.objects.get(month=OCTOBER).is_final
    assert {cell[0] for cell in cells()} == {"remove", "upheld"}


def test_nothing_decided_counts_nothing():
    count()

    assert not CountedMonth.objects.exists()


# --- measures on people ---


def measured(act: str = "suspend", *, at: datetime = DAY, **fields) -> StandingDecision:
    """One measure on somebody of their own, with the decision that set it."""
    on = {"member": make_member(), "rule": "4: No insults.", "made_at": at}
    made = Suspension.objects.create(kind=act, **on, **fields)
    return StandingDecision.objects.create(measure=made, act=act, rule_text=made.rule, made_at=at)


def looked_at(made: StandingDecision, state: str) -> None:
    MeasureAppeal.objects.create(measure=made.measure, text="Why?", state=state, decided_at=DAY + timedelta(days=3))


def test_measures_on_people_count_by_month_once_each():
    for act in ("warn", "premoderate", "suspend", "ban", "ban"):
        measured(act)
    asked_for = measured("ban", is_unconfirmed=True)  # holds as “read first” until a second moderator agrees
    measured("warn", at=DAY + timedelta(days=30))
    StandingDecision.objects.create(
        measure=asked_for.measure, act="lift", rule_text="4: No insults.", made_at=DAY + timedelta(minutes=1)
    )

    count()

    assert cells() == {
        ("warn", "", "", False): 1,
        ("premoderate", "", "", False): 2,
        ("suspend", "", "", False): 1,
        ("ban", "", "", False): 2,
    }
    assert cells(date(2026, 11, 1)) == {("warn", "", "", False): 1}


def test_what_became_of_a_measure_counts_in_its_month_and_a_slip_in_none():
    slip = measured()
    StandingDecision.objects.create(
        measure=slip.measure, act="undo", undoes=slip, rule_text="4", made_at=DAY + timedelta(seconds=20)
    )
    measured("ban", lifted_at=DAY + timedelta(days=20))
    looked_at(measured(), MeasureAppeal.State.UPHELD)
    looked_at(measured(lifted_at=DAY + timedelta(days=3)), MeasureAppeal.State.OVERTURNED)

    count()

    assert cells() == {
        ("suspend", "", "", False): 2,
        ("ban", "", "", False): 1,
        ("lifted", "ban", "", False): 1,
        ("stood", "suspend", "", False): 1,
        ("struck", "suspend", "", False): 1,
    }


def test_a_month_is_not_settled_while_a_second_look_at_a_measure_is_open():
    made = measured()
    appeal = MeasureAppeal.objects.create(measure=made.measure, text="Why?")
    count(SETTLED)
    assert not CountedMonth.objects.get(month=OCTOBER).is_final

    MeasureAppeal.objects.filter(pk=appeal.pk).update(state=MeasureAppeal.State.UPHELD, decided_at=SETTLED)
    count(SETTLED)
    assert CountedMonth.objects.get(month=OCTOBER).is_final
    assert ("stood", "suspend", "", False) in cells()


def test_the_page_tells_of_measures_masked_and_apart_from_decisions_about_comments(visitor_client):
    for _ in range(FEW):
        decided(Act.REMOVE)
        decided(Act.REMOVE, automatic=True)
        measured("warn")
    looked_at(measured("suspend"), MeasureAppeal.State.UPHELD)
    looked_at(measured("suspend"), MeasureAppeal.State.UPHELD)
    count()

    month = load_transparency(OCTOBER).month
    page = visitor_client.get("/transparency/?month=2026-10").content.decode()

    assert (month.by_program, month.second_looks) == ("50 %", Number(0, 0))
    assert (month.measures, month.measures_looked_at) == (Number(6, 9), Number(1, 4))
    assert "<dt>Warned</dt><dd>5</dd>" in page
    assert "<dt>Suspended for a time</dt><dd>fewer than 5</dd>" in page
    assert "<dt>Banned</dt><dd>0</dd>" in page
    assert not {"1", "2", "3", "4", "7"} & set(numbers_on(page))


def test_the_log_of_decisions_about_comments_names_no_measure(visitor_client):
    for _ in range(FEW):
        decided(Act.REMOVE)
        measured("warn")
    count()

    assert "warned" not in visitor_client.get("/transparency/log/?month=2026-10").content.decode().lower()


@pytest.mark.parametrize("many", [1, 12])
def test_counting_measures_takes_one_statement_however_many(many):
    for _ in range(many):
        looked_at(measured(), MeasureAppeal.State.UPHELD)
    count()
    with CaptureQueriesContext(connection) as seen:
        count()

    assert len([query for query in seen if 'FROM "moderation_standingdecision"' in query["sql"]]) == 3  # two months


# --- masking ---


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0"), (1, "fewer than 5"), (4, "fewer than 5"), (5, "5"), (1234, "1,234")]
)
def test_small_numbers_are_masked(number, words):
    assert str(Number.of(number)) == words


def test_a_sum_tells_of_its_parts_only_what_is_shown_of_them():
    for parts in itertools.product(range(8), repeat=3):
        shown = [Number.of(part) for part in parts]
        total = Number.sum(shown)
        assert total.least <= sum(parts) <= total.most
        # All numbers that look alike in their cells give the same sum: it cannot tell one from the other.
        alike = {part: [n for n in range(8) if Number.of(n) == Number.of(part)] for part in parts}
        for others in itertools.product(*(alike[part] for part in parts)):
            assert Number.sum(Number.of(n) for n in others) == total


@pytest.mark.parametrize("many", [1, 2, 3, 4])
def test_a_total_is_told_exactly_only_where_each_masked_part_could_be_another(many):
    for parts in itertools.product(range(7), repeat=many):
        if not hides_well(parts):
            continue
        assert sum(part for part in parts if part < FEW) >= FEW
        shown = [Number.of(part) for part in parts]
        possible = [
            others
            for others in itertools.product(*(range(number.least, number.most + 1) for number in shown))
            if sum(others) == sum(parts)
        ]
        for at, number in enumerate(shown):
            assert number.is_exact or len({others[at] for others in possible}) > 1


@pytest.mark.parametrize("many", [1, 2, 3, 4, 5])
def test_that_a_total_is_not_told_betrays_no_part_either(many):
    not_told = [parts for parts in itertools.product(range(1, FEW), repeat=many) if not hides_well(parts)]

    for at in range(many):
        assert len({parts[at] for parts in not_told}) > 1


@pytest.mark.parametrize("parts", [(3,), (7, 3), (2, 2), (1, 1, 1, 1, 1), (4, 4), (9, 9), ()])
def test_other_totals_are_not(parts):
    assert not hides_well(parts)


def test_what_came_of_masked_decisions_is_told_of_all_of_them_together():
    made = [decided(Act.REMOVE, rule=rule) for rule in (4, 4, 4, 5, 5)]
    count()
    assert load_transparency(OCTOBER).month.numbers["undone"] == Number(0, 0)
    seen = []
    for decision in (made[0], made[4]):  # by one rule, by the other
        back = undone(decision, after=timedelta(days=1))
        count()
        shown = load_transparency(OCTOBER)
        seen.append(([line.undone for line in shown.rules], shown.month.numbers["undone"]))
        back.delete()

    assert seen[0] == seen[1] == ([Number(0, 4), Number(0, 4)], Number(1, 4))
    assert shown.month.numbers["removed"] == Number(5, 5)


def test_a_share_is_made_of_what_is_shown():
    assert share(Number.of(0), Number.of(50)) == "0 %"
    assert share(Number.of(25), Number.of(75)) == "25 %"
    assert share(Number.of(0), Number.of(0)) == ""
    assert share(Number.of(3), Number.of(96)) == share(Number.of(1), Number.of(96)) == "1 to 4 %"
    assert share(Number.of(3), Number.of(0)) == "100 %"


def numbers_on(page: str) -> list[str]:
    """What stands where numbers stand, without its unit."""
    return [re.sub("<span.*</span>", "", words).strip() for words in re.findall(r"<(?:dd|td)>(.*?)</(?:dd|td)>", page)]


def test_no_small_number_stands_on_the_page_nor_can_it_be_computed(visitor_client):
    for _ in range(20):
        decided(Act.REMOVE, rule=3)
    for _ in range(3):  # 23 in all: neither 3 nor 23 may be told
        decided(Act.REMOVE, rule=4)
    for _ in range(7):
        decided(Act.REFUSE, rule=3)
    for _ in range(2):  # of nine refusals
        decided(Act.REFUSE, rule=3, automatic=True)
    count()

    page = visitor_client.get("/transparency/?month=2026-10").content.decode()

    shown = numbers_on(page)
    assert {"21 to 24", "8 to 11", "20", "fewer than 5", "0"} < set(shown)
    assert not {"1", "2", "3", "4", "9", "23"} & set(shown)


# --- the page ---


def test_the_page_shows_a_month_and_leads_to_others(visitor_client, moderator):
    decided(Act.REMOVE, at=DAY - timedelta(days=31))
    for _ in range(FEW):
        decided(Act.REMOVE, by=moderator)
    count()

    newest = visitor_client.get("/transparency/").content.decode()
    assert "November 2026, so far" in newest
    page = visitor_client.get("/transparency/?month=2026-10").content.decode()

    assert "October 2026" in page
    assert 'href="/transparency/?month=2026-09"' in page
    assert 'href="/transparency/?month=2026-11"' in page
    assert "3. " not in page  # the text of the rule was another then
    assert moderator.display_name not in page
    assert [line.removed for line in load_transparency(OCTOBER).rules] == [Number(5, 5)]
    assert load_transparency(OCTOBER).month.by_program == "0 %"


def test_a_rule_that_stands_is_named_by_its_number(visitor_client):
    made = decided(Act.REMOVE)
    HouseRule.objects.filter(pk=made.rule_id).update(text=made.rule_text)
    count()

    assert f"3. {made.rule_text}" in visitor_client.get("/transparency/?month=2026-10").content.decode()


@pytest.mark.parametrize("month", ["2026-09", "2026-13", "0000-01", "2026-1", "x", "2026-10-01", "２０２６-10"])
def test_a_month_that_was_not_counted_is_not_there(visitor_client, month):
    decided(Act.REMOVE)
    count()

    assert visitor_client.get("/transparency/", {"month": month}).status_code == 404


def test_an_empty_site_has_the_page_too(visitor_client):
    assert "Nothing has been counted yet" in visitor_client.get("/transparency/").content.decode()
    assert visitor_client.get("/transparency/?month=2026-10").status_code == 404


def test_it_is_public_sets_no_cookie_and_is_kept(visitor_client):
    decided(Act.REMOVE)
    count()
    answer = visitor_client.get("/transparency/")

    assert answer.status_code == 200
    assert not answer.cookies
    assert "cookie" not in answer.get("Vary", "").lower()
    assert "max-age=0" in answer["Cache-Control"]
    with CaptureQueriesContext(connection) as seen:
        assert visitor_client.get("/transparency/").content == answer.content
    assert len(seen) == 1  # are the versions still true?


def test_it_is_linked_from_the_foot_and_from_the_rules(visitor_client):
    make_rule()
    thread = make_comment().thread
    page = visitor_client.get(f"/discuss/{thread.pk}/").content.decode()

    assert page.count('href="/transparency/"') == 2


def test_one_month_or_thirty_cost_the_same_queries(client_of, reader):
    browser = client_of(reader)  # drawn anew each time

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get("/transparency/").status_code == 200
        return len(seen)

    def counted(number: int) -> None:
        month = date(2020 + number // 12, number % 12 + 1, 1)
        CountedMonth.objects.create(month=month, counted_at=NOVEMBER)
        for kind, rule in itertools.product((Kind.REMOVED, Kind.REFUSED), range(number + 1)):
            MonthCount.objects.create(month=month, kind=kind, rule_text=f"Rule {rule}", number=number)

    counted(0)
    queries()
    one = queries()
    for number in range(1, 30):
        counted(number)
    assert queries() == one
