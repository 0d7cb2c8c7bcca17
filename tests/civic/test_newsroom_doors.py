"""Wagtail's own login is closed: there is one door, and nobody runs in circles before it."""

import pytest
from django.core.management import call_command

from accounts.roles import Role
from tests.accounts.doors import browser
from tests.factories import make_member

pytestmark = pytest.mark.django_db


def client_with(role: str = ""):
    call_command("setup")
    client = browser()
    client.force_login(make_member(role=role), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_visitor_is_sent_to_our_own_door_and_comes_back():
    answer = browser().get("/newsroom/", follow=True)

    assert answer.redirect_chain[-1][0] == "/accounts/login/?next=/newsroom/"
    assert answer.status_code == 200
    assert "Sign in with a code" in answer.content.decode()


def test_a_reader_hears_no_within_three_requests():
    answer = client_with().get("/newsroom/", follow=True)

    assert answer.status_code == 403
    assert len(answer.redirect_chain) <= 2
    assert "not open to you" in answer.content.decode()


def test_a_reader_who_asks_for_wagtails_login_hears_no_at_once():
    assert client_with().get("/newsroom/login/").status_code == 403


@pytest.mark.parametrize("role", [Role.WRITER, Role.EDITOR, Role.ADMIN])
def test_who_works_in_the_newsroom_gets_in(role):
    assert client_with(role).get("/newsroom/").status_code == 200


def test_a_moderator_has_another_desk():
    assert client_with(Role.MODERATOR).get("/newsroom/", follow=True).status_code == 403


@pytest.mark.parametrize(
    "address", ["/newsroom/password_reset/", "/newsroom/pages/", "/newsroom/password_reset/confirm/x/y/"]
)
def test_other_doors_are_walled_up(address):
    assert browser().get(address).status_code == 404


def test_wagtails_login_takes_no_password():
    member = make_member(role=Role.EDITOR)
    member.set_password("correct horse")
    member.save()
    client = browser()

    answer = client.post("/newsroom/login/", {"username": member.email, "password": "correct horse"})

    assert answer["Location"].startswith("/accounts/login/")
    assert client.get("/me/").status_code == 302
