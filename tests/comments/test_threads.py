"""Reading a discussion: order, places, pages, and what nobody may see."""

from itertools import chain

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from civic.lib.html import plain_text
from comments import visibility
from comments.models import Tally
from comments.models.comments import State
from comments.ranking import rank_stale
from comments.readers import ANYBODY, Reader
from comments.threads import SORTS, default_sort, load_branch, load_thread
from tests.factories import make_comment, make_member, make_thread

pytestmark = pytest.mark.django_db


def bodies(page) -> list[str]:
    return [plain_text(node.comment.body_html) for node in page.nodes]


def turn_pages(thread, reader=ANYBODY, sort="") -> list[list[int]]:
    """Ids on every page, from the first to the last."""
    pages, after = [], ""
    while True:
        page = load_thread(thread, reader, sort=sort, after=after)
        pages.append([node.comment.pk for node in page.nodes])
        if not (after := page.next):
            return pages


def test_answers_follow_what_they_answer_oldest_first_and_roots_newest_first():
    thread = make_thread()
    first = make_comment(thread=thread, body="1")
    make_comment(thread=thread, body="2")
    make_comment(parent=first, body="1.1")
    make_comment(parent=make_comment(parent=first, body="1.2"), body="1.2.1")

    assert bodies(load_thread(thread, ANYBODY)) == ["2", "1", "1.1", "1.2", "1.2.1"]
    assert bodies(load_thread(thread, ANYBODY, sort="oldest")) == ["1", "1.1", "1.2", "1.2.1", "2"]


def test_pages_of_roots_neither_repeat_nor_skip(settings):
    settings.COMMENTS_PER_PAGE = 3
    thread = make_thread()
    made = [make_comment(thread=thread, body=str(n)).body for n in range(8)]
    for sort, expected in (("oldest", made), ("newest", made[::-1])):
        seen, after = [], ""
        while True:
            page = load_thread(thread, ANYBODY, sort=sort, after=after)
            seen += bodies(page)
            if not (after := page.next):
                break
        assert seen == expected


NO_CURSORS = ["x", "12_", "_3", "1_2_3", "-1_1", "2026-11-01T00:00:00_1", "é", "9" * 30 + "_1", "1_" + "9" * 30, "٣_٣"]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("after", NO_CURSORS)
def test_a_cursor_that_is_none_gives_the_first_page(after, sort):
    thread = make_thread()
    make_comment(thread=thread, body="here")

    assert bodies(load_thread(thread, ANYBODY, sort=sort, after=after)) == ["here"]


@pytest.mark.parametrize("sort", SORTS)
def test_every_sort_turns_its_pages_without_repeating_or_skipping(settings, sort):
    settings.COMMENTS_PER_PAGE = 4
    thread = make_thread()
    roots = [make_comment(thread=thread) for _ in range(9)]
    answers = [make_comment(parent=roots[n % 4]) for n in range(6)]
    for number, root in enumerate(roots):
        Tally.objects.filter(comment=root).update(agree=number % 3, disagree=number % 2, is_stale=True)
    rank_stale()

    pages = turn_pages(thread, sort=sort)

    assert len(pages) > 2
    assert sorted(chain.from_iterable(pages)) == sorted(c.pk for c in [*roots, *answers])
    assert all(len(page) <= 4 + settings.ANSWERS_PER_ROOT for page in pages)


def test_best_is_the_agree_share_and_most_discussed_counts_answers():
    thread = make_thread()
    liked, disputed, quiet = (make_comment(thread=thread, body=word) for word in ("liked", "disputed", "quiet"))
    make_comment(parent=make_comment(parent=disputed, body="a"), body="b")
    Tally.objects.filter(comment=liked).update(agree=3, disagree=1, is_stale=True)
    Tally.objects.filter(comment=disputed).update(agree=1, disagree=3, is_stale=True)
    rank_stale()

    assert bodies(load_thread(thread, ANYBODY, sort="best")) == ["liked", "quiet", "disputed", "a", "b"]
    assert bodies(load_thread(thread, ANYBODY, sort="discussed"))[0] == "disputed"
    assert Tally.objects.get(comment=liked).best == 625_000  # (3 + 2) / (4 + 4)
    assert Tally.objects.get(comment=quiet).best == 500_000


def test_a_discussion_opens_with_the_newest_until_it_has_twenty_votes():
    thread = make_thread()
    root = make_comment(thread=thread)
    Tally.objects.filter(comment=root).update(agree=19, is_stale=True)
    rank_stale()
    thread.refresh_from_db()
    assert (thread.vote_count, default_sort(thread)) == (19, "newest")

    Tally.objects.filter(comment=root).update(agree=20, is_stale=True)
    rank_stale()

    thread.refresh_from_db()
    assert (thread.vote_count, default_sort(thread)) == (20, "best")


