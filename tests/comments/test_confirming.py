"""A guest proves an address: by a letter, once, and only the holder of the mailbox gains by it."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from civic.lib import tokens
from comments import confirming, housekeeping
from comments.models import Comment, Guest
from comments.models.comments import State
from tests.factories import make_comment, make_guest, make_thread

pytestmark = pytest.mark.django_db

TYPED = {"body": "Words.", "name": "Ana", "email": "ana@example.org", "website": ""}


def link_in(letter) -> str:
    return "/discuss/confirm/" + letter.body.split("/discuss/confirm/")[1].split()[0]


@pytest.fixture
def letter(visitor_client, run_jobs):
    visitor_client.post(make_thread().post_url, TYPED)
    run_jobs()
    return mail.outbox[0]


def test_get_shows_a_button_and_changes_nothing(letter):
    page = Client().get(link_in(letter))

    assert page.status_code == 200
    assert "Yes, it was me" in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"
    assert Comment.objects.get().state == State.UNCONFIRMED


def test_post_confirms_and_a_first_comment_goes_to_the_moderators(letter, visitor_client):
    answer = visitor_client.post(link_in(letter))

    comment = Comment.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, comment.get_absolute_url())
    assert comment.state == State.IN_REVIEW
    assert comment.screenings.latest().reasons == ["first comment"]
    assert "Waiting for a moderator" in visitor_client.get(answer["Location"]).content.decode()


def test_a_fresh_confirmation_of_a_trusted_address_is_trusted(letter, visitor_client):
    make_comment(guest=make_guest(name="Ana", email="ana@example.org"))

    visitor_client.post(link_in(letter))

    assert Comment.objects.get(body="Words.").state == State.PUBLIC


def test_confirming_twice_changes_nothing_more(letter, visitor_client):
    visitor_client.post(link_in(letter))
    visitor_client.post(link_in(letter))

    assert Comment.objects.get().screenings.count() == 2  # at posting, and at confirming
    page = visitor_client.get(link_in(letter)).content.decode()
    assert "Your address is confirmed already" in page


def test_another_browser_that_confirms_takes_the_key_along(letter, visitor_client):
    """Whoever typed somebody else's address must not share a key with the person who reads the mailbox."""
    phone = Client(HTTP_SEC_FETCH_SITE="same-origin")
    where = Comment.objects.get().get_absolute_url()

    phone.post(link_in(letter))

    assert phone.get(where).status_code == 200
    assert visitor_client.get(where).status_code == 404


@pytest.mark.parametrize("remember", [True, False])
def test_confirming_keeps_the_key_no_longer_than_was_asked_for(visitor_client, run_jobs, remember):
    posted = visitor_client.post(make_thread().post_url, TYPED | ({"remember": "on"} if remember else {}))
    run_jobs()
    kept = posted.cookies["civic_guest"]["max-age"]

    here = visitor_client.post(link_in(mail.outbox[0]))
    phone = Client(HTTP_SEC_FETCH_SITE="same-origin").post(link_in(mail.outbox[0]))

    assert bool(kept) is remember
    assert "civic_guest" not in here.cookies
    assert phone.cookies["civic_guest"]["max-age"] == ""


def test_pages_name_the_days_of_the_settings(settings, letter, visitor_client):
    settings.COMMENT_CONFIRM_DAYS, settings.COMMENT_WITHDRAWN_DAYS = 5, 45
    comment = Comment.objects.get()

    page = visitor_client.get(link_in(letter)).content.decode()
    with time_machine.travel(timezone.now() + timedelta(days=6)):
        old = visitor_client.get(link_in(letter)).content.decode()
    withdraw = visitor_client.get(f"{comment.get_absolute_url()}withdraw/").content.decode()

    assert "erased after five days" in page
    assert "works for five days" in old
    assert "read it for 45 days" in withdraw


