"""Several people at the desk at the same moment: each thing happens once, and nobody sees a failure of ours."""

import threading
from collections.abc import Callable

import pytest
from django.core import mail
from django.db import connection

from accounts.models import Suspension
from accounts.roles import Role
from civic.lib.errors import Refusal
from comments.counting import find_drift
from comments.models import Comment
from comments.models.comments import State
from moderation import standing
from moderation.appeals import decide_appeal, open_appeal
from moderation.claiming import claim, let_go
from moderation.deciding import decide, undo
from moderation.measure_appeals import decide_measure_appeal, open_measure_appeal
from moderation.models import Act, Appeal, Decision, MeasureAppeal
from moderation.people import Person
from tests.factories import make_comment, make_member, make_rule

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What each gave back, or the exception it raised; all begin together."""
    found: list[object] = [None] * len(calls)
    ready = threading.Barrier(len(calls))

    def run(at: int, call: Callable[[], object]) -> None:
        try:
            ready.wait()
            found[at] = call()
        except Exception as error:
            found[at] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def moderators(number: int):
    return [make_member(role=Role.MODERATOR) for _ in range(number)]


def test_a_second_look_decided_by_two_and_an_undoing_meanwhile_end_in_one_state(run_jobs):
    first, second, third = moderators(3)
    for _ in range(5):
        comment = make_comment()
        made = decide(comment, Act.REMOVE, by=first, seen=State.PUBLIC, rule=make_rule())
        appeal = open_appeal(made, text="Look again.")

        found = at_once(
            lambda a=appeal: decide_appeal(a, by=second, overturn=True),
            lambda a=appeal: decide_appeal(a, by=third, overturn=False),
            lambda m=made: undo(m, by=first),
        )

        assert all(isinstance(one, (Appeal, Decision, Refusal)) for one in found), found
        appeal.refresh_from_db()
        comment.refresh_from_db()
        upheld_or_undone = {Appeal.State.UPHELD: (State.REMOVED, State.PUBLIC)}
        expected = upheld_or_undone.get(appeal.state, (State.PUBLIC,))
        assert comment.state in expected, (appeal.state, comment.state)
        assert appeal.state != Appeal.State.OPEN
        assert Decision.objects.filter(comment=comment).count() <= 2
    assert list(find_drift()) == []


def test_a_measure_is_appealed_against_once_and_its_appeal_decided_once(reader):
    first, second, third = moderators(3)
    made = standing.premoderate(Person.of_member(reader), by=first, rule=make_rule())
    person = Person.of_member(reader)

    opened = at_once(*[lambda: open_measure_appeal(made.measure, person=person, text="Why?") for _ in range(4)])
    assert sum(isinstance(one, MeasureAppeal) for one in opened) == 1
    assert all(isinstance(one, (MeasureAppeal, Refusal)) for one in opened), opened

    appeal = MeasureAppeal.objects.get()
    decided = at_once(
        lambda: decide_measure_appeal(appeal, by=second, overturn=True),
        lambda: decide_measure_appeal(appeal, by=third, overturn=False),
        lambda: standing.lift(made.measure, by=first),
    )
    assert all(isinstance(one, (MeasureAppeal, Refusal)) or hasattr(one, "measure") for one in decided), decided
    appeal.refresh_from_db()
    now = Suspension.objects.get(pk=made.measure_id)
    assert now.lifted_at or appeal.state == MeasureAppeal.State.UPHELD
    assert sum(not isinstance(one, Exception) for one in decided) in (1, 2)


def test_claims_of_two_tabs_and_two_moderators_never_fail():
    one, other = moderators(2)
    comments = [make_comment(state=State.IN_REVIEW) for _ in range(2)]
    for _ in range(25):
        found = at_once(
            lambda: claim(comments[0], by=one),
            lambda: claim(comments[1], by=one),
            lambda: claim(comments[0], by=other),
            lambda: claim(comments[1], by=other),
            lambda: let_go(comments[0]),
            lambda: let_go(comments[1]),
        )
        assert [f for f in found if isinstance(f, Exception)] == []


def test_a_comment_refused_with_a_warning_by_two_is_refused_and_warned_once(reader, run_jobs):
    first, second = moderators(2)
    comment = make_comment(member=reader, state=State.IN_REVIEW)
    fresh = Comment.objects.with_writers().get(pk=comment.pk)

    found = at_once(
        *[
            lambda by=by: standing.refuse_and_warn(fresh, by=by, rule=make_rule(), note="No.", seen=State.IN_REVIEW)
            for by in (first, second)
        ]
    )

    assert sum(isinstance(one, Refusal) for one in found) == 1, found
    assert (Decision.objects.count(), Suspension.objects.count()) == (1, 1)
    run_jobs()
    assert [letter.to for letter in mail.outbox] == [[reader.email]]
