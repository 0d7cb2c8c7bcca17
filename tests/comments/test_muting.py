"""Muting: folded for one member, and for nobody else."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comments.models import Mute
from comments.models.comments import State
from comments.readers import ANYBODY, Reader
from comments.threads import load_thread
from comments.visibility import remove
from tests.factories import make_comment, make_guest, make_member, make_rule

pytestmark = pytest.mark.django_db


def url(comment) -> str:
    return f"/discuss/c/{comment.pk}/mute/"


def muted_bodies(thread, reader) -> list[str]:
    nodes = load_thread(thread, reader, sort="oldest").nodes
    return [str(node.comment.body_html) for node in nodes if node.is_muted]


def test_a_muted_person_is_folded_for_this_member_alone_and_answers_stay(client_of, reader, other_reader):
    loud = make_member()
    first = make_comment(member=loud, body="Noise.")
    make_comment(parent=first, body="Calm words.")
    make_comment(thread=first.thread, member=loud, body="Noise again.")
    client = client_of(reader)

    assert "Nobody is told" in client.get(url(first)).content.decode()
    assert not Mute.objects.exists()
    assert client.post(url(first))["Location"] == f"/discuss/c/{first.pk}/#c-{first.pk}"
    client.post(url(first))

    assert [(row.by, row.member, row.guest) for row in Mute.objects.all()] == [(reader, loud, None)]
    assert muted_bodies(first.thread, Reader(member=reader)) == ["<p>Noise.</p>", "<p>Noise again.</p>"]
    for other in (Reader(member=other_reader), Reader(member=loud), Reader(guest_key=make_guest().key), ANYBODY):
        assert muted_bodies(first.thread, other) == []
    page = client.get(first.thread.get_absolute_url()).content.decode()
    assert page.count('<details class="comment__muted">') == 2
    assert "Noise again." in page


def test_a_guest_is_muted_under_this_name_and_no_member_with_it(client_of, reader):
    guest = make_guest()
    comment = make_comment(guest=guest, body="Noise.")
    make_comment(thread=comment.thread, guest=make_guest(), body="Another guest.")

    client_of(reader).post(url(comment))

    assert muted_bodies(comment.thread, Reader(member=reader)) == ["<p>Noise.</p>"]


def test_nobody_mutes_themselves(client_of, reader):
    own = make_comment(member=reader)

    assert client_of(reader).get(url(own)).status_code == 403
    assert client_of(reader).post(url(own)).status_code == 403
    assert not Mute.objects.exists()


def test_moderators_can_be_muted_and_what_they_decide_stays_visible(client_of, reader, moderator):
    words = make_comment(member=moderator, body="Words of a moderator.")
    removed = make_comment(thread=words.thread, body="Bad words.")
    make_comment(parent=removed)
    client_of(reader).post(url(words))
    remove(removed, rule=make_rule())

    page = client_of(reader).get(words.thread.get_absolute_url()).content.decode()

    assert "Removed by a moderator" in page
    assert page.count("comment__muted") == 1


def test_only_members_mute(visitor_client):
    comment = make_comment()

    for answer in (
        visitor_client.get(url(comment)),
        visitor_client.post(url(comment)),
        visitor_client.get("/me/muted/"),
    ):
        assert answer["Location"].startswith("/accounts/login/")
    assert not Mute.objects.exists()


@pytest.mark.parametrize("state", [s for s in State if s != State.PUBLIC])
def test_what_is_not_public_tells_nothing_on_this_page_either(client_of, reader, state):
    comment = make_comment(state=state, member=make_member(display_name="Hidden Name"))

    assert client_of(reader).get(url(comment)).status_code == 404


def test_the_list_hears_again_only_those_of_its_member(client_of, reader, other_reader):
    comment = make_comment(member=make_member(display_name="Loud Lou"))
    client_of(reader).post(url(comment))
    mute = Mute.objects.get()

    client_of(other_reader).post("/me/muted/", {"mute": mute.pk})
    assert "Loud Lou" in client_of(reader).get("/me/muted/").content.decode()
    assert "Loud Lou" not in client_of(other_reader).get("/me/muted/").content.decode()
    client_of(reader).post("/me/muted/", {"mute": "nonsense"})
    assert Mute.objects.count() == 1
    client_of(reader).post("/me/muted/", {"mute": mute.pk})
    assert not Mute.objects.exists()


def test_the_page_of_somebody_muted_offers_to_hear_them_again(client_of, reader):
    comment = make_comment()
    client = client_of(reader)
    client.post(url(comment))

    assert "Hear them again" in client.get(url(comment)).content.decode()
    client.post(url(comment), {"stop": "1"})
    assert not Mute.objects.exists()


def test_thirty_muted_people_cost_the_queries_of_one(client_of, reader):
    client = client_of(reader)
    first = make_comment()
    Mute.objects.create(by=reader, member=first.member)
    numbers = []
    client.get(first.thread.get_absolute_url())
    for more in (0, 29):
        for _ in range(more):
            comment = make_comment(thread=first.thread, guest=make_guest())
            Mute.objects.create(by=reader, guest=comment.guest)
        counts = []
        for path in ("/me/muted/", first.thread.get_absolute_url()):
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            counts.append(len(queries))
        numbers.append(counts)

    assert numbers[0] == numbers[1]


def test_nobody_else_learns_who_is_muted(reader):
    comment = make_comment(body="Noise.")
    Mute.objects.create(by=reader, member=comment.member)

    assert "comment__muted" not in Client().get(comment.thread.get_absolute_url()).content.decode()
