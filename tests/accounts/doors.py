"""Walking through the doors as a browser does: same-origin posts, and codes read from the letters."""

import re

from django.core import mail
from django.test import Client

SAME = {"HTTP_SEC_FETCH_SITE": "same-origin"}


def browser(**headers) -> Client:
    """A browser that has been nowhere yet. CSRF checks are on, as they are for everybody."""
    return Client(enforce_csrf_checks=True, **(headers or SAME))


def code_in(letter) -> str:
    return re.search(r"^\d{6}$", letter.body, re.MULTILINE)[0]


def newest_code(address: str) -> str:
    return code_in([letter for letter in mail.outbox if letter.to == [address]][-1])


def wrong(code: str) -> str:
    return "000000" if code != "000000" else "111111"


def sign_in(client: Client, address: str, next_page: str = "") -> None:
    client.post("/accounts/login/", {"login": address, "next": next_page})
    answer = client.post("/accounts/login/code/confirm/", {"code": newest_code(address), "next": next_page})
    assert answer.status_code == 302, answer.content


def token(client: Client, page: str = "/me/") -> str:
    """The token that a form on this page carries."""
    html = client.get(page).content.decode()
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)[1]
