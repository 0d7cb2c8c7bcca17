import re

import pytest
from django.core import mail

from tests.newsletter.factories import make_newsletter, make_reward


@pytest.fixture(autouse=True)
def _https(settings):
    settings.SITE_URL = "https://paper.example"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def lamp(db):
    """The default letter, with a report."""
    return make_newsletter("The Morning Lamp", is_default=True, reward=make_reward(), sender_name="Lio at the Lamp")


@pytest.fixture
def watch(db):
    return make_newsletter("Council Watch")


@pytest.fixture
def sign_up(visitor_client):
    """Posts the signup form as a browser does."""

    def post(email="ana@example.org", *letters, **fields):
        slugs = [letter.slug for letter in letters]
        return visitor_client.post("/newsletter/subscribe/", {"email": email, "letter": slugs, **fields})

    return post


@pytest.fixture
def link_in():
    """The path of a link in a letter, found by what follows /newsletter/."""

    def find(message, page: str) -> str:
        return re.search(rf"https://paper\.example(/newsletter/{page}/[^\s\"<]+)", message.body)[1]

    return find


@pytest.fixture
def letters_to():
    """The letters in the outbox for one address, oldest first."""

    def to(email: str = "ana@example.org"):
        return [message for message in mail.outbox if message.to == [email]]

    return to
