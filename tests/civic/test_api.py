"""How every answer under `/api/` leaves the house."""

import json

import pytest

from tests.factories import make_comment, make_thread

pytestmark = pytest.mark.django_db


@pytest.fixture
def address() -> str:
    return f"/api/v1/threads/{make_comment().thread_id}/comments"


def test_an_answer_may_be_read_by_any_page_and_kept_for_a_moment(client, address):
    response = client.get(address)

    assert response["Content-Type"].startswith("application/json")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert response["Cache-Control"] == "public, max-age=10"
    assert response["X-Robots-Tag"] == "noindex"
    assert "Vary" not in response
    assert not response.cookies


def test_what_is_known_is_not_sent_again(client, address):
    etag = client.get(address)["ETag"]

    known = client.get(address, headers={"If-None-Match": etag})
    assert (known.status_code, known.content) == (304, b"")
    assert known["Access-Control-Allow-Origin"] == "*"
    assert known["Cache-Control"] == "public, max-age=10"

    make_comment(thread=make_comment().thread)
    other = client.get(address, headers={"If-None-Match": '"something"'})
    assert other.status_code == 200


def test_it_is_the_same_for_somebody_signed_in(client, client_of, reader, address):
    anybody, member = client.get(address), client_of(reader).get(address)

    assert member.content == anybody.content
    assert member["Cache-Control"] == anybody["Cache-Control"]
    assert not member.cookies


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v1/nothing", "/api/v1/threads/0", "/api/v2/threads", "/api/v1/docs"]
)
def test_what_is_not_there_is_said_in_json(client, settings, path):
    for debug in (False, True):
        settings.DEBUG = debug
        response = client.get(path)

        assert response.status_code == 404
        assert list(response.json()) == ["detail"]
        assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_changed_here(client, address, method):
    response = getattr(client, method)(address)

    assert response.status_code == 405
    assert set(response["Allow"].split(", ")) == {"GET", "HEAD"}
    assert list(response.json()) == ["detail"]


def test_head_and_options_are_answered(client, address):
    head, options = client.head(address), client.options(address)

    assert (head.status_code, head.content) == (200, b"")
    assert (options.status_code, options["Access-Control-Allow-Methods"]) == (204, "GET, HEAD")
    assert options["Access-Control-Allow-Origin"] == "*"


def test_what_breaks_is_said_in_json(client, address, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("a secret")

    monkeypatch.setattr("comments.api.list_comments", broken)
    client.raise_request_exception = False

    response = client.get(address)

    assert response.status_code == 500
    assert response["Content-Type"] == "application/json"
    assert b"secret" not in response.content


def test_the_schema_names_every_address(client):
    schema = client.get("/api/v1/openapi.json").json()

    assert set(schema["paths"]) == {
        "/api/v1/threads",
        "/api/v1/threads/{thread_id}",
        "/api/v1/threads/{thread_id}/comments",
        "/api/v1/comments/{pk}",
    }
    assert schema["info"]["title"] == "Civic"
    assert "http" not in json.dumps(schema["paths"])


def test_other_pages_are_left_alone(client):
    thread = make_thread()

    response = client.get(f"/discuss/{thread.pk}/")

    assert "Access-Control-Allow-Origin" not in response
    assert client.get("/discuss/0/")["Content-Type"].startswith("text/html")
