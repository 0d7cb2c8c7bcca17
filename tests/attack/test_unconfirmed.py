"""Typed addresses that nobody has proven: what is said about their letters, and when they go."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from comments.housekeeping import erase_unconfirmed
from comments.models import Comment, Guest
from comments.models.comments import State
from comments.visibility import withdraw
from tests.factories import make_comment, make_guest, make_thread

pytestmark = pytest.mark.django_db


def test_an_address_that_nobody_confirmed_is_erased_though_its_comment_was_withdrawn():
    long_ago = timezone.now() - timedelta(days=8)
    guest = make_guest(email="typed@example.org", confirmed=False)
    Guest.objects.filter(pk=guest.pk).update(made_at=long_ago)
    withdraw(make_comment(guest=guest, state=State.UNCONFIRMED, created_at=long_ago))

    erase_unconfirmed()

    assert not Guest.objects.filter(email="typed@example.org").exists()
    assert not Comment.objects.exists()


def test_a_page_does_not_say_that_a_letter_was_sent_when_none_was(run_jobs):
    thread = make_thread()
    typed = {"name": "Ana", "email": "ana@example.org"}
    Client(HTTP_SEC_FETCH_SITE="same-origin").post(thread.post_url, {**typed, "body": "From the laptop."})
    phone = Client(HTTP_SEC_FETCH_SITE="same-origin")

    answer = phone.post(thread.post_url, {**typed, "body": "From the phone."})
    run_jobs()

    assert len(mail.outbox) == 1
    page = phone.get(answer["Location"]).content.decode()
    assert "From the phone." in page
    assert "We sent a letter" not in page
