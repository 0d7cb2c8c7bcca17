"""Pinned and picked: only what is public, never more than three, and no ghosts."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from comments import picking, visibility
from comments.errors import CannotRecommend
from comments.models import Comment, Thread
from comments.models.comments import State
from comments.readers import ANYBODY
from comments.threads import load_thread
from tests.factories import make_comment, make_rule, make_thread

pytestmark = pytest.mark.django_db


def again(comment) -> Comment:
    return Comment.objects.get(pk=comment.pk)


def test_a_pinned_conversation_stands_first_and_kept_pages_grow_stale():
    thread = make_thread()
    first = make_comment(thread=thread)
    make_comment(thread=thread)
    before = Thread.objects.get(pk=thread.pk).version

    assert picking.pin(first) is True
    assert picking.pin(first) is False

    assert Thread.objects.get(pk=thread.pk).version == before + 1
    assert load_thread(thread, ANYBODY).nodes[0].comment.pk == first.pk


def test_an_answer_can_be_picked_and_not_pinned():
    answer = make_comment(parent=make_comment())

    picking.pick(answer)

    assert again(answer).is_picked
    with pytest.raises(CannotRecommend):
        picking.pin(answer)


@pytest.mark.parametrize("state", [s for s in State if s != State.PUBLIC])
def test_what_is_not_public_is_not_recommended(state):
    comment = make_comment(state=state)

    for recommend in (picking.pin, picking.pick):
        with pytest.raises(CannotRecommend):
            recommend(comment)


def test_no_more_than_three_are_pinned():
    thread = make_thread()
    comments = [make_comment(thread=thread) for _ in range(4)]
    for comment in comments[:3]:
        picking.pin(comment)

    with pytest.raises(CannotRecommend):
        picking.pin(comments[3])
    picking.unpin(comments[0])
    picking.pin(comments[3])

    assert list(picking.pinned_on(thread)) == comments[1:]


@pytest.mark.parametrize("leave", ["remove", "withdraw", "hold"])
def test_what_goes_leaves_no_ghost_and_comes_back_unrecommended(leave):
    comment = make_comment()
    make_comment(parent=comment)  # so that a placeholder stays
    picking.pin(comment)
    picking.pick(comment)

    if leave == "remove":
        visibility.remove(comment, rule=make_rule())
    else:
        getattr(visibility, leave)(comment)

    assert (again(comment).is_pinned, again(comment).is_picked) == (False, False)
    if leave != "withdraw":
        visibility.make_public(comment)
        assert (again(comment).is_pinned, again(comment).is_picked) == (False, False)


def test_the_database_allows_no_ghost_either():
    answer, gone = make_comment(parent=make_comment()), make_comment(state=State.REMOVED)

    for comment, mark in ((answer, "is_pinned"), (gone, "is_pinned"), (gone, "is_picked")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Comment.objects.filter(pk=comment.pk).update(**{mark: True})


@pytest.mark.django_db(transaction=True)
def test_eight_moderators_at_once_pin_three():
    thread = make_thread()
    comments = [make_comment(thread=thread) for _ in range(8)]
    start, refused = threading.Barrier(8), []

    def pin(comment):
        start.wait()
        try:
            picking.pin(comment)
        except CannotRecommend:
            refused.append(comment)
        finally:
            connection.close()

    everybody = [threading.Thread(target=pin, args=[comment]) for comment in comments]
    for somebody in everybody:
        somebody.start()
    for somebody in everybody:
        somebody.join()

    assert picking.pinned_on(thread).count() == 3
    assert len(refused) == 5
