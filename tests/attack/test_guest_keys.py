"""Somebody else's guest key in a reader's browser, and what a typed address may tell."""

from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.test import Client

from accounts.models import Suspension
from civic.lib.tokens import fingerprint
from comments.models import Comment, Guest
from comments.models.comments import State
from tests.factories import make_comment, make_guest, make_thread

pytestmark = pytest.mark.django_db

TYPED = {"body": "I agree with Hanna about the log.", "name": "Vera Victim", "email": "vera@example.org"}


def browser() -> Client:
    return Client(HTTP_SEC_FETCH_SITE="same-origin")


def victim_in_a_browser_with_the_attackers_key(thread):
    """An attacker has sent their own private link to somebody, who clicked it and later writes a comment."""
    attacker = make_guest(name="Malory", email="malory@example.org")
    bait = make_comment(thread=thread, guest=attacker)
    victim = browser()
    victim.get(f"/discuss/by-letter/{attacker.letter_token()}/{bait.pk}/")
    victim.post(thread.post_url, TYPED)
    attackers_browser = browser()
    attackers_browser.cookies["civic_guest"] = attacker.cookie()
    return victim, attackers_browser


def test_whoever_sent_a_reader_a_private_link_does_not_see_the_address_the_reader_types_afterwards():
    thread = make_thread()
    _, attacker = victim_in_a_browser_with_the_attackers_key(thread)

    page = attacker.get(thread.get_absolute_url()).content.decode()

    assert "vera@example.org" not in page
    assert "Vera Victim" not in page


def test_whoever_sent_a_reader_a_private_link_cannot_withdraw_what_the_reader_writes_afterwards():
    thread = make_thread()
    _, attacker = victim_in_a_browser_with_the_attackers_key(thread)
    comment = Comment.objects.get(guest__email="vera@example.org")

    answer = attacker.post(f"/discuss/c/{comment.pk}/withdraw/")

    comment.refresh_from_db()
    assert (answer.status_code, comment.state) == (404, State.UNCONFIRMED)


def test_whoever_sent_a_reader_a_private_link_does_not_get_the_trust_of_the_address_the_reader_confirms(run_jobs):
    thread = make_thread()
    victim, attacker = victim_in_a_browser_with_the_attackers_key(thread)
    run_jobs()
    letter = next(one for one in mail.outbox if one.to == ["vera@example.org"])
    link = next(word for word in letter.body.split() if "/discuss/confirm/" in word)
    victim.post(urlsplit(link).path)

    attacker.post(thread.post_url, {**TYPED, "body": "Words that Vera never said."})

    said = Comment.objects.get(body="Words that Vera never said.")
    assert said.state == State.UNCONFIRMED
    assert not said.guest.is_confirmed


def suspend(email: str, kind=Suspension.Kind.BAN) -> None:
    Suspension.objects.create(address_hash=fingerprint("address", email), kind=kind, rule="No insults.")


def test_a_stranger_who_types_an_address_is_not_told_that_it_is_banned_and_why():
    thread = make_thread()
    suspend("vera@example.org")

    banned = browser().post(thread.post_url, TYPED)
    other = browser().post(thread.post_url, {**TYPED, "email": "nobody@example.org"})

    assert banned.status_code == other.status_code == 303


def test_a_comment_of_an_address_that_was_banned_before_it_was_confirmed_does_not_become_public():
    thread = make_thread()
    make_comment(guest=make_guest(email="vera@example.org"))  # known and trusted, on another device
    visitor = browser()
    visitor.post(thread.post_url, TYPED)
    suspend("vera@example.org")
    waiting = Guest.objects.get(email="vera@example.org", confirmed_at=None)

    from comments import confirming

    confirming.confirm(waiting, device_key=waiting.key)

    assert Comment.objects.get(guest=waiting).state != State.PUBLIC


def test_the_page_of_a_withdrawn_comment_does_not_name_its_writer():
    guest = make_guest(name="Gina Gone")
    withdrawn = make_comment(guest=guest)
    make_comment(parent=withdrawn)
    from comments.visibility import withdraw

    withdraw(withdrawn)

    page = Client().get(withdrawn.get_absolute_url())

    assert page.status_code == 200
    assert "Gina Gone" not in page.content.decode()
