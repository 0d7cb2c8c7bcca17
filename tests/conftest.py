"""What every test may use: a cast of people, jobs that run when asked, and a settled environment."""

import os

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import Client
from procrastinate import testing
from procrastinate.contrib.django import app as jobs_app

from accounts.models import User
from accounts.roles import Role
from civic.pages import memory
from comments import scoring
from tests.factories import make_member

pytest_plugins = ["tests.database", "tests.chromium", "tests.rubbish", "tests.sharing"]

# A browser fills these in by itself; a test client has to say that it posts from our own page.
SAME_ORIGIN = {"HTTP_SEC_FETCH_SITE": "same-origin"}

# WhiteNoise looks for it at the start of each client, and says so when it is missing.
settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)

# The synchronous interface of Playwright runs an event loop, in which Django would refuse the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(autouse=True)
def _settled(settings, tmp_path):
    """Nothing is written outside the test's own folder, nothing is sent, files keep their plain names."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.OUTBOX_DIR = tmp_path / "outbox"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.COMMENT_PACE_SECONDS = 0
    caches["parts"].clear()
    memory.clear()
    scoring.forget()


@pytest.fixture(autouse=True)
def _job_queue(request):
    """Jobs wait in memory until `run_jobs()`. Tests marked `django_db(transaction=True)` may use the real queue."""
    if "real_jobs" in request.keywords:
        yield None
        return
    with jobs_app.replace_connector(testing.InMemoryConnector()) as app:
        yield app


@pytest.fixture
def run_jobs(_job_queue):
    """Run all deferred jobs that are due, and those that they defer; how many."""

    def run() -> int:
        done = 0
        while waiting := [job for job in _job_queue.connector.jobs.values() if job["status"] == "todo"]:
            for job in waiting:
                job["status"] = "succeeded"
                jobs_app.tasks[job["task_name"]].func(**job["args"])
                done += 1
        return done

    return run


@pytest.fixture
def visitor_client() -> Client:
    """Somebody's browser, on our own pages, not signed in."""
    return Client(**SAME_ORIGIN)


@pytest.fixture
def reader(db) -> User:
    return make_member(display_name="Ada Reader")


@pytest.fixture
def other_reader(db) -> User:
    return make_member(display_name="Ben Other")


@pytest.fixture
def moderator(db) -> User:
    return make_member(display_name="Mo Derator", role=Role.MODERATOR)


@pytest.fixture
def client_of():
    """A browser in which a member is signed in."""

    def signed_in(member: User) -> Client:
        client = Client(**SAME_ORIGIN)
        client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in
