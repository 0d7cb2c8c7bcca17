"""A fresh database for every test session in a tenth of a second: copied from a template, a pytest plugin.

Running all migrations takes ten seconds and more, so that is done once for each state of them: the
template's name carries a hash of every migration and of the pinned packages. A session copies it, lets
`setup` add what every installation has, and keeps that as its own base; tests run in a copy of the base. A
test that really commits (`transaction=True`, `live_server`) would have to empty 75 tables afterwards; it
gets a new copy of the base instead.
"""

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker):
    """Instead of pytest-django's own."""
    from django.conf import settings
    from django.db import connection

    own = f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    base, name = f"base_{own}", f"test_{own}"
    server = Server(settings.DATABASES["default"])
    with server.marked_as_ours(own):
        with django_db_blocker.unblock():
            with server.alone():
                server.drop_leftovers()
                server.copy(ready_template(server, connection), base)
            fill_base(connection, base)
            server.copy(base, name)
            use(connection, name)
        with renewing_instead_of_emptying(lambda: renew(server, base, name)):
            yield
        with django_db_blocker.unblock():
            connection.close()
            server.drop(name)
            server.drop(base)


def ready_template(server: "Server", connection) -> str:
    """The name of a database with all migrations applied. Built if there is none for their present state."""
    name = f"tpl_{state_of_migrations()}"
    if not server.has(name):
        unfinished = f"{name}_new"  # a killed session must not leave half a template under the good name
        server.drop(unfinished)
        server.create(unfinished)
        migrate(connection, unfinished)
        server.rename(unfinished, name)
        server.drop_other_templates(name)
    return name


def state_of_migrations() -> str:
    """A hash of our migrations, of the packages (and so of theirs), of the list of apps and the cache table."""
    from django.conf import settings

    digest = hashlib.sha256(repr((settings.INSTALLED_APPS, settings.CACHES)).encode())
    files = [ROOT / "requirements.txt", *sorted(ROOT.glob("*/migrations/*.py"))]
    for file in files:
        digest.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


def migrate(connection, name: str) -> None:
    from django.core.management import call_command

    use(connection, name)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    connection.close()


def fill_base(connection, name: str) -> None:
    """What `bin/run` does after migrating. Not part of the template, for it depends on more than
    migrations."""
    from django.core.management import call_command, get_commands

    if "setup" in get_commands():
        use(connection, name)
        call_command("setup", verbosity=0)
        connection.close()


def use(connection, name: str) -> None:
    from django.conf import settings

    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name


def renew(server: "Server", base: str, name: str) -> None:
    from django.db import connections

    connections.close_all()
    server.drop(name)
    server.copy(base, name)


@contextlib.contextmanager
def renewing_instead_of_emptying(renew_database) -> Iterator[None]:
    """`TestCase` rolls back and never comes here; `TransactionTestCase` would flush."""
    from django.test import TransactionTestCase

    flush = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = lambda self: renew_database()
    try:
        yield
    finally:
        TransactionTestCase._fixture_teardown = flush


class Server:
    """The databases of a PostgreSQL server, seen from its maintenance database.

    Who is alive is told by advisory locks, which end with their session however that ends.
    """

    ALONE, SESSION, SEEDING = 8253, 8254, 8255  # any three numbers

    def __init__(self, settings: dict):
        named = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
        self.address = {ours: settings[theirs] for ours, theirs in named.items() if settings.get(theirs)}

    @contextlib.contextmanager
    def alone(self, at: int = ALONE) -> Iterator[None]:
        """No other session builds or copies a template meanwhile, or does whatever else has a number."""
        with self.connect() as held:
            held.execute("SELECT pg_advisory_lock(%s)", [at])
            yield

    @contextlib.contextmanager
    def marked_as_ours(self, own: str) -> Iterator[None]:
        with self.connect() as held:
            held.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [self.SESSION, own])
            yield

    def drop_leftovers(self) -> None:
        """The databases of sessions that were killed."""
        with self.connect() as connection:
            dead = "SELECT pg_try_advisory_lock(%s, hashtext(%s))"
            for name in self.names("^(test|base)_"):
                own = name.partition("_")[2]
                if connection.execute(dead, [self.SESSION, own]).fetchone()[0]:
                    self.drop(name)

    def drop_other_templates(self, kept: str) -> None:
        for name in self.names("^tpl_"):
            if name != kept:
                self.drop(name)

    def has(self, name: str) -> bool:
        return bool(self.names(f"^{name}$"))

    def names(self, pattern: str) -> list[str]:
        with self.connect() as connection:
            found = connection.execute("SELECT datname FROM pg_database WHERE datname ~ %s", [pattern])
            return [name for (name,) in found]

    def create(self, name: str) -> None:
        self.do("CREATE DATABASE {} TEMPLATE template0", name)
        with self.connect(name) as inside:
            for extension in ("unaccent", "pg_trgm", "citext"):
                inside.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")

    def copy(self, template: str, name: str) -> None:
        self.do("CREATE DATABASE {} TEMPLATE {}", name, template)

    def rename(self, name: str, to: str) -> None:
        self.do("ALTER DATABASE {} RENAME TO {}", name, to)

    def drop(self, name: str) -> None:
        """Also while somebody is connected, such as a thread of the live server."""
        self.do("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def do(self, statement: str, *names: str) -> None:
        with self.connect() as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(**self.address, dbname=database, autocommit=True)
