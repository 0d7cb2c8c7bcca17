"""How much reports weigh: who was right weighs more, and many who are one count as one."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from comments.counting import find_drift
from comments.models import Comment
from comments.models.comments import State
from moderation.deciding import decide
from moderation.models import Act, Decision, Report
from moderation.weighing import weigh, weight_of
from tests.factories import make_comment, make_guest, make_member, make_rule
from tests.moderation.reports import notice, past_reports, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def never_held(settings):
    """So that the weight can be looked at."""
    settings.REPORTS_HOLD_WEIGHT = 1_000


def state_of(comment: Comment) -> str:
    return Comment.objects.get(pk=comment.pk).state


@pytest.mark.parametrize(
    ("upheld", "dismissed", "weight"),
    [(0, 0, 1.0), (4, 0, 1.5), (0, 4, 0.5), (3, 3, 1.0), (0, 20, 1 / 6), (20, 0, 11 / 6)],
)
def test_somebody_new_weighs_one_and_it_moves_with_what_was_right(upheld, dismissed, weight):
    assert weight_of(upheld, dismissed) == pytest.approx(weight)


def test_it_sinks_with_each_wrong_report_and_never_below_zero():
    sinking = [weight_of(0, wrong) for wrong in range(10_000)]

    assert sinking == sorted(sinking, reverse=True)
    assert 0 < sinking[-1] < 0.001
    assert all(weight_of(right, 0) < 2 for right in range(10_000))


def test_strangers_add_up(never_held):
    comment = make_comment()
    weights = []
    for _ in range(3):
        report(comment)
        weights.append(weigh(comment))

    assert weights == [1, 2, 3]


def test_a_record_of_right_reports_weighs_more_than_one_of_wrong_ones(never_held):
    right, wrong = make_member(), make_member()
    past_reports(right, upheld=4)
    past_reports(wrong, dismissed=4)
    first, second = make_comment(), make_comment()
    report(first, right)
    report(second, wrong)

    assert (weigh(first), weigh(second)) == (1.5, 0.5)


def test_what_was_wrong_more_than_a_year_ago_is_forgotten(never_held):
    member = make_member()
    past_reports(member, dismissed=4, at=timezone.now() - timedelta(days=366))
    comment = make_comment()
    report(comment, member)

    assert weigh(comment) == 1


def test_fifty_guests_of_one_network_are_one_voice(settings):
    settings.REPORTS_PER_PREFIX_HOUR = 100
    comment = make_comment()
    for number in range(50):
        report(comment, make_guest(email=f"somebody{number}@example.org"), origin=1)

    assert weigh(comment) == 1
    assert state_of(comment) == State.PUBLIC


def test_the_heaviest_of_those_who_are_one_counts(never_held):
    right = make_member()
    past_reports(right, upheld=4)
    comment = make_comment()
    for who in (make_member(), right, make_member()):
        report(comment, who, origin=5)

    assert weigh(comment) == 1.5


def test_who_reports_together_for_the_third_time_in_a_week_is_one_voice(never_held):
    brigade = [make_member() for _ in range(4)]
    weights = []
    for _ in range(3):
        comment = make_comment()
        for member in brigade:
            report(comment, member)
        weights.append(weigh(comment))

    assert weights == [4, 4, 1]


def test_who_reported_together_longer_ago_are_several_again(never_held):
    brigade = [make_member() for _ in range(3)]
    for days in (30, 20, 0):
        comment = make_comment()
        with time_machine.travel(timezone.now() - timedelta(days=days), tick=True):
            for member in brigade:
                report(comment, member)

    assert weigh(comment) == 3


def test_a_chain_of_networks_and_habits_is_one_voice(never_held):
    one, two, three = (make_member() for _ in range(3))
    for _ in range(2):
        together = make_comment()
        report(together, one)
        report(together, two)
    comment = make_comment()
    report(comment, one)
    report(comment, two, origin=77)
    report(comment, three, origin=77)

    assert weigh(comment) == 1


def test_people_who_work_here_weigh_most_each_however_near_they_sit(never_held):
    comment = make_comment()
    for role in (Role.WRITER, Role.MODERATOR):
        staff = make_member(role=role)
        past_reports(staff, dismissed=10)
        report(comment, staff, origin=9)

    assert weigh(comment) == 4


def test_an_address_that_is_not_proven_weighs_nothing(never_held):
    comment = make_comment()
    for number in range(9):
        notice(comment, f"typed{number}@example.org", origin=number)

    assert weigh(comment) == 0
    assert state_of(comment) == State.PUBLIC


def test_three_strangers_take_a_comment_off_the_page_until_somebody_has_read_it():
    comment = make_comment()
    states = []
    for _ in range(3):
        report(comment)
        states.append(state_of(comment))

    assert states == [State.PUBLIC, State.PUBLIC, State.IN_REVIEW]
    held = Decision.objects.get()
    assert (held.act, held.was, held.by, held.is_automatic) == (Act.HOLD, State.PUBLIC, None, True)
    assert Report.objects.open().on(comment).count() == 3
    assert list(find_drift()) == []


def test_nobody_takes_a_comment_off_the_page_alone():
    member = make_member()
    past_reports(member, upheld=1_000)
    comment = make_comment()
    report(comment, member)

    assert state_of(comment) == State.PUBLIC
    assert settings.REPORTS_HOLD_WEIGHT > 2


@pytest.mark.parametrize("act", [Act.KEEP, Act.PUBLISH])
def test_what_a_person_has_let_stand_no_number_of_reports_takes_off_the_page(moderator, act):
    before = State.PUBLIC if act == Act.KEEP else State.IN_REVIEW
    comment = make_comment(state=before)
    decide(comment, act, by=moderator, seen=before)

    for _ in range(5):
        report(comment, text="Really.")

    assert state_of(comment) == State.PUBLIC
    assert Report.objects.open().on(comment).count() == 5


def test_other_words_may_be_taken_off_the_page_again(moderator):
    comment = make_comment()
    decide(comment, Act.KEEP, by=moderator, seen=State.PUBLIC)
    Comment.objects.filter(pk=comment.pk).update(edited_at=timezone.now())

    for _ in range(3):
        report(comment)

    assert state_of(comment) == State.IN_REVIEW


def test_what_moderators_picked_stays_until_they_have_looked():
    comment = make_comment()
    Comment.objects.filter(pk=comment.pk).update(is_picked=True)
    for _ in range(4):
        report(comment)

    assert state_of(comment) == State.PUBLIC
    assert Comment.objects.get(pk=comment.pk).is_picked


def test_saying_again_what_was_answered_counts_neither_for_nor_against_anybody(moderator, never_held):
    comment, member = make_comment(), make_member()
    report(comment)
    decide(comment, Act.KEEP, by=moderator, seen=State.PUBLIC)
    report(comment, member)
    assert Report.objects.get(member=member).state == Report.State.DISMISSED
    other = make_comment()
    report(other, member)

    assert weigh(other) == 1


def test_weighing_many_costs_the_queries_of_two(never_held):
    comment = make_comment()
    counts = []
    for more in (2, 28):
        for _ in range(more):
            report(comment)
        with CaptureQueriesContext(connection) as queries:
            weigh(comment)
        counts.append(len(queries))

    assert counts[0] == counts[1] == 4


def test_a_rule_is_a_rule_whichever_number_it_has(never_held):
    comment = make_comment()
    report(comment, rule=1)
    report(comment, rule=make_rule(2).number)

    assert weigh(comment) == 2
