"""Addresses and fields with nonsense in them are answered with 4xx, or with the first page; never with a 500."""

import pytest
from django.test import Client

from comments.models import Comment
from tests.factories import make_comment, make_thread

pytestmark = pytest.mark.django_db


def status(client, address: str) -> int:
    client.raise_request_exception = False
    return client.get(address).status_code


@pytest.mark.parametrize("page", ["0000000019", "000000001" + "9" * 5000])
def test_a_page_number_with_zeros_in_front_is_not_found(client, page):
    assert status(client, f"/archive/?page={page}") == 404


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00%2B23:59"])
def test_a_cursor_at_the_end_of_time_is_no_failure_of_ours(client, moment):
    assert status(client, f"/discuss/{make_thread().pk}/?after={moment}_1") < 500


def test_a_cursor_of_five_thousand_digits_is_no_failure_of_ours(client):
    assert status(client, f"{make_comment().get_absolute_url()}?after={'9' * 5000}") < 500


def test_a_done_of_five_thousand_digits_is_no_failure_of_ours(client_of, moderator):
    assert status(client_of(moderator), f"/moderation/?done={'9' * 5000}") < 500


def test_a_picture_with_an_endless_name_is_not_found(client, settings):
    settings.MEDIA_ROOT.mkdir()

    assert status(client, f"/media/{'a' * 300}.png") == 404


def test_a_website_of_the_longest_length_without_its_scheme_is_no_failure_of_ours():
    thread = make_thread()
    visitor = Client(HTTP_SEC_FETCH_SITE="same-origin", raise_request_exception=False)
    website = f"example.org/{'a' * 188}"
    assert len(website) == 200

    answer = visitor.post(
        thread.post_url, {"body": "Hello there.", "name": "Ana", "email": "ana@example.org", "website": website}
    )

    assert answer.status_code in (303, 422)
    assert Comment.objects.count() == (1 if answer.status_code == 303 else 0)