def test_a_long_conversation_shows_its_beginning_and_says_how_many_follow(settings, client):
    settings.ANSWERS_PER_ROOT = 2
    root = make_comment(body="root")
    for word in "abcd":
        make_comment(parent=root, body=word)

    page = load_thread(root.thread, ANYBODY)
    first = page.nodes[0]

    assert bodies(page) == ["root", "a", "b"]
    assert first.more == 2
    assert page.nodes[-1].ends is first
    assert bodies(load_branch(root, ANYBODY, after=str(first.more_after))) == ["root", "c", "d"]
    assert "Show 2 more replies" in client.get(root.thread.get_absolute_url()).content.decode()


def test_what_goes_on_deep_in_a_conversation_is_drawn_below_what_it_answers(settings):
    settings.ANSWERS_PER_ROOT = 2
    root = make_comment(body="root")
    child = make_comment(parent=root, body="child")
    grandchild = make_comment(parent=child, body="grandchild")
    make_comment(parent=grandchild, body="deepest")
    make_comment(parent=root, body="other")

    rest = load_branch(root, ANYBODY, after=str(grandchild.pk))

    assert bodies(rest) == ["root", "child", "grandchild", "deepest", "other"]
    assert [node.answers_name for node in rest.nodes] == [""] * 5


def test_a_placeholder_where_the_page_ends_is_not_drawn_again_on_the_next(settings):
    settings.ANSWERS_PER_ROOT = 1
    root = make_comment(body="root")
    reported = make_comment(parent=root, body="reported")
    make_comment(parent=reported, body="answer")
    visibility.hold(reported)

    first = load_thread(root.thread, ANYBODY).nodes[0]

    assert first.more_after == reported.pk
    assert load_branch(root, ANYBODY, after=str(first.more_after)).nodes[-1].comment.state == State.PUBLIC


def test_pinned_conversations_stand_first_and_only_once(settings):
    settings.COMMENTS_PER_PAGE = 2
    thread = make_thread()
    roots = [make_comment(thread=thread) for _ in range(5)]
    type(roots[0]).objects.filter(pk=roots[1].pk).update(is_pinned=True)

    pages = turn_pages(thread, sort="newest")

    assert pages[0][0] == roots[1].pk
    assert sorted(chain.from_iterable(pages)) == [root.pk for root in roots]


def test_a_page_of_its_own_shows_a_comment_among_its_neighbours(settings):
    root = make_comment(body="root")
    siblings = [make_comment(parent=root, body=str(n)) for n in range(7)]
    make_comment(parent=siblings[3], body="3.1")
    make_comment(parent=siblings[4], body="4.1")

    branch = load_branch(siblings[3], ANYBODY)

    assert bodies(branch) == ["root", "1", "2", "3", "3.1", "4", "5"]
    assert [node.more for node in branch.nodes] == [0, 0, 0, 0, 0, 1, 0]


def test_answers_at_the_deepest_level_stand_beside_what_they_answer_and_name_it(settings):
    settings.COMMENT_MAX_DEPTH = 2
    root = make_comment(body="root")
    child = make_comment(parent=root, body="child", member=make_member(display_name="Cora"))
    other = make_comment(parent=root, body="other", member=make_member(display_name="Otto"))
    late = make_comment(parent=child, body="late")

    page = load_thread(root.thread, ANYBODY)

    assert bodies(page) == ["root", "child", "other", "late"]
    assert [node.answers_name for node in page.nodes] == ["", "", "", "Cora"]
    assert "late" in bodies(load_branch(child, ANYBODY))
    assert bodies(load_branch(late, ANYBODY)) == ["root", "child", "late"]
    assert other.depth == late.depth


@pytest.mark.parametrize("state", [s for s in State if s != State.PUBLIC])
def test_what_is_not_public_appears_nowhere(state, client):
    public = make_comment(body="Seen.")
    hidden = make_comment(thread=public.thread, body="Hidden words.", state=state)

    for address in (public.thread.get_absolute_url(), public.get_absolute_url(), hidden.get_absolute_url()):
        assert "Hidden words." not in client.get(address).content.decode()
    assert client.get(f"/discuss/c/{hidden.pk}/reply/").status_code in (302, 404)


def test_a_placeholder_says_which_rule_and_tells_withdrawn_from_removed(client):
    removed, withdrawn = make_comment(body="bad words"), make_comment(body="sorry")
    for parent, state in ((removed, State.REMOVED), (withdrawn, State.WITHDRAWN)):
        make_comment(parent=parent, body="an answer")
        from comments.visibility import move
        from tests.factories import make_rule

        move(parent, state, rule=make_rule(3))

    page = client.get(removed.thread.get_absolute_url()).content.decode()
    assert "Removed by a moderator" in page
    assert "rule 3" in page
    assert "bad words" not in page
    assert "an answer" in page
    assert "Withdrawn by its author" in client.get(withdrawn.thread.get_absolute_url()).content.decode()


def test_a_gone_comment_without_answers_is_gone(client):
    comment = make_comment(state=State.REMOVED)

    assert client.get(comment.get_absolute_url()).status_code == 410


