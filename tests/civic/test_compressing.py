"""Pages that are not kept are compressed as they leave, and nothing else is touched."""

import gzip
import re
from pathlib import Path

import pytest
from django.test import Client

from tests.factories import make_comment, make_thread

pytestmark = pytest.mark.django_db

PACKED = {"HTTP_ACCEPT_ENCODING": "gzip, deflate, br"}


@pytest.mark.parametrize("path", ["", "reply/"])
def test_a_page_that_is_not_kept_is_sent_compressed(path):
    comment = make_comment(body="Words " * 400)

    address = f"{comment.get_absolute_url()}{path}"
    plain, packed = Client().get(address), Client().get(address, **PACKED)
    refused = Client().get(address, HTTP_ACCEPT_ENCODING="gzip;q=0")

    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 3
    assert packed["Content-Encoding"] == "gzip"
    assert int(packed["Content-Length"]) == len(packed.content)
    assert ["Content-Encoding" in answer for answer in (plain, refused)] == [False, False]
    assert ["Accept-Encoding" in answer["Vary"] for answer in (plain, packed, refused)] == [True, True, True]


def test_the_page_of_a_member_says_nothing_by_its_length(client_of, reader):
    client, address = client_of(reader), make_thread().get_absolute_url()

    answers = [client.get(address, **PACKED) for _ in range(20)]

    tokens = {
        re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', gzip.decompress(answer.content))[1]
        for answer in answers
    }
    assert len(tokens) == 20
    assert len({len(answer.content) for answer in answers}) > 5


def test_a_kept_page_is_packed_once():
    address = make_thread().get_absolute_url()

    answers = [Client().get(address, **PACKED) for _ in range(2)]

    assert [answer["Content-Encoding"] for answer in answers] == ["gzip", "gzip"]
    assert answers[0].content == answers[1].content
    assert b"<!doctype html>" in gzip.decompress(answers[0].content)


@pytest.mark.parametrize("name", ["page.html", "picture.png"])
def test_a_file_is_left_as_it_is(settings, tmp_path, name):
    settings.MEDIA_ROOT = tmp_path
    Path(tmp_path, name).write_bytes(b"<p>0123456789</p>" * 100)

    answer = Client().get(f"/media/{name}", **PACKED)

    assert "Content-Encoding" not in answer
    assert b"".join(answer.streaming_content) == b"<p>0123456789</p>" * 100