def test_unknown_damaged_and_foreign_tokens_are_not_found(letter, visitor_client):
    good = link_in(letter)
    other_purpose = tokens.make("guest-letter", str(Guest.objects.get().pk))
    for address in (good[:-3] + "/", "/discuss/confirm/nonsense/", f"/discuss/confirm/{other_purpose}/"):
        assert visitor_client.get(address).status_code == 404
        assert visitor_client.post(address).status_code == 404
    assert Comment.objects.get().state == State.UNCONFIRMED


def test_an_old_token_says_so(letter, visitor_client):
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        answer = visitor_client.post(link_in(letter))

    assert answer.status_code == 410
    assert "This link has run out" in answer.content.decode()
    assert Comment.objects.get().state == State.UNCONFIRMED


def test_an_address_gets_one_letter_in_ten_minutes_and_three_a_day(run_jobs):
    guest = make_guest(confirmed=False)
    start = timezone.now()
    written = []
    for minutes in (0, 5, 11, 22, 33, 24 * 60 + 1):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            written.append(confirming.ask_to_confirm(guest, b"p" * 16))
    run_jobs()

    assert written == [True, False, True, True, False, True]
    assert len(mail.outbox) == 4


def test_letters_from_one_network_are_limited(settings):
    settings.CONFIRM_LETTERS_PER_PREFIX_HOUR = 2
    for _ in range(2):
        confirming.ask_to_confirm(make_guest(confirmed=False), b"p" * 16)

    with pytest.raises(confirming.TooFast):
        confirming.ask_to_confirm(make_guest(confirmed=False), b"p" * 16)


def test_another_letter_can_be_asked_for_by_the_writer_only(letter, visitor_client, run_jobs):
    address = f"/discuss/c/{Comment.objects.get().pk}/letter/"

    assert Client(HTTP_SEC_FETCH_SITE="same-origin").post(address).status_code == 404
    assert visitor_client.post(address)["Location"].endswith("?letter=later")
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert visitor_client.post(address)["Location"].endswith("?letter=sent")
    run_jobs()
    assert len(mail.outbox) == 2


def test_a_private_link_gives_the_key_and_leads_to_a_clean_address():
    guest = make_guest()
    comment = make_comment(guest=guest, state=State.REFUSED)
    browser = Client()

    answer = browser.get(f"/discuss/by-letter/{guest.letter_token()}/{comment.pk}/")

    assert answer["Location"] == comment.get_absolute_url()
    assert browser.get(comment.get_absolute_url()).status_code == 200
    assert Client().get(comment.get_absolute_url()).status_code == 404


def test_a_forged_key_is_no_key():
    comment = make_comment(guest=make_guest(), state=State.IN_REVIEW)
    browser = Client()
    for cookie in (str(comment.guest.key), tokens.make("other", str(comment.guest.key)), "x", str(uuid4())):
        browser.cookies["civic_guest"] = cookie
        assert browser.get(comment.get_absolute_url()).status_code == 404


def test_what_nobody_confirms_is_erased_after_seven_days():
    old = make_comment(guest=make_guest(confirmed=False), state=State.UNCONFIRMED)
    Comment.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    Guest.objects.filter(pk=old.guest_id).update(made_at=timezone.now() - timedelta(days=8))
    fresh = make_comment(guest=make_guest(confirmed=False), state=State.UNCONFIRMED)

    housekeeping.erase_unconfirmed()

    assert list(Comment.objects.all()) == [fresh]
    assert list(Guest.objects.all()) == [fresh.guest]


def test_a_comment_left_behind_by_a_dead_process_goes_on():
    guest = make_guest(confirmed=False)
    comment = make_comment(guest=guest, state=State.UNCONFIRMED)
    Guest.objects.filter(pk=guest.pk).update(confirmed_at=timezone.now())

    housekeeping.settle_confirmed()

    comment.refresh_from_db()
    assert comment.state == State.IN_REVIEW
