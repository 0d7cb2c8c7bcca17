"""The feed of a discussion: public comments, the newest first, and nothing else."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from civic.pages import memory
from comments.models.comments import State
from comments.visibility import remove
from tests.factories import make_comment, make_guest, make_member, make_rule, make_thread

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"


def entries(client, thread) -> list[dict]:
    answer = client.get(f"/discuss/{thread.pk}/comments.xml")
    assert answer["Content-Type"].startswith("application/atom+xml")
    tree = ElementTree.fromstring(answer.content)  # noqa: S314 - our own answer
    return [
        {
            "title": entry.findtext(f"{ATOM}title"),
            "text": entry.findtext(f"{ATOM}summary"),
            "link": entry.find(f"{ATOM}link").get("href"),
        }
        for entry in tree.findall(f"{ATOM}entry")
    ]


def test_public_comments_stand_in_it_with_the_newest_first(client):
    first = make_comment(guest=make_guest(name="Gina"), body="*One.*")
    second = make_comment(parent=first, member=make_member(display_name="Max"), body="Two.")

    found = entries(client, first.thread)

    assert [entry["title"] for entry in found] == ["Max answers Gina", "Gina"]
    assert found[1]["text"] == "<p><em>One.</em></p>"
    assert found[0]["link"].endswith(second.get_absolute_url())


@pytest.mark.parametrize("state", [s for s in State if s != State.PUBLIC])
def test_nothing_else_does(client, state):
    thread = make_thread()
    make_comment(thread=thread, guest=make_guest(email="secret@example.org"), body="Hidden.", state=state)

    page = client.get(f"/discuss/{thread.pk}/comments.xml").content.decode()

    assert entries(client, thread) == []
    assert "Hidden." not in page
    assert "secret@example.org" not in page


def test_there_is_none_of_what_has_expired(client):
    thread = make_thread(visible_until=timezone.now() - timedelta(minutes=1))

    assert client.get(f"/discuss/{thread.pk}/comments.xml").status_code == 404


def test_it_is_kept_and_told_anew_as_soon_as_something_changes(client):
    comment = make_comment(body="Hidden soon.")
    address = f"/discuss/{comment.thread_id}/comments.xml"
    first = client.get(address)

    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    assert client.get(address)["X-Robots-Tag"] == "noindex"
    remove(comment, rule=make_rule())
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert b"Hidden soon." not in changed.content


def test_it_ends_when_what_is_discussed_expires(client):
    comment = make_comment(thread=make_thread(visible_until=timezone.now() + timedelta(seconds=30)))
    address = f"/discuss/{comment.thread_id}/comments.xml"
    assert client.get(address).status_code == 200

    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        assert client.get(address).status_code == 404


def test_a_closed_discussion_keeps_its_feed(client):
    comment = make_comment(thread=make_thread(closes_at=timezone.now() - timedelta(days=1)))

    assert len(entries(client, comment.thread)) == 1


def test_thirty_comments_cost_the_queries_of_one(client):
    thread = make_thread()
    numbers = []
    for more in (1, 29):
        for _ in range(more):
            make_comment(thread=thread)
        memory.clear()
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/discuss/{thread.pk}/comments.xml")
        numbers.append(len(queries))

    assert numbers[0] == numbers[1]
