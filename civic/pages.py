"""The cache `pages`: public pages in the memory of this process, compressed, each good for as long as it is true.

A page is kept with the versions of the rows it shows (`civic.lib.pages.made_of`) and that of the site. Whoever asks
for it next costs one query by primary keys: are these still the versions? So a change is seen by the next reader, in
every process, and nobody has to be told of it. docs/decisions/0006-pages.md says what is kept, and why so.
"""

import gzip
import hashlib
import logging
import re
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from civic.lib.pages import PARAMETERS, Making
from civic.lib.site import SiteSettings
from comments.readers import COOKIE_NAME as GUEST_COOKIE

logger = logging.getLogger(__name__)

# Votes and "most discussed" move no version: counting them for every page would cost more than it gives.
SECONDS_KEPT = 60
LEVEL = 5  # of gzip: 0.6 ms and 13.3 KB for an article with fifty comments. 6 takes 0.8 ms for 1 % less
ENTRY_OVERHEAD = 2_000  # bytes, estimated: headers, key and versions of a page
SITE = (SiteSettings._meta.db_table, 1)


class KeptPages:
    """Stands before all that draw or add something: a page that is kept comes out as it went in, headers and all.

    Somebody with a session, or with a guest's key, gets a page of their own, drawn anew and never kept.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        personal = is_personal(request)
        place = place_of(request)
        page = memory.get(place)
        if page is not None and (page.for_everybody or not personal) and page.is_true():
            return page.answer(request)
        request.making = making = Making()
        response = self.get_response(request)
        if not making.is_marked or response.status_code != 200 or (personal and not making.for_everybody):
            return response
        if why := why_not_kept(response):
            logger.error("a page that is marked as kept %s: %s", why, request.path)
            return response
        page = Page.of(response, making, request.site)
        memory.put(place, page)
        return page.answer(request)


def is_personal(request: HttpRequest) -> bool:
    if "HTTP_COOKIE" not in request.META:
        return False
    return settings.SESSION_COOKIE_NAME in request.COOKIES or GUEST_COOKIE in request.COOKIES


def place_of(request: HttpRequest) -> Hashable:
    """Where a page is kept. The host is part of it, though no page of ours shows it: an unknown one must be refused."""
    meta = request.META
    known: tuple = ()
    if meta.get("QUERY_STRING"):
        known = tuple((name, request.GET[name]) for name in sorted(PARAMETERS) if name in request.GET)
    return request.scheme, meta.get("HTTP_HOST"), request.path_info, known


def why_not_kept(response: HttpResponse) -> str:
    """What is wrong with keeping this for others; "" if nothing is."""
    if response.streaming:
        return "is streamed"
    if response.cookies:
        return "sets a cookie"
    if "cookie" in response.get("Vary", "").lower():
        return "varies on the cookie"
    if re.search("private|no-store|no-cache", response.get("Cache-Control", "")):
        return "is private"
    return ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is sent.

    `ends_at` is when it stops being true, `kept_until` when it is drawn anew at the latest; both in seconds of the
    epoch. `bounded`: a network may keep it for `CDN_SECONDS`, yet never beyond its end.
    """

    compressed: bytes
    length: int
    etag: str
    headers: dict[str, str]
    bounded: bool
    for_everybody: bool
    tables: tuple[str, ...]
    ids: tuple[int, ...]
    versions: tuple[int, ...]
    ends_at: float
    kept_until: float

    @classmethod
    def of(cls, response: HttpResponse, making: Making, site: SiteSettings) -> "Page":
        """`site` was read before anything was drawn."""
        patch_vary_headers(response, ["Accept-Encoding"])
        headers = {name: value for name, value in response.items() if name not in ("Content-Length", "ETag")}
        rows = {SITE: site.version, **making.versions}
        ends_at = min(at for at in (end_of_day(site.zone), making.until) if at)
        return cls(
            compressed=gzip.compress(response.content, LEVEL, mtime=0),
            length=len(response.content),
            etag=f'W/"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"',
            headers=headers,
            bounded="Cache-Control" not in headers,
            for_everybody=making.for_everybody,
            tables=tuple(table for table, _ in rows),
            ids=tuple(pk for _, pk in rows),
            versions=tuple(rows.values()),
            ends_at=ends_at.timestamp(),
            kept_until=min(ends_at.timestamp(), time.time() + SECONDS_KEPT),
        )

    @property
    def size(self) -> int:
        return len(self.compressed) + ENTRY_OVERHEAD

    def is_true(self) -> bool:
        """Whether nothing that it shows has changed. One query, on the primary: a replica may lag."""
        return time.time() < self.kept_until and versions_now(self.tables, self.ids) == self.versions

    def answer(self, request: HttpRequest) -> HttpResponse:
        """200, or 304 for somebody who has it."""
        if knows(request.META.get("HTTP_IF_NONE_MATCH", ""), self.etag):
            response = HttpResponse(status=304)
            del response.headers["Content-Type"]
            response.headers["Vary"] = self.headers["Vary"]
            response.headers["Cache-Control"] = self.headers.get("Cache-Control") or self._cache_control()
            response.headers["ETag"] = self.etag
            return response
        small = accepts_gzip(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        body = self.compressed if small else gzip.decompress(self.compressed)
        response = HttpResponse(b"" if request.method == "HEAD" else body, headers=self.headers)
        response.headers["Content-Length"] = str(len(body))
        response.headers["ETag"] = self.etag
        if small:
            response.headers["Content-Encoding"] = "gzip"
        if self.bounded:
            response.headers["Cache-Control"] = self._cache_control()
        return response

    def _cache_control(self) -> str:
        left = min(settings.CDN_SECONDS, max(0, int(self.ends_at - time.time()))) if settings.CDN_SECONDS else 0
        return f"max-age=0, s-maxage={left}"


def versions_now(tables: tuple[str, ...], ids: tuple[int, ...]) -> tuple[int | None, ...]:
    """The versions of some rows, None for one that is gone.

    In the connection of the thread where it has one, as in a test that is rolled back; else over a line of our own.
    """
    if connection.connection is None:
        with connection.wrap_database_errors:
            return lines.ask(tables, ids)
    with connection.cursor() as cursor:
        cursor.execute(_asking(tables), ids)
        return cursor.fetchone()


@lru_cache(maxsize=64)
def _asking(tables: tuple[str, ...], place: str = "%s") -> str:
    parts = (f"(SELECT version FROM {table} WHERE id = {place.format(n)})" for n, table in enumerate(tables, start=1))  # noqa: S608 - ours
    return "SELECT " + ", ".join(parts)


class Lines:
    """Connections to the primary that carry nothing but this question, prepared once on each. As many as threads ask.

    One exchange with the server, by libpq itself. A connection of the pool takes three (whether it lives, its state,
    the question), and plans the question each time: more than twice the processor time for a kept page.
    """

    def __init__(self) -> None:
        self._idle: deque[Line] = deque()

    def ask(self, tables: tuple[str, ...], ids: tuple[int, ...]) -> tuple[int | None, ...]:
        """One row. Raises `psycopg.OperationalError` when no database answers."""
        try:
            line = self._idle.pop()
        except IndexError:
            line = self._new()
        try:
            row = line.ask(tables, ids)
        except psycopg.OperationalError:  # the database was restarted since
            line.close()
            self.close()
            line = self._new()
            row = line.ask(tables, ids)
        self._idle.append(line)
        return row

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _new(self) -> "Line":
        known = {**connection.get_connection_params(), "cursor_factory": psycopg.Cursor, "context": None}
        return Line(psycopg.connect(**known, autocommit=True))


class Line:
    """One connection, and the questions that are prepared on it."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._prepared: dict[tuple[str, ...], bytes] = {}

    def ask(self, tables: tuple[str, ...], ids: tuple[int, ...]) -> tuple[int | None, ...]:
        server = self._connection.pgconn
        name = self._prepared.get(tables)
        if name is None:
            name = f"versions_{len(self._prepared)}".encode()
            self._checked(server.prepare(name, _asking(tables, "${}").encode()))
            self._prepared[tables] = name
        row = self._checked(server.exec_prepared(name, [b"%d" % pk for pk in ids]))
        values = (row.get_value(0, column) for column in range(len(ids)))
        return tuple(None if value is None else int(value) for value in values)

    def close(self) -> None:
        self._connection.close()

    def _checked(self, result: psycopg.pq.abc.PGresult) -> psycopg.pq.abc.PGresult:
        if result.status not in (psycopg.pq.ExecStatus.TUPLES_OK, psycopg.pq.ExecStatus.COMMAND_OK):
            raise psycopg.OperationalError(self._connection.pgconn.get_error_message())
        return result


lines = Lines()


def end_of_day(zone: str) -> datetime:
    """Midnight in the paper's zone: pages say "today", and the front page its date."""
    with timezone.override(zone):
        tomorrow = timezone.localdate() + timedelta(days=1)
        return timezone.make_aware(datetime.combine(tomorrow, datetime.min.time()))


@lru_cache(maxsize=256)
def accepts_gzip(header: str) -> bool:
    return re.search(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", header) is not None


def knows(if_none_match: str, etag: str) -> bool:
    """Whether a reader has this already. Compared weakly, as for all GETs."""
    if not if_none_match:
        return False
    known = parse_etags(if_none_match)
    return known == ["*"] or etag.removeprefix("W/") in (one.removeprefix("W/") for one in known)


class Memory:
    """Pages by place; what was asked for longest ago goes first when there are too many bytes."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, Any] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, place: Hashable) -> Page | None:
        with self._lock:
            page = self._pages.get(place)
            if page is not None:
                self._pages.move_to_end(place)
            return page

    def put(self, place: Hashable, page: Page) -> None:
        with self._lock:
            self._forget(place)
            self._pages[place] = page
            self._bytes += page.size
            while self._bytes > settings.PAGES_BYTES and self._pages:
                self._forget(next(iter(self._pages)))

    def clear(self) -> None:
        with self._lock:
            self._pages.clear()
            self._bytes = 0

    def __len__(self) -> int:
        return len(self._pages)

    @property
    def bytes(self) -> int:
        return self._bytes

    def _forget(self, place: Hashable) -> None:
        if old := self._pages.pop(place, None):
            self._bytes -= old.size


memory = Memory()
