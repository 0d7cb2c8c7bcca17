"""The recount agrees with the door, and finds what somebody changed behind its back."""

import pytest
from django.core.management import call_command

from comments.counting import find_drift
from comments.models import Comment, Tally, Thread
from comments.models.comments import State
from tests.factories import make_comment, make_guest

pytestmark = pytest.mark.django_db


def a_thread() -> Comment:
    root = make_comment()
    child = make_comment(parent=root, guest=make_guest())
    make_comment(parent=child, state=State.IN_REVIEW)
    make_comment(parent=child, member=root.member)
    make_comment(thread=root.thread, state=State.REMOVED)
    return root


def test_after_the_door_nothing_drifts():
    a_thread()

    assert find_drift() == []


def test_every_wrong_number_is_found():
    root = a_thread()
    Thread.objects.update(comment_count=9)
    Tally.objects.filter(comment=root).update(answers=1)
    Comment.objects.filter(state=State.REMOVED).update(shown=True)

    assert [drift.what.split()[0] for drift in find_drift()] == ["thread", "comment", "comment"]
    with pytest.raises(SystemExit):
        call_command("reconcile_counts")
