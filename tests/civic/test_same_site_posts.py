"""Who may POST what: the table of civic/middleware.py, tried through the real middleware on real addresses."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from accounts.models import User
from tests.accounts.doors import token
from tests.factories import make_member

pytestmark = pytest.mark.django_db

OURS, EVIL = settings.SITE_URL, "https://evil.example"
HOST = {"HTTP_HOST": OURS.partition("://")[2]}


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


def guest(**headers) -> Client:
    return Client(enforce_csrf_checks=True, **HOST, **headers)


@pytest.fixture
def ana():
    return make_member(display_name="Ana Kim", email="ana@example.org")


def member(ana: User, **headers) -> Client:
    client = guest(**headers)
    client.force_login(ana, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.mark.parametrize(
    ("site", "origin", "status"),
    [
        (None, None, 403),  # a program that says nothing
        ("cross-site", None, 403),
        ("cross-site", EVIL, 403),
        ("cross-site", OURS, 403),
        ("same-site", None, 403),  # a neighbour on another subdomain
        ("none", None, 403),  # typed into the address line
        ("", None, 403),
        (None, "null", 403),
        (None, EVIL, 403),
        (None, f"{OURS}.evil.example", 403),
        (None, f"{OURS}:1", 403),
        ("same-origin", EVIL, 403),
        ("same-origin", "null", 403),
        ("same-origin", None, 302),
        ("same-origin", OURS, 302),
        (None, OURS, 302),  # an old browser, or a program that names us
    ],
)
def test_a_guest_posts_from_our_pages_only(site, origin, status):
    headers = {"HTTP_SEC_FETCH_SITE": site} if site is not None else {}
    headers |= {"HTTP_ORIGIN": origin} if origin is not None else {}

    answer = guest(**headers).post("/accounts/login/", {"login": "somebody@example.org"})

    assert answer.status_code == status


@pytest.mark.parametrize(("site", "status"), [("same-origin", 302), ("cross-site", 403), ("same-site", 403)])
def test_a_cookie_that_is_no_session_changes_nothing(site, status):
    client = guest(HTTP_SEC_FETCH_SITE=site)
    client.cookies[settings.SESSION_COOKIE_NAME] = "garbage"

    assert client.post("/accounts/login/", {"login": "somebody@example.org"}).status_code == status


def test_a_session_of_somebody_not_signed_in_needs_no_token(ana):
    client = guest(HTTP_SEC_FETCH_SITE="same-origin")
    client.post("/accounts/login/", {"login": "ana@example.org"})
    assert settings.SESSION_COOKIE_NAME in client.cookies

    assert client.post("/accounts/login/code/confirm/", {"code": "1"}).status_code == 200


def test_somebody_signed_in_needs_the_token(ana):
    client = member(ana, HTTP_SEC_FETCH_SITE="same-origin")
    form = {"display_name": "Ana Oduya", "bio": ""}

    assert client.post("/me/", form).status_code == 403
    assert client.post("/me/", {**form, "csrfmiddlewaretoken": "x" * 64}).status_code == 403
    assert User.objects.get(pk=ana.pk).display_name == "Ana Kim"
    assert client.post("/me/", {**form, "csrfmiddlewaretoken": token(client)}).status_code == 302


def test_a_token_does_not_help_another_site(ana):
    client = member(ana)
    form = {"display_name": "Ana Oduya", "bio": "", "csrfmiddlewaretoken": token(client)}

    assert client.post("/me/", form, HTTP_ORIGIN=EVIL).status_code == 403
    assert User.objects.get(pk=ana.pk).display_name == "Ana Kim"


def test_reading_is_free_for_all():
    for site in ("cross-site", "same-site", "none", "same-origin"):
        assert guest(HTTP_SEC_FETCH_SITE=site, HTTP_ORIGIN=EVIL).get("/accounts/login/").status_code == 200


# --- send it again ---


def test_what_was_typed_is_kept_and_can_be_sent_again(ana):
    client = member(ana, HTTP_SEC_FETCH_SITE="same-origin")
    words = 'Two words & a "quote" </textarea><script>alert(1)</script>'

    answer = client.post("/me/?from=here", {"display_name": "Ana Oduya", "bio": words, "csrfmiddlewaretoken": "old"})
    page = answer.content.decode()

    assert answer.status_code == 403
    assert 'action="/me/?from=here"' in page
    assert '<input type="hidden" name="display_name" value="Ana Oduya">' in page
    assert page.count("Two words &amp; a &quot;quote&quot;") == 2  # once to send, once to read
    assert "<script>alert" not in page
    [new] = set(__import__("re").findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page))
    answer = client.post("/me/", {"display_name": "Ana Oduya", "bio": "Two words", "csrfmiddlewaretoken": new})
    assert answer.status_code == 302
    assert User.objects.get(pk=ana.pk).bio == "Two words"


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_SEC_FETCH_SITE": "same-site"},
        {"HTTP_ORIGIN": EVIL},
        {"HTTP_SEC_FETCH_SITE": "same-origin", "HTTP_ORIGIN": EVIL},
        {},
    ],
)
def test_a_strangers_text_is_not_offered_for_sending(ana, headers):
    answer = member(ana, **headers).post("/me/", {"display_name": "Not mine", "bio": "planted text"})

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "planted text" not in page
    assert "csrfmiddlewaretoken" not in page
    assert "another site" in page
