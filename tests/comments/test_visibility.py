"""The one door: allowed moves, and numbers that are right afterwards."""

import random
from threading import Thread as Worker

import pytest
from django.db import close_old_connections, connection

from comments import visibility
from comments.errors import MoveNotAllowed
from comments.models import Comment, Tally, Thread
from comments.models.comments import MOVES, State
from tests.factories import make_comment, make_guest, make_member, make_rule, make_thread

pytestmark = pytest.mark.django_db


def recounted(thread: Thread) -> dict:
    """The thread's numbers, counted by hand from its comments."""
    public = [c for c in thread.comments.all() if c.state == State.PUBLIC]
    return {"comments": len(public), "people": len({(c.member_id, c.guest_id) for c in public})}


def counted(thread: Thread) -> dict:
    thread.refresh_from_db()
    return {"comments": thread.comment_count, "people": thread.people_count}


def assert_answers_and_places_are_right(thread: Thread) -> None:
    comments = list(thread.comments.select_related("tally"))
    for comment in comments:
        below = [c for c in comments if comment.pk in c.ancestor_ids() and c.state == State.PUBLIC]
        assert comment.tally.answers == len(below), comment
        assert comment.shown == (comment.state == State.PUBLIC or bool(below)), comment


def test_every_move_that_is_not_in_the_table_is_refused():
    for start in State:
        for end in State:
            comment = make_comment(state=start)
            if end == start or end in MOVES[start]:
                assert visibility.move(comment, end, rule=make_rule()).state == end
            else:
                with pytest.raises(MoveNotAllowed):
                    visibility.move(comment, end)


def test_publishing_counts_everywhere_once():
    parent = make_comment()
    reply = make_comment(parent=parent, state=State.IN_REVIEW)

    for _ in range(2):
        visibility.make_public(reply)

    assert counted(parent.thread) == recounted(parent.thread) == {"comments": 2, "people": 2}
    assert Tally.objects.get(comment=parent).answers == 1


def test_a_removed_comment_with_answers_keeps_its_place_until_they_are_gone():
    parent = make_comment()
    reply = make_comment(parent=parent)

    visibility.remove(parent, rule=make_rule())
    assert Comment.objects.get(pk=parent.pk).shown
    visibility.withdraw(reply)

    assert not Comment.objects.get(pk=parent.pk).shown
    assert counted(parent.thread) == {"comments": 0, "people": 0}


def test_the_first_publication_stays_the_date():
    comment = make_comment()
    first = comment.published_at

    visibility.hold(comment)
    visibility.make_public(comment)

    comment.refresh_from_db()
    assert comment.published_at == first


def test_the_version_of_a_thread_rises_with_every_change_that_readers_see():
    thread = make_thread()
    comment = make_comment(thread=thread, state=State.IN_REVIEW)
    versions = []
    for act in (visibility.make_public, visibility.hold, visibility.make_public, visibility.withdraw):
        act(comment)
        thread.refresh_from_db()
        versions.append(thread.version)

    assert versions == sorted(set(versions))


def test_deep_answers_stay_at_the_last_level_and_know_whom_they_answer():
    comment = make_comment()
    chain = [comment]
    for _ in range(9):
        chain.append(make_comment(parent=chain[-1]))

    assert [c.depth for c in chain] == [0, 1, 2, 3, 4, 5, 5, 5, 5, 5]
    assert [c.parent_id for c in chain[1:]] == [c.pk for c in chain[:-1]]
    in_order = list(Comment.objects.on(comment.thread).order_by("path"))
    assert in_order == chain
    assert_answers_and_places_are_right(comment.thread)


@pytest.mark.django_db(transaction=True)
def test_eight_workers_at_once_lose_and_double_nothing():
    thread = make_thread()
    people = [make_member() for _ in range(4)]
    roots = [make_comment(thread=thread, member=person) for person in people]
    rule = make_rule()
    failures: list[Exception] = []

    def work(seed: int) -> None:
        dice = random.Random(seed)
        try:
            for _ in range(25):
                ids = list(Comment.objects.on(thread).values_list("pk", flat=True))
                some = Comment.objects.get(pk=dice.choice(ids))
                act = dice.choice(["post", "post", "publish", "hold", "remove", "withdraw"])
                try:
                    if act == "post":
                        state = dice.choice([State.PUBLIC, State.IN_REVIEW])
                        make_comment(parent=some, member=dice.choice(people), state=state)
                    elif act == "publish":
                        visibility.make_public(some)
                    elif act == "hold":
                        visibility.hold(some)
                    elif act == "remove":
                        visibility.remove(some, rule=rule)
                    else:
                        visibility.withdraw(some)
                except MoveNotAllowed:
                    pass
        except Exception as error:
            failures.append(error)
        finally:
            close_old_connections()
            connection.close()

    workers = [Worker(target=work, args=(seed,)) for seed in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert failures == []
    assert thread.comments.count() > len(roots)
    assert counted(thread) == recounted(thread)
    assert_answers_and_places_are_right(thread)


def test_a_guest_counts_as_one_person():
    thread = make_thread()
    guest = make_guest()
    for _ in range(3):
        make_comment(thread=thread, guest=guest)

    assert counted(thread) == {"comments": 3, "people": 1}
