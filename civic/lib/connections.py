"""Addresses of the outside world (`DATABASE_URL`, `EMAIL_URL`, `CACHE_URL`) as Django settings."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from civic.lib.env import Misconfigured


def database(url: str, *, pool_size: int) -> dict[str, Any]:
    """Django's settings for `postgresql://…`; `pool_size` 0 keeps no pool (commands and tests).

    With a pool and no server every command would hang until the time-out, so only the web server asks for one.
    """
    if not url.startswith(("postgresql://", "postgres://")):
        raise Misconfigured("DATABASE_URL must begin with postgresql://")
    try:
        parts = conninfo_to_dict(url)
    except ProgrammingError as error:
        raise Misconfigured(f"DATABASE_URL cannot be read: {str(error).strip()}") from error
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    settings = {ours: str(parts.pop(theirs)) for theirs, ours in named.items() if theirs in parts}
    options: dict[str, Any] = {"connect_timeout": 5, **parts}
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
    return {"ENGINE": "django.db.backends.postgresql", "OPTIONS": options, **settings}


def email(url: str) -> dict[str, Any]:
    """Django's e-mail settings for `outbox:` (kept as files), `memory:` (tests) or `smtp[s]://user:pw@host:port`.

    `smtp://` begins TLS with STARTTLS unless `?tls=0`; `smtps://` speaks TLS from the first byte.
    """
    if url == "outbox:":
        return {"EMAIL_BACKEND": "civic.lib.outbox.EmailBackend"}
    if url == "memory:":
        return {"EMAIL_BACKEND": "django.core.mail.backends.locmem.EmailBackend"}
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise Misconfigured("EMAIL_URL must be smtp://host:port, smtps://host:port or outbox:")
    secure = parts.scheme == "smtps"
    starttls = not secure and parse_qs(parts.query).get("tls", ["1"])[0] != "0"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if secure else 587 if starttls else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": secure,
        "EMAIL_USE_TLS": starttls,
        "EMAIL_TIMEOUT": 20,
    }


def cache(url: str) -> dict[str, Any]:
    """Django's settings for the shared cache: a table of our database, or `valkey://…`, `redis://…`."""
    if not url:
        return {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "civic_cache"}
    if url == "memory:":
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    scheme, _, rest = url.partition("://")
    known = {"redis": "redis", "valkey": "redis", "rediss": "rediss", "valkeys": "rediss"}
    if scheme not in known or not rest:
        raise Misconfigured("CACHE_URL must look like valkey://:password@host:6379/0; valkeys:// speaks TLS")
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": f"{known[scheme]}://{rest}",
        "KEY_PREFIX": "civic",  # others may use the same server
        # A cache that does not answer must not hold a reader up for longer than they would wait.
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
    }
