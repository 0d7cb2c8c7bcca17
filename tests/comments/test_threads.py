"""Reading a discussion: order, places, pages, and what nobody may see."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comments.models.comments import State
from comments.readers import ANYBODY, Reader
from comments.threads import load_branch, load_thread
from tests.factories import make_comment, make_member, make_thread

pytestmark = pytest.mark.django_db


def bodies(page) -> list[str]:
    return [node.comment.body for node in page.nodes]


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


@pytest.mark.parametrize("after", ["x", "2026-11-01_", "_3", "2026-99-99T00:00_1", "2026-11-01T00:00:00_1", "é"])
def test_a_cursor_that_is_none_gives_the_first_page(after):
    thread = make_thread()
    make_comment(thread=thread, body="here")

    assert bodies(load_thread(thread, ANYBODY, after=after)) == ["here"]


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

    assert [n.comment.body for n in branch.nodes] == ["root", "child", "grandchild"]
    assert [n.is_subject for n in branch.nodes] == [False, True, False]


def test_a_long_branch_pages(monkeypatch):
    monkeypatch.setattr("comments.threads.ANSWERS_PER_PAGE", 2)
    root = make_comment(body="root")
    for n in range(5):
        make_comment(parent=root, body=str(n))

    seen, after = [], ""
    while True:
        branch = load_branch(root, ANYBODY, after=after)
        seen += [n.comment.body for n in branch.nodes if not n.is_subject]
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
        with django_assert_num_queries(3 if reader is ANYBODY else 4):  # a member's own votes
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
    with CaptureQueriesContext(connection) as one:
        client.get("/discuss/mine/")
    for _ in range(29):
        make_comment(member=reader)

    with django_assert_num_queries(len(one)):
        client.get("/discuss/mine/")
