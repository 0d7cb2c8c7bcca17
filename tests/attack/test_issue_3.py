"""Discussions under attack: cursors of others, ways back that are none, names without end, junk for cookies."""

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from civic.lib import tokens
from comments import confirming, importing, leaving
from comments.models import Follow, Rhythm
from comments.models.comments import State
from tests.factories import make_comment, make_guest, make_thread

pytestmark = pytest.mark.django_db


def asking(**headers) -> Client:
    return Client(HTTP_SEC_FETCH_SITE="same-origin", raise_request_exception=False, **headers)


def over(**fields):
    """A discussion that is no longer to be seen, with an answer in it; the root."""
    thread = make_thread(**fields)
    root = make_comment(thread=thread)
    make_comment(parent=root, body="Words that were taken off the page.")
    thread.visible_until = timezone.now() - timedelta(hours=1)
    thread.save(update_fields=["visible_until"])
    return root


def test_a_cursor_into_another_discussion_that_has_ended_shows_nothing_of_it():
    root = over()
    open_thread = make_comment().thread

    answer = asking().get(f"/api/v1/threads/{open_thread.pk}/comments?after=newest_9_{root.pk}")

    assert "Words that were taken off the page." not in answer.content.decode()
    assert [one["thread"] for one in answer.json().get("items", []) if one["thread"] != open_thread.pk] == []


@pytest.mark.parametrize("back", ["/a\nSet-Cookie: a=b", "/a\r\nb", "/" + "ü" * 9, "/" + "a" * 9000, "/\0"])
def test_a_way_back_from_a_vote_with_line_ends_in_it_is_no_failure_of_ours(client_of, reader, back):
    comment = make_comment()
    client = client_of(reader)
    client.raise_request_exception = False

    answer = client.post(f"/discuss/c/{comment.pk}/vote/", {"button": "agree", "back": back})

    assert answer.status_code == 303


def test_a_way_back_from_the_desk_with_line_ends_in_it_is_no_failure_of_ours(client_of, moderator):
    comment = make_comment()
    client = client_of(moderator)
    client.raise_request_exception = False

    answer = client.post(f"/moderation/comments/{comment.pk}/pin/", {"on": "1", "back": "/a\nb"})

    assert answer.status_code == 303


def test_an_author_of_a_million_signs_is_brought_in_within_a_fifth_of_a_second():
    begun = time.process_time()
    importing._shown_name("a@" * 500_000)

    assert time.process_time() - begun < 0.2


@pytest.mark.parametrize("cookie", ["x", "x" * 32, "\x01", "sessionid"])
@pytest.mark.parametrize("address", ["/discuss/{}/live/", "/api/v1/threads/{}", "/discuss/{}/comments.xml"])
def test_what_networks_may_keep_sets_no_cookie_whatever_junk_was_sent(address, cookie, caplog):
    client = asking(HTTP_COOKIE=f"sessionid={cookie}")

    answer = client.get(address.format(make_comment().thread.pk))

    assert answer.status_code == 200
    assert "public" not in answer["Cache-Control"] or not answer.cookies
    assert caplog.records == []


@pytest.mark.parametrize(
    "query",
    [
        "?address=%00",
        "?address=%ED%A0%80",
        "?address=http://[",
        "?address=" + "a" * 9000,
        "?address=http://a:b/",
        "?address=",
    ],
)
def test_nonsense_for_an_address_is_no_failure_of_ours(query):
    assert asking().get(f"/api/v1/threads{query}").status_code in (404, 422)


@pytest.mark.parametrize(
    "after",
    [
        "newest_1_1.%00",
        "newest_1_",
        "newest_-1_1",
        "newest_٣_1",
        "newest_" + "9" * 18 + "_1",
        "x" * 9000,
        "best_1_1",
        "newest_1_" + ".".join("1" * 200),
    ],
)
def test_nonsense_for_a_cursor_is_no_failure_of_ours(after):
    thread = make_comment().thread

    assert asking().get(f"/api/v1/threads/{thread.pk}/comments?after={after}").status_code in (200, 422)
    assert asking().get(f"/discuss/{thread.pk}/?after={after}&part=list").status_code == 200


def test_a_thousand_and_one_parameters_are_no_failure_of_ours():
    thread = make_comment().thread

    query = "&".join(f"a{n}=1" for n in range(1100))

    assert asking().get(f"{thread.get_absolute_url()}?{query}").status_code in (200, 400)


@pytest.mark.parametrize("charset", ["utf-16", "idna"])
def test_a_strange_charset_is_no_failure_of_ours(charset):
    thread = make_comment().thread
    client = asking()

    for address in (f"{thread.get_absolute_url()}?sort=best", f"/api/v1/threads/{thread.pk}/comments?sort=best"):
        answer = client.generic("GET", address, content_type=f"text/html; charset={charset}")
        assert answer.status_code in (200, 400)


def test_stopping_does_not_change_how_often(reader, client_of):
    follow = Follow.objects.create(member=reader, thread=make_comment().thread, rhythm=Rhythm.AT_ONCE)

    client_of(reader).post(f"/discuss/mine/follows/{follow.pk}/", {"rhythm": "daily", "stop": "1"})

    assert not Follow.objects.exists()


def test_whoever_is_leaving_confirms_nothing_any_more():
    guest = make_guest(confirmed=False)
    comment = make_comment(guest=guest, state=State.UNCONFIRMED)
    token = tokens.make(confirming.CONFIRM, str(guest.pk))
    leaving.let_go(leaving.with_key(guest.key), words_go=True)

    answer = asking().post(f"/discuss/confirm/{token}/")

    comment.refresh_from_db()
    assert (answer.status_code, comment.state) == (410, State.UNCONFIRMED)
    assert "civic_guest" not in answer.cookies
