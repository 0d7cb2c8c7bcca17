"""`/discuss/<thread>/live/`: small, the same for everybody, and nothing that is not public."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import visibility
from comments.live import NEWEST, stamp
from comments.models import Comment, Thread
from comments.models.comments import State
from comments.readers import COOKIE_NAME
from tests.factories import make_comment, make_guest, make_rule, make_thread

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread():
    return make_thread()


def live(thread: Thread, client: Client | None = None, **headers):
    return (client or Client()).get(f"/discuss/{thread.pk}/live/", **headers)


def test_it_says_version_count_and_the_newest_and_nothing_else(thread):
    now = timezone.now()
    old = make_comment(thread=thread, created_at=now - timedelta(hours=2))
    new = make_comment(thread=thread, parent=old, created_at=now - timedelta(hours=1))

    answer = live(thread)

    thread.refresh_from_db()
    assert answer.json() == {
        "version": thread.version,
        "count": 2,
        "newest": [
            {"id": new.pk, "at": stamp(new.published_at)},
            {"id": old.pk, "at": stamp(old.published_at)},
        ],
    }
    assert answer["Cache-Control"] == "public, max-age=5"
    assert answer["Vary"] == "Accept-Encoding"
    assert not answer.cookies


def test_the_newest_are_twenty_at_most_by_time_of_publication(thread):
    comments = [make_comment(thread=thread) for _ in range(NEWEST + 5)]
    held = make_comment(thread=thread, state=State.IN_REVIEW)
    visibility.make_public(held)

    newest = [line["id"] for line in live(thread).json()["newest"]]

    assert newest == [held.pk, *(c.pk for c in reversed(comments[-NEWEST + 1 :]))]


@pytest.mark.parametrize("state", [s for s in State if s != State.PUBLIC])
def test_what_is_not_public_is_neither_named_nor_counted(thread, state):
    make_comment(thread=thread, state=state)

    answer = live(thread).json()

    assert (answer["count"], answer["newest"]) == (0, [])


def test_asking_again_costs_one_query_however_long_the_discussion(thread):
    for _ in range(30):
        make_comment(thread=thread)
    first = live(thread)

    with CaptureQueriesContext(connection) as seen:
        second = live(thread)

    assert len(seen) == 1
    assert "comments_comment" not in seen[0]["sql"]
    assert second.content == first.content


def test_members_and_guests_get_the_same_from_memory(thread, reader, client_of):
    guest = make_guest()
    make_comment(thread=thread, guest=guest, state=State.IN_REVIEW)
    as_guest = Client()
    as_guest.cookies[COOKIE_NAME] = guest.cookie()
    member = client_of(reader)
    first = live(thread, member)

    with CaptureQueriesContext(connection) as seen:
        answers = [live(thread, member), live(thread, as_guest), live(thread)]

    assert len(seen) == 3
    assert {answer.content for answer in answers} == {first.content}
    assert {answer["Cache-Control"] for answer in answers} == {"public, max-age=5"}


def test_what_comes_and_what_goes_is_seen_at_once(thread):
    first = make_comment(thread=thread)
    before = live(thread)
    make_comment(thread=thread)
    visibility.remove(first, rule=make_rule())

    after = live(thread)

    assert first.pk not in [line["id"] for line in after.json()["newest"]]
    assert after.json()["version"] == before.json()["version"] + 2
    assert after["ETag"] != before["ETag"]


def test_who_has_the_answer_is_told_so(thread):
    tag = live(thread)["ETag"]

    answer = live(thread, HTTP_IF_NONE_MATCH=tag)

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer["Cache-Control"] == "public, max-age=5"


def test_a_thread_that_has_ended_is_not_there():
    noon = datetime(2026, 11, 17, 12, tzinfo=UTC)
    with time_machine.travel(noon, tick=False) as clock:
        thread = make_thread(visible_until=noon + timedelta(seconds=10))
        assert live(thread).status_code == 200

        clock.shift(10)

        assert live(thread).status_code == 404
    assert Client().get("/discuss/999999/live/").status_code == 404


def test_nobody_can_post_to_it(thread, visitor_client):
    assert visitor_client.post(f"/discuss/{thread.pk}/live/").status_code == 405


def test_stamps_sort_as_times_do():
    moments = [
        datetime(2026, 11, 17, 12, 0, 0, 0, UTC),
        datetime(2026, 11, 17, 12, 0, 0, 5, UTC),
        datetime(2026, 11, 17, 12, 0, 1, 0, UTC),
    ]

    assert sorted(map(stamp, moments)) == [stamp(at) for at in moments]
    assert stamp(None) == ""


def test_it_stays_small(thread):
    for _ in range(30):
        make_comment(thread=thread)

    assert len(live(thread).content) < 1500
    assert set(json.loads(live(thread).content)) == {"version", "count", "newest"}
    assert Comment.objects.count() == 30
