"""Discussions for programs: what anybody may read, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Badge
from comments.models import Comment, Tally
from comments.models.comments import State
from comments.visibility import hold, remove, withdraw
from tests.factories import make_comment, make_guest, make_member, make_rule, make_thread

pytestmark = pytest.mark.django_db

WHEN = datetime(2026, 3, 1, 8, tzinfo=UTC)


def ask(client, path: str, **query) -> dict:
    response = client.get(f"/api/v1/{path}", query)
    assert response.status_code == 200, response.content
    return response.json()


def listed(client, thread, **query) -> list[dict]:
    return ask(client, f"threads/{thread.pk}/comments", **query)["items"]


def test_a_comment_is_told_as_the_page_shows_it(client, settings):
    guest = make_guest(name="Gina", email="gina@secret.example")
    guest.website = "https://gina.example/"
    guest.save()
    comment = make_comment(guest=guest, body="*Well* said.\n\nIndeed.", created_at=WHEN)

    (item,) = listed(client, comment.thread)

    assert item == {
        "id": comment.pk,
        "thread": comment.thread_id,
        "parent": None,
        "root": comment.pk,
        "depth": 0,
        "state": "public",
        "rule": None,
        "author": {
            "name": "Gina",
            "website": "https://gina.example/",
            "is_guest": True,
            "badge": {"kind": "guest", "label": "Guest"},
        },
        "html": "<p><em>Well</em> said.</p>\n<p>Indeed.</p>",
        "text": "Well said.\n\nIndeed.",
        "created": "2026-03-01T08:00:00Z",
        "published": "2026-03-01T08:00:00Z",
        "edited": None,
        "votes": None,
        "replies": 0,
        "pinned": False,
        "picked": False,
        "url": f"{settings.SITE_URL}/discuss/c/{comment.pk}/",
    }


def test_a_member_with_a_badge_is_no_guest(client):
    member = make_member(display_name="Mayor")
    Badge.objects.create(member=member, kind="official", label="Town hall")
    comment = make_comment(member=member)

    (item,) = listed(client, comment.thread)

    assert item["author"] == {
        "name": "Mayor",
        "website": None,
        "is_guest": False,
        "badge": {"kind": "official", "label": "Town hall"},
    }


def test_answers_say_whom_they_answer(client):
    root = make_comment()
    answer = make_comment(parent=root)

    items = listed(client, root.thread)

    assert [(i["parent"], i["root"], i["depth"], i["replies"]) for i in items] == [
        (None, root.pk, 0, 1),
        (root.pk, root.pk, 1, 0),
    ]
    assert ask(client, f"comments/{answer.pk}") == items[1]


def test_votes_are_told_from_five_on(client):
    few, enough = make_comment(), make_comment()
    Tally.objects.filter(comment=few).update(agree=2, respect=2)
    Tally.objects.filter(comment=enough).update(agree=2, disagree=1, respect=2)

    assert ask(client, f"comments/{few.pk}")["votes"] is None
    assert ask(client, f"comments/{enough.pk}")["votes"] == {"agree": 2, "disagree": 1, "unsure": 0, "respect": 2}


def test_only_a_change_after_publication_is_an_edit(client):
    before, after = make_comment(created_at=WHEN), make_comment(created_at=WHEN)
    Comment.objects.filter(pk=before.pk).update(edited_at=WHEN - timedelta(minutes=1))
    Comment.objects.filter(pk=after.pk).update(edited_at=WHEN + timedelta(minutes=1))

    assert ask(client, f"comments/{before.pk}")["edited"] is None
    assert ask(client, f"comments/{after.pk}")["edited"] == "2026-03-01T08:01:00Z"


def test_of_a_gone_comment_only_its_place_and_the_rule_are_told(client):
    thread, rule = make_thread(), make_rule()
    gone = []
    for leave in (lambda c: remove(c, rule=rule), withdraw, hold):
        comment = make_comment(thread=thread, body="SECRET", guest=make_guest(name="Hidden"), created_at=WHEN)
        make_comment(parent=comment)
        leave(comment)
        gone.append(comment.pk)

    answer = client.get(f"/api/v1/threads/{thread.pk}/comments", {"sort": "oldest"})

    assert b"SECRET" not in answer.content
    assert b"Hidden" not in answer.content
    items = [item for item in answer.json()["items"] if item["id"] in gone]
    assert [(item["state"], item["rule"]) for item in items] == [
        ("removed", {"number": rule.number, "text": rule.text}),
        ("withdrawn", None),
        ("held", None),
    ]
    nothing = {item[name] for item in items for name in ("author", "html", "text", "published", "edited", "votes")}
    assert nothing == {None}
    assert answer.json()["count"] == 3


@pytest.mark.parametrize("state", [state for state in State if state != State.PUBLIC])
def test_what_is_not_public_is_in_no_answer(client, client_of, state):
    writer = make_member(display_name="Hidden")
    thread = make_thread(address="/2026/11/tram/")
    comment = make_comment(thread=thread, member=writer, body="SECRET", state=state)

    for browser in (client, client_of(writer)):  # programs are nobody, whatever they bring
        lists = browser.get(f"/api/v1/threads/{thread.pk}/comments")
        alone = browser.get(f"/api/v1/comments/{comment.pk}")
        about = browser.get("/api/v1/threads", {"address": "/2026/11/tram/"})
        assert lists.json() == {"items": [], "next": None, "count": 0}
        assert alone.status_code == (410 if state in (State.REMOVED, State.WITHDRAWN) else 404)
        assert about.json()["count"] == 0
        for answer in (lists, alone, about):
            assert b"SECRET" not in answer.content
            assert b"Hidden" not in answer.content


def test_what_is_gone_for_good_is_said_to_be_gone(client):
    comment = make_comment(state=State.WITHDRAWN)

    answer = client.get(f"/api/v1/comments/{comment.pk}")

    assert (answer.status_code, answer.json()) == (
        410,
        {"detail": "This comment is gone, and no answer to it remains."},
    )


def test_nothing_personal_is_told(client):
    guest = make_guest(email="gina@secret.example")
    comment = make_comment(guest=guest)

    answers = [
        client.get(f"/api/v1/threads/{comment.thread_id}"),
        client.get(f"/api/v1/threads/{comment.thread_id}/comments"),
        client.get(f"/api/v1/comments/{comment.pk}"),
    ]

    for answer in answers:
        assert answer.status_code == 200
        assert b"secret.example" not in answer.content
        assert str(guest.key).encode() not in answer.content
        assert not answer.cookies


def test_a_thread_is_found_by_path_and_by_full_address(client, settings):
    thread = make_thread(address="/2026/11/tram/", title="The tram")
    comment = make_comment(thread=thread, created_at=WHEN)

    by_path = ask(client, "threads", address="/2026/11/tram/")

    assert by_path == {
        "id": thread.pk,
        "title": "The tram",
        "address": f"{settings.SITE_URL}/2026/11/tram/",
        "url": f"{settings.SITE_URL}/discuss/{thread.pk}/",
        "comments_url": f"{settings.SITE_URL}/api/v1/threads/{thread.pk}/comments",
        "feed_url": f"{settings.SITE_URL}/discuss/{thread.pk}/comments.xml",
        "count": 1,
        "people": 1,
        "last_comment_at": "2026-03-01T08:00:00Z",
        "is_open": True,
        "why_closed": "",
        "closes_at": None,
    }
    assert ask(client, "threads", address=f"{settings.SITE_URL}/2026/11/tram/?from=letter#c-{comment.pk}") == by_path
    assert ask(client, f"threads/{thread.pk}") == by_path


@pytest.mark.parametrize("address", ["/2026/11/bus/", "https://elsewhere.example/2026/11/tram/", "", "\0", "x" * 9000])
def test_what_is_not_discussed_here_is_not_found(client, address):
    make_thread(address="/2026/11/tram/")

    assert client.get("/api/v1/threads", {"address": address}).status_code == 404


def test_a_closed_thread_can_be_read_and_says_why_it_is_closed(client):
    comment = make_comment(thread=make_thread(closes_at=timezone.now() - timedelta(days=1)))

    found = ask(client, f"threads/{comment.thread_id}")

    assert (found["is_open"], found["count"]) == (False, 1)
    assert "closed" in found["why_closed"]
    assert [item["id"] for item in listed(client, comment.thread)] == [comment.pk]


def test_what_has_expired_is_nowhere(client):
    comment = make_comment(thread=make_thread(visible_until=timezone.now() - timedelta(seconds=1)))

    for path in (
        f"threads/{comment.thread_id}",
        f"threads/{comment.thread_id}/comments",
        f"threads?address={comment.thread.address}",
        f"comments/{comment.pk}",
    ):
        assert client.get(f"/api/v1/{path}").status_code == 404


def test_pages_follow_one_another_to_the_end(client):
    root = make_comment()
    expected = [root.pk, *(make_comment(parent=root).pk for _ in range(4))]

    first = ask(client, f"threads/{root.thread_id}/comments", limit=3)
    second = ask(client, f"threads/{root.thread_id}/comments", limit=3, after=first["next"])

    assert [item["id"] for item in first["items"] + second["items"]] == expected
    assert (first["count"], second["count"], second["next"]) == (5, 5, None)


@pytest.mark.parametrize("sort", ["newest", "oldest", "discussed", "best"])
def test_each_sort_is_taken(client, sort):
    comment = make_comment()

    assert [item["id"] for item in listed(client, comment.thread, sort=sort)] == [comment.pk]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"limit": 0}, "limit should be greater than or equal to 1"),
        ({"limit": 101}, "limit should be less than or equal to 100"),
        ({"limit": "many"}, "limit should be a valid integer"),
        ({"sort": "loudest"}, "sort should be 'newest', 'oldest', 'discussed' or 'best'"),
        ({"after": "nonsense"}, "after is not a cursor of this sort"),
        ({"sort": "best", "after": "newest_1_1"}, "after is not a cursor of this sort"),
    ],
)
def test_what_is_wrong_with_a_question_is_said(client, query, said):
    response = client.get(f"/api/v1/threads/{make_thread().pk}/comments", query)

    assert response.status_code == 422
    assert response.json()["detail"].startswith(said)
    assert list(response.json()["errors"]) == [said.partition(" ")[0]]


def test_letters_of_all_languages_come_as_they_are(client):
    comment = make_comment(body="Καλημέρα")

    assert "Καλημέρα" in client.get(f"/api/v1/comments/{comment.pk}").content.decode()


def test_a_thread_without_an_address_is_asked_for_one(client):
    response = client.get("/api/v1/threads")

    assert response.status_code == 422
    assert response.json() == {"detail": "address is missing", "errors": {"address": ["is missing"]}}


def test_thirty_comments_cost_the_queries_of_one(client, django_assert_num_queries):
    one, many = make_comment(), make_comment()
    for number in range(29):
        make_comment(thread=many.thread, parent=many if number % 2 else None, guest=make_guest())

    for thread in (one.thread, many.thread):
        with django_assert_num_queries(4):  # the site, the thread, its conversations, its comments
            assert listed(client, thread)
