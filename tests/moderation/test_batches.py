"""Many comments decided at once, and taken back at once."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from comments import visibility
from comments.counting import find_drift
from comments.editing import edit_comment
from comments.models import Comment, Follow, Thread
from comments.models.comments import State
from comments.models.following import Rhythm
from moderation.batches import Chosen, Wish, decide_many, plan, undo_many
from moderation.deciding import decide, undo, words_of
from moderation.errors import NotUndone
from moderation.models import Act, Batch, Decision
from tests.factories import make_comment, make_guest, make_member, make_rule, make_thread

pytestmark = pytest.mark.django_db


def planned(comments, wish):
    return plan(fresh(comments), wish, [Chosen(c.pk, words_of(c)) for c in comments])


def fresh(comments):
    return list(Comment.objects.filter(pk__in=[c.pk for c in comments]).order_by("pk"))


def states(comments) -> list[str]:
    return [comment.state for comment in fresh(comments)]


def counts_of_threads() -> list[tuple[int, int]]:
    return list(Thread.objects.order_by("pk").values_list("pk", "comment_count"))


def test_a_plan_says_what_becomes_of_each_and_what_is_left_out(reader, moderator):
    public, held, gone = (make_comment(member=reader, state=s) for s in (State.PUBLIC, State.IN_REVIEW, State.REMOVED))
    changed = make_comment(state=State.IN_REVIEW)
    chosen = [Chosen(c.pk, words_of(c)) for c in (public, held, gone)] + [Chosen(changed.pk, "other words")]

    found = plan(fresh([public, held, gone, changed]), Wish.TAKE_DOWN, chosen)

    assert [(c.pk, act) for c, act in found.acts] == [(public.pk, Act.REMOVE), (held.pk, Act.REFUSE)]
    assert (found.left_out, found.people) == (2, 1)
    assert Decision.objects.count() == 0


def test_a_writers_comments_go_and_come_back_with_one_letter_each_way(reader, other_reader, moderator, run_jobs):
    thread = make_thread()
    Follow.objects.create(thread=thread, member=other_reader, rhythm=Rhythm.AT_ONCE)
    parent = make_comment(thread=thread)
    comments = [make_comment(thread=thread, member=reader, parent=parent if n % 3 else None) for n in range(12)]
    comments += [make_comment(member=reader, state=State.IN_REVIEW) for _ in range(3)]
    run_jobs()
    mail.outbox.clear()
    before = states(comments)

    batch = decide_many(planned(comments, Wish.TAKE_DOWN), by=moderator, rule=make_rule(4), note="All of one kind.")
    run_jobs()

    assert states(comments) == [State.REMOVED] * 12 + [State.REFUSED] * 3
    assert list(find_drift()) == []
    assert [m.to for m in mail.outbox] == [[reader.email]]
    assert "12 of your comments were removed" in mail.outbox[0].subject
    assert "3 of your comments were not published" in mail.outbox[0].subject
    assert make_rule(4).text in mail.outbox[0].body
    assert "All of one kind." in mail.outbox[0].body
    assert "and 5 more" in mail.outbox[0].body

    back = undo_many(batch, by=moderator)
    run_jobs()

    assert states(comments) == before
    assert list(find_drift()) == []
    assert [m.to for m in mail.outbox] == [[reader.email]] * 2  # the follower hears of nothing twice
    assert back.decisions.count() == 15


def test_five_hundred_comments_of_one_writer_go_and_come_back(reader, other_reader, moderator, run_jobs):
    threads = [make_thread() for _ in range(5)]
    for thread in threads:
        Follow.objects.create(thread=thread, member=other_reader, rhythm=Rhythm.AT_ONCE)
    comments = [make_comment(thread=threads[n % 5], member=reader, body=f"Thought {n}.") for n in range(500)]
    answer = make_comment(parent=comments[7], member=other_reader)
    run_jobs()
    mail.outbox.clear()
    before = counts_of_threads()

    batch = decide_many(planned(comments, Wish.TAKE_DOWN), by=moderator, rule=make_rule(4))
    run_jobs()

    assert set(states(comments)) == {State.REMOVED}
    assert counts_of_threads() == [(pk, 1 if pk == answer.thread_id else 0) for pk, _ in before]
    assert list(find_drift()) == []
    assert [letter.to for letter in mail.outbox] == [[reader.email]]
    assert "500 of your comments were removed" in mail.outbox[0].subject

    undo_many(batch, by=moderator)
    run_jobs()

    assert set(states(comments)) == {State.PUBLIC}
    assert counts_of_threads() == before
    assert list(find_drift()) == []
    assert [letter.to for letter in mail.outbox] == [[reader.email]] * 2
    assert "500 of your comments are public again" in mail.outbox[1].subject
    assert Decision.objects.count() == 1000


def test_a_slip_of_many_writes_no_letter(reader, moderator, run_jobs):
    comments = [make_comment(member=reader) for _ in range(3)]

    undo_many(decide_many(planned(comments, Wish.TAKE_DOWN), by=moderator, rule=make_rule()), by=moderator)
    run_jobs()

    assert mail.outbox == []


def test_one_of_a_batch_is_taken_back_alone_and_its_author_hears_of_it(reader, moderator, run_jobs):
    comments = [make_comment(member=reader) for _ in range(3)]
    batch = decide_many(planned(comments, Wish.TAKE_DOWN), by=moderator, rule=make_rule())
    run_jobs()

    undo(batch.decisions.first(), by=moderator)
    run_jobs()

    assert [m.subject for m in mail.outbox] == [
        "3 of your comments were removed",
        f"Your comment is public again: {comments[0].thread.title}",
    ]


def test_several_names_of_one_guest_get_one_letter_and_nobody_unconfirmed_does(moderator, run_jobs):
    same = {"email": "ana@example.org"}
    comments = [
        make_comment(guest=make_guest(name="Ana", **same)),
        make_comment(guest=make_guest(name="Anna", **same)),
        make_comment(guest=make_guest(confirmed=False), state=State.PUBLIC),
    ]

    decide_many(planned(comments, Wish.TAKE_DOWN), by=moderator, rule=make_rule())
    run_jobs()

    assert [m.to for m in mail.outbox] == [["ana@example.org"]]


def test_what_others_decided_meanwhile_is_left_to_them(moderator, other_reader):
    mine, theirs, edited = (make_comment(state=State.IN_REVIEW, member=make_member()) for _ in range(3))
    found = planned([mine, theirs, edited], Wish.PUBLISH)
    visibility.refuse(theirs, rule=make_rule())
    edit_comment(Comment.objects.select_related("thread__space", "member").get(pk=edited.pk), body="Nobody read this.")

    batch = decide_many(found, by=moderator)

    assert states([mine, theirs, edited]) == [State.PUBLIC, State.REFUSED, State.IN_REVIEW]
    assert [d.comment for d in batch.decisions.all()] == [mine]


def test_undoing_leaves_alone_what_was_decided_afresh(moderator):
    first, second = make_comment(), make_comment()
    batch = decide_many(planned([first, second], Wish.TAKE_DOWN), by=moderator, rule=make_rule())
    decide(first, Act.RESTORE, by=moderator, seen=State.REMOVED)
    decide(first, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule(5))

    undo_many(batch, by=moderator)

    assert states([first, second]) == [State.REMOVED, State.PUBLIC]


def test_a_batch_is_undone_once_within_thirty_days_and_an_undoing_never(moderator):
    batch = decide_many(planned([make_comment()], Wish.TAKE_DOWN), by=moderator, rule=make_rule())
    with time_machine.travel(timezone.now() + timedelta(days=31)), pytest.raises(NotUndone):
        undo_many(batch, by=moderator)
    back = undo_many(batch, by=moderator)

    for over in (batch, back):
        with pytest.raises(NotUndone):
            undo_many(over, by=moderator)
    assert Batch.objects.count() == 2


def test_letters_wait_for_a_batch_that_is_not_done_and_not_for_one_that_broke_off(reader, moderator, run_jobs):
    from moderation.notices import write_to_authors

    batch = Batch.objects.create(by=moderator)
    decide(make_comment(member=reader), Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule(), batch=batch)
    write_to_authors(batch_id=batch.pk)
    assert mail.outbox == []

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        run_jobs()

    assert [m.to for m in mail.outbox] == [[reader.email]]
