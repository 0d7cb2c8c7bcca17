"""New since the last visit: marked for members, for as long as a visit lasts, and never backwards."""

from datetime import timedelta
from threading import Thread as Worker

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from comments.models import Mute, Visit
from comments.models.comments import State
from comments.readers import ANYBODY, Reader
from comments.threads import load_thread
from comments.visibility import make_public
from comments.visits import mark_read
from tests.factories import make_comment, make_guest, make_member, make_thread

pytestmark = pytest.mark.django_db


def new_to(member, thread) -> list[int]:
    thread.refresh_from_db()
    nodes = load_thread(thread, Reader(member=member) if member else ANYBODY, sort="oldest").nodes
    return [node.comment.pk for node in nodes if node.is_new]


def read(client, thread, **more):
    thread.refresh_from_db()
    until = thread.last_comment_at.isoformat()
    return client.post(f"/discuss/{thread.pk}/read/", {"until": until, "quiet": "1", **more})


def later(**delta):
    return time_machine.travel(timezone.now() + timedelta(**delta))


def test_on_the_first_visit_nothing_is_new_and_afterwards_what_came_since(client_of, reader):
    thread = make_comment().thread
    assert new_to(reader, thread) == []
    read(client_of(reader), thread)

    with later(days=1):
        added = make_comment(thread=thread)

        assert new_to(reader, thread) == [added.pk]
        assert new_to(None, thread) == []
        assert new_to(make_member(), thread) == []


def test_what_counts_is_when_it_was_published(client_of, reader):
    waiting = make_comment(state=State.IN_REVIEW)
    make_comment(thread=waiting.thread)
    read(client_of(reader), waiting.thread)

    make_public(waiting)

    assert new_to(reader, waiting.thread) == [waiting.pk]


def test_own_words_and_those_of_muted_people_are_never_new(client_of, reader):
    thread = make_comment().thread
    loud = make_guest()
    Mute.objects.create(by=reader, guest=loud)
    read(client_of(reader), thread)

    make_comment(thread=thread, member=reader)
    make_comment(thread=thread, guest=loud)
    make_comment(thread=thread, member=reader, state=State.IN_REVIEW)

    assert new_to(reader, thread) == []


def test_marks_stay_for_the_visit_and_are_gone_at_the_next(client_of, reader):
    client = client_of(reader)
    thread = make_comment().thread
    read(client, thread)
    with later(days=1):
        added = make_comment(thread=thread)
        read(client, thread)
        assert new_to(reader, thread) == [added.pk]  # the second page, or a reload
        read(client, thread)
        assert new_to(reader, thread) == [added.pk]
    with later(days=1, minutes=20):
        read(client, thread)
        assert new_to(reader, thread) == [added.pk]
    with later(days=2):
        assert new_to(reader, thread) == []
        another = make_comment(thread=thread)
        assert new_to(reader, thread) == [another.pk]


def test_the_button_takes_the_marks_away_at_once(client_of, reader):
    client = client_of(reader)
    thread = make_comment().thread
    read(client, thread)
    make_comment(thread=thread)
    assert len(new_to(reader, thread)) == 1
    until = thread.last_comment_at.isoformat()

    answer = client.post(f"/discuss/{thread.pk}/read/", {"until": until})

    assert (answer.status_code, answer["Location"]) == (303, f"{thread.address}#discussion")
    assert new_to(reader, thread) == []


def test_looking_changes_nothing(client_of, reader):
    thread = make_comment().thread
    client = client_of(reader)

    client.get(thread.get_absolute_url())

    assert client.get(f"/discuss/{thread.pk}/read/").status_code == 405
    assert not Visit.objects.exists()


def test_an_old_tab_moves_nothing_backwards(reader):
    thread = make_comment().thread
    now = timezone.now()

    for minutes in (0, -60, -5, 60 * 24 * 365):
        mark_read(reader, thread, now + timedelta(minutes=minutes))

    visit = Visit.objects.get()
    assert now <= visit.read_until <= timezone.now()  # nor into the future


@pytest.mark.parametrize("until", ["", "yesterday", "2026-11-24", "2026-99-99T00:00:00Z", "0001-01-01T00:00:00+23:59"])
def test_nonsense_changes_nothing(client_of, reader, until):
    thread = make_comment().thread

    assert client_of(reader).post(f"/discuss/{thread.pk}/read/", {"until": until, "quiet": "1"}).status_code == 204
    assert not Visit.objects.exists()


def test_only_members_have_visits(visitor_client, client_of, reader):
    thread = make_comment().thread

    assert read(visitor_client, thread)["Location"].startswith("/accounts/login/")
    assert "mark-read" not in Client().get(thread.get_absolute_url()).content.decode()
    expired = make_thread(visible_until=timezone.now())
    assert client_of(reader).post(f"/discuss/{expired.pk}/read/").status_code == 404
    assert not Visit.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_end_where_the_further_one_is():
    member, thread = make_member(), make_comment().thread
    now = timezone.now()
    moments = [now - timedelta(minutes=n) for n in (9, 1, 5, 3)]
    failures: list[Exception] = []

    def work(moment) -> None:
        try:
            mark_read(member, thread, moment)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    workers = [Worker(target=work, args=(moment,)) for moment in moments]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert failures == []
    assert Visit.objects.get().read_until == now - timedelta(minutes=1)
