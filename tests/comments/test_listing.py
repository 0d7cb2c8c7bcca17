"""Every comment that has a place is listed once, in reading order, whatever the sort and the size of a page."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from comments.listing import NotACursor, list_comments
from comments.models import Comment, Space, Tally
from comments.models.comments import State
from comments.ranking import rank_thread
from comments.threads import SORTS
from comments.visibility import remove
from tests.factories import make_comment, make_guest, make_member, make_rule, make_thread

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


def a_talk(size: int = 40):
    """A thread of several levels with every state in it, votes, a pinned comment, and times that coincide."""
    chance = random.Random(7)
    thread = make_thread(space=Space.objects.create(name="Shallow", max_depth=4))
    guest, public = make_guest(), []
    rest = [State.REMOVED, State.WITHDRAWN, State.IN_REVIEW, State.REFUSED, State.UNCONFIRMED]
    for number in range(size):
        parent = chance.choice(public) if public and chance.random() < 0.6 else None
        state = rest[number % 5] if number % 6 == 5 else State.PUBLIC
        when = START + timedelta(minutes=number // 3)
        comment = make_comment(thread=thread, parent=parent, guest=guest, state=state, created_at=when)
        if state == State.PUBLIC:
            public.append(comment)
            Tally.objects.filter(comment=comment).update(agree=chance.randrange(4), disagree=chance.randrange(4))
    Tally.objects.update(is_stale=True)
    rank_thread(thread.pk)
    Comment.objects.filter(pk=public[0].pk).update(is_pinned=True)
    return thread


def in_reading_order(thread, sort: str) -> list[int]:
    roots = Comment.objects.on(thread).filter(parent=None, shown=True)
    by = {
        "newest": ("-created_at", "-pk"),
        "oldest": ("created_at", "pk"),
        "best": ("-tally__best", "-pk"),
        "discussed": ("-tally__discussed", "-pk"),
    }[sort]
    found = []
    for root in roots.order_by(*by):
        found += Comment.objects.filter(root=root, shown=True).order_by("path").values_list("pk", flat=True)
    return found


def pages(thread, sort: str, limit: int) -> list[list[int]]:
    after, found = "", []
    while True:
        listing = list_comments(thread, sort=sort, after=after, limit=limit)
        found.append([row.pk for row in listing.rows])
        if not listing.next:
            return found
        after = listing.next


@pytest.mark.parametrize("sort", SORTS)
def test_each_comes_once_in_reading_order(sort):
    thread = a_talk()
    expected = in_reading_order(thread, sort)
    assert len(expected) > 30

    for limit in (1, 2, 3, 7, len(expected) - 1, len(expected), 100):
        found = pages(thread, sort, limit)
        assert [pk for page in found for pk in page] == expected
        assert [len(page) for page in found[:-1]] == [limit] * (len(found) - 1)
        assert 0 < len(found[-1]) <= limit


def test_nothing_is_listed_of_an_empty_thread():
    assert pages(make_thread(), "newest", 10) == [[]]


def test_a_long_conversation_is_paged_within_and_ends_before_the_next():
    first = make_comment()
    answers = [make_comment(parent=first) for _ in range(5)]
    second = make_comment(thread=first.thread)

    found = pages(first.thread, "oldest", 3)

    ids = [first.pk, *(answer.pk for answer in answers), second.pk]
    assert found == [ids[:3], ids[3:6], ids[6:]]


def test_what_comes_while_somebody_reads_on_disturbs_nothing():
    thread = a_talk()
    expected = in_reading_order(thread, "newest")
    first = list_comments(thread, limit=10)

    make_comment(thread=thread)
    rest = list_comments(thread, after=first.next, limit=100)

    assert [row.pk for row in first.rows + rest.rows] == expected


def test_a_comment_that_is_removed_meanwhile_does_not_lose_the_place():
    root = make_comment()
    answers = [make_comment(parent=root) for _ in range(4)]
    page = list_comments(root.thread, limit=3)
    Comment.objects.filter(pk=answers[1].pk).update(shown=False, state=State.REMOVED)

    rest = list_comments(root.thread, after=page.next, limit=3)

    assert [row.pk for row in rest.rows] == [answers[2].pk, answers[3].pk]


@pytest.mark.parametrize(
    "after",
    [
        *("x", "newest", "newest_1", "newest_1_", "newest_x_1", "newest_-1_1", "newest_1_1.x", "oldest_1_1"),
        *("newest_999999999999999999_1", "newest_1_99999999999999999999", "newest_1_" + ".".join(["1"] * 200)),
    ],
)
def test_what_is_not_a_cursor_of_this_sort_is_said_to_be_none(after):
    with pytest.raises(NotACursor):
        list_comments(make_thread(), after=after)


def test_a_rank_is_no_cursor_of_another_sort():
    thread = a_talk()
    best = list_comments(thread, sort="best", limit=1).next

    with pytest.raises(NotACursor):
        list_comments(thread, sort="discussed", after=best)
    with pytest.raises(NotACursor):
        list_comments(thread, sort="best", after="best_2147483648_1")


def test_placeholders_hold_their_place_and_the_rest_is_not_listed():
    root = make_comment()
    make_comment(parent=root)
    make_comment(thread=root.thread, state=State.IN_REVIEW)
    remove(root, rule=make_rule())

    listing = list_comments(root.thread)

    assert [(row.state, row.pk == root.pk) for row in listing.rows] == [("removed", True), ("public", False)]


@pytest.mark.parametrize("sort", SORTS)
def test_thirty_comments_cost_the_queries_of_one(sort, django_assert_num_queries):
    one, many = make_comment(), make_comment()
    for number in range(29):
        make_comment(thread=many.thread, parent=many if number % 2 else None, member=make_member())

    for thread in (one.thread, many.thread):
        with django_assert_num_queries(2):
            assert list_comments(thread, sort=sort, limit=100).rows


def test_a_page_in_the_middle_costs_three_queries_at_most(django_assert_max_num_queries):
    thread = a_talk()
    after = list_comments(thread, limit=11).next

    with django_assert_max_num_queries(3):
        list_comments(thread, after=after, limit=11)
