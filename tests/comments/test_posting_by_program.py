"""A program posts as people do: the same address and fields, the same codes, in JSON."""

import pytest
from django.conf import settings as configured
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from comments.models import Comment
from comments.models.comments import State
from tests.factories import make_comment, make_thread

pytestmark = pytest.mark.django_db

HOST = configured.SITE_URL.partition("://")[2]


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def program() -> Client:
    """What a program sends: no cookie, no token, but where it comes from and what it understands."""
    return Client(
        enforce_csrf_checks=True,
        HTTP_HOST=HOST,
        HTTP_ORIGIN=configured.SITE_URL,
        HTTP_ACCEPT="application/json",
    )


def post(program, thread, **fields):
    known = {"name": "Robin", "email": "robin@example.org", "body": "A thought of a program."}
    return program.post(f"/discuss/{thread.pk}/post/", {**known, **fields})


def test_a_comment_is_taken_and_its_address_told(program):
    root = make_comment()

    answer = post(program, root.thread, parent=root.pk, website="https://robin.example/")

    comment = Comment.objects.get(parent=root)
    assert (answer.status_code, answer["Location"]) == (303, f"/discuss/c/{comment.pk}/")
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {"id": comment.pk, "state": "unconfirmed", "url": f"/discuss/c/{comment.pk}/"}
    assert (comment.body, comment.guest.website) == ("A thought of a program.", "https://robin.example/")


def test_the_same_text_twice_is_the_first_comment(program):
    thread = make_thread()

    first, second = post(program, thread), post(program, thread)

    assert first.json() == second.json()
    assert Comment.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"body": ""}, ["body"]),
        ({"body": "x" * 20_001}, ["body"]),
        ({"name": "", "email": ""}, ["name", "email"]),
        ({"email": "nonsense"}, ["email"]),
        ({"website": "javascript:alert(1)"}, ["website"]),
        ({"parent": "0"}, ["parent"]),
        ({"subject": "filled in"}, ["form"]),
    ],
)
def test_what_is_wrong_is_said_by_field_and_the_text_comes_back(program, fields, named):
    answer = post(program, make_thread(), **fields)

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == named
    assert all(isinstance(said, str) for sentences in answer.json()["errors"].values() for said in sentences)
    assert answer.json()["body"] == fields.get("body", "A thought of a program.")
    assert not Comment.objects.exists()


def test_an_answer_to_what_is_gone_is_refused_and_the_text_kept(program):
    gone = make_comment(state=State.REMOVED)

    answer = post(program, gone.thread, parent=gone.pk)

    assert answer.status_code == 422
    assert answer.json()["body"] == "A thought of a program."


@pytest.mark.parametrize("closed", [{"closes_at": timezone.now()}, {"mode": "closed"}, {"mode": "members"}])
def test_a_closed_discussion_refuses_with_a_reason(program, closed):
    answer = post(program, make_thread(**closed))

    assert answer.status_code == 403
    assert len(answer.json()["errors"]["form"]) == 1
    assert answer.json()["body"] == "A thought of a program."


def test_what_has_expired_takes_nothing(program):
    assert post(program, make_thread(visible_until=timezone.now())).status_code == 404


def test_too_fast_is_said_with_the_seconds_to_wait(program, settings):
    settings.COMMENT_PACE_SECONDS = 60
    thread = make_thread()
    post(program, thread)

    answer = post(program, thread, body="Another thought.")

    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert list(answer.json()["errors"]) == ["form"]
    assert answer.json()["body"] == "Another thought."


@pytest.mark.parametrize("origin", [{}, {"HTTP_ORIGIN": "https://elsewhere.example"}, {"HTTP_ORIGIN": "null"}])
def test_a_program_that_does_not_say_where_it_comes_from_is_told_how(origin):
    stranger = Client(enforce_csrf_checks=True, HTTP_HOST=HOST, HTTP_ACCEPT="application/json", **origin)

    answer = post(stranger, make_thread())

    assert answer.status_code == 403
    assert configured.SITE_URL in answer.json()["errors"]["form"][0]
    assert not Comment.objects.exists()


@pytest.mark.parametrize("path", ["/discuss/999999/post/", "/discuss/c/999999/edit/", "/discuss/nowhere/"])
def test_where_nothing_is_a_program_is_told_so_in_json(program, path):
    answer = program.post(path, {"name": "Robin", "email": "robin@example.org", "body": "A thought."})

    assert answer.status_code == 404
    assert answer.json() == {"errors": {"form": ["There is nothing at this address, or not any more."]}}


def test_without_json_it_is_the_page_for_people(program):
    program.defaults["HTTP_ACCEPT"] = "*/*"

    assert post(program, make_thread(), email="nonsense")["Content-Type"].startswith("text/html")
    assert program.post("/discuss/999999/post/")["Content-Type"].startswith("text/html")