def test_the_writer_sees_why_the_own_comment_waits(client_of, reader):
    public = make_comment()
    client = client_of(reader)
    client.post(public.thread.post_url, {"body": "New here. http://a.example http://b.example"})

    page = client.get(public.thread.get_absolute_url()).content.decode()

    assert "Waiting for a moderator." in page
    assert "2 links" in page
    assert "first comment" in page


def test_a_branch_shows_what_a_comment_answers_and_what_answers_it():
    root = make_comment(body="root")
    child = make_comment(parent=root, body="child")
    make_comment(parent=root, body="sibling")
    make_comment(parent=child, body="grandchild")

    branch = load_branch(child, ANYBODY)

    assert bodies(branch) == ["root", "child", "grandchild", "sibling"]
    assert [n.is_subject for n in branch.nodes] == [False, True, False, False]


def test_a_long_branch_pages(settings):
    settings.ANSWERS_PER_PAGE = 2
    root = make_comment(body="root")
    for n in range(5):
        make_comment(parent=root, body=str(n))

    seen, after = [], ""
    while True:
        branch = load_branch(root, ANYBODY, after=after)
        seen += bodies(branch)[1:]
        if not (after := branch.next):
            break
    assert seen == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("reader_kind", ["anybody", "member"])
def test_a_page_of_thirty_costs_the_queries_of_a_page_of_one(django_assert_num_queries, reader_kind):
    reader = ANYBODY if reader_kind == "anybody" else Reader(member=make_member())
    small, large = make_thread(), make_thread()
    make_comment(parent=make_comment(thread=small))
    for _ in range(30):
        make_comment(parent=make_comment(thread=large))

    for thread in (small, large):
        with django_assert_num_queries(3 if reader is ANYBODY else 6):  # a member's votes, mutes and last visit
            page = load_thread(thread, reader)
            [(n.comment.writer_name, n.comment.badge, n.answers_name) for n in page.nodes]


def test_lists_open_and_close_evenly_however_the_thread_looks():
    thread = make_thread()
    me = make_member()
    root = make_comment(thread=thread)
    middle = make_comment(parent=root)
    own = make_comment(parent=middle, member=me, state=State.IN_REVIEW)
    from comments.visibility import withdraw

    withdraw(middle)  # it has no public answer, so it has no place; the reader's own waiting answer has
    make_comment(thread=thread)

    page = load_thread(thread, Reader(member=me), sort="oldest")

    assert own.pk in [n.comment.pk for n in page.nodes]
    assert sum(n.opens for n in page.nodes) == sum(n.closes for n in page.nodes)
    html = Client().get(thread.get_absolute_url()).content.decode()
    assert '<ol class="thread">' in html
    assert html.count("<ol") == html.count("</ol>")


def test_the_first_to_comment_is_invited_by_the_headline(client):
    thread = make_thread(title="A theatre tries plays at lunch", invitation="Were you there on Friday?")

    page = client.get(thread.get_absolute_url()).content.decode()

    assert "Be the first to comment on “A theatre tries plays at lunch”" in page
    assert "Were you there on Friday?" in page
    assert "Your email address will not be published" in page


def test_no_address_of_anybody_stands_on_a_page(client):
    comment = make_comment(member=make_member(email="secret@example.org"))

    for address in (comment.thread.get_absolute_url(), comment.get_absolute_url()):
        assert "secret@example.org" not in client.get(address).content.decode()


def test_only_the_writer_withdraws(client_of, reader, other_reader, visitor_client):
    comment = make_comment(member=reader)
    address = f"/discuss/c/{comment.pk}/withdraw/"

    assert client_of(other_reader).post(address).status_code == 404
    assert visitor_client.post(address).status_code == 404
    assert client_of(reader).get(address).status_code == 200
    comment.refresh_from_db()
    assert comment.state == State.PUBLIC
    client_of(reader).post(address)

    comment.refresh_from_db()
    assert comment.state == State.WITHDRAWN


def test_readers_find_their_own_comments_with_how_each_stands(client_of, reader, client, visitor_client):
    make_comment(member=reader, body="My waiting words.", state=State.IN_REVIEW)
    make_comment(member=reader, body="My refused words.", state=State.REFUSED)
    make_comment(body="Words of others.")

    page = client_of(reader).get("/discuss/mine/").content.decode()

    assert "My waiting words." in page
    assert "Waiting for a moderator" in page
    assert "by house rule 3" in page
    assert "Words of others." not in page
    assert "Nothing yet" in client.get("/discuss/mine/").content.decode()


def test_a_list_of_thirty_own_comments_costs_the_queries_of_one(client_of, reader, django_assert_num_queries):
    client = client_of(reader)
    make_comment(member=reader)
    client.get("/discuss/mine/")  # parts of the page that are the same for everybody are kept
    with CaptureQueriesContext(connection) as one:
        client.get("/discuss/mine/")
    for _ in range(29):
        make_comment(member=reader)

    with django_assert_num_queries(len(one)):
        client.get("/discuss/mine/")
