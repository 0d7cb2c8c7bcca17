"""What the started programs find in their environment."""

import os
import secrets
from pathlib import Path

import psycopg

from civic.launcher.talk import Trouble
from civic.lib import env

SECRETS = "SECRET_KEY", "HASH_KEY"
FOR_A_LAPTOP = {"DEBUG": "1", "EMAIL_URL": "outbox:", "ALLOWED_HOSTS": "localhost 127.0.0.1 [::1]"}
# What a shell may have set for the site must not change the outcome of a test.
NOT_FOR_TESTS = {
    "TRUSTED_PROXIES",
    "CACHE_URL",
    "CDN_SECONDS",
    "DATABASE_POOL",
    "DATABASE_REPLICA_URL",
    "HASH_KEY_FALLBACKS",
    "MEDIA_ROOT",
    "STATIC_ROOT",
    "DEFAULT_FROM_EMAIL",
    "HOST",
    "PORT",
    "DJANGO_SETTINGS_MODULE",
    "PYTHONDONTWRITEBYTECODE",  # else each of some twenty programs compiles all of our code anew
}


def debug() -> bool:
    return env.flag("DEBUG", default=True)


def given(name: str) -> bool:
    return bool(env.text(name))


def check_secrets() -> None:
    """Raises `Trouble` when one is missing outside of debug: there nothing is made up."""
    missing = [name for name in SECRETS if not given(name)]
    if missing and not debug():
        raise Trouble(f"{' and '.join(missing)} must be set when DEBUG is off: a long random text each.")


def for_site(var: Path, database_url: str, port: int) -> dict[str, str]:
    """The caller's environment, filled up with what a laptop needs. With DEBUG=0 no secret
    is made up, and letters go where the settings say."""
    filled = {"SITE_URL": f"http://localhost:{port}", **without_libpq(os.environ)}
    if debug():
        for name, value in FOR_A_LAPTOP.items():
            if not given(name):
                filled[name] = value
        for name in SECRETS:
            if not given(name):
                filled[name] = kept_secret(var / name.lower())
    filled["DATABASE_URL"] = database_url
    filled["VAR_DIR"] = str(var)
    filled["PORT"] = str(port)
    return filled


def for_tests(var: Path, database_url: str) -> dict[str, str]:
    """Always the same, whatever the caller has set."""
    kept = {name: value for name, value in without_libpq(os.environ).items() if name not in NOT_FOR_TESTS}
    for name in (*SECRETS, "DATABASE_URL", "EMAIL_URL"):
        kept.pop(f"{name}_FILE", None)
    return kept | {
        "DEBUG": "0",
        "SECRET_KEY": "test-secret-key-of-no-value-anywhere-else-0123456789",
        "HASH_KEY": "test-hash-key-of-no-value-anywhere-else-0123456789",
        "EMAIL_URL": "memory:",
        "SITE_URL": "http://testserver",
        "ALLOWED_HOSTS": "testserver localhost 127.0.0.1",
        "DATABASE_URL": database_url,
        "VAR_DIR": str(var),
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright's own loop runs in the thread of a browser test
    }


def without_libpq(environment: os._Environ | dict[str, str]) -> dict[str, str]:
    """PGHOST, PGOPTIONS and their like would quietly steer us to another server."""
    ours = {"PG_BIN"}
    return {name: value for name, value in environment.items() if not name.startswith("PG") or name in ours}


def kept_secret(file: Path) -> str:
    """A random secret, made once. Two programs that start together get the same one."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = file.read_text().strip()
        if kept:
            return kept
        file.unlink()  # the disk was full, or we were killed just then
        return kept_secret(file)
    with os.fdopen(handle, "w") as written:
        secret = secrets.token_urlsafe(48)
        written.write(secret + "\n")
    return secret


def check_database(url: str) -> None:
    """Raises `Trouble` when nothing useful answers at a DATABASE_URL that was given."""
    try:
        with psycopg.connect(url, connect_timeout=10) as server:
            version = server.info.server_version // 10000
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise Trouble(f"no database answers at DATABASE_URL: {reason}") from None
    if version < 15:
        raise Trouble(f"the database at DATABASE_URL is PostgreSQL {version}; Civic needs 15 or newer.")
