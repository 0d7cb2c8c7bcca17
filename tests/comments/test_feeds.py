"""The feed of a discussion: public comments, the newest first, and nothing else."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments.models.comments import State
from tests.factories import make_comment, make_guest, make_member, make_thread

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


def test_thirty_comments_cost_the_queries_of_one(client):
    thread = make_thread()
    numbers = []
    for more in (1, 29):
        for _ in range(more):
            make_comment(thread=thread)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/discuss/{thread.pk}/comments.xml")
        numbers.append(len(queries))

    assert numbers[0] == numbers[1]
