"""Every comment of a thread that has a place on its page, one after the other, for programs.

A page of the site shows conversations with their first answers; here each comment comes exactly once, in the order in
which somebody would read them all: sorts move conversations, answers follow in their order. What a page costs does not
depend on the length of the thread or of a conversation.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection

from civic.lib.forms import as_id
from comments import rows
from comments.models import Thread
from comments.rows import Row
from comments.threads import SORTS

DEFAULT_SORT = "newest"  # and never another by itself: whoever turns pages would lose the place

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DEEPEST = 100  # ids in a path that is believed


class NotACursor(ValueError):
    """What came as `after` was not given out by `list_comments` for this sort."""


@dataclass(frozen=True)
class Listing:
    """Some comments, and the cursor of the next ones: "" when these are the last."""

    rows: list[Row]
    next: str


@dataclass(frozen=True)
class Place:
    """Where a page begins: after the comment at `path`, in the conversation that has `value` in this sort."""

    sort: str
    value: datetime | int
    path: bytes

    @property
    def root(self) -> int:
        return int.from_bytes(self.path[:8])


def list_comments(thread: Thread, *, sort: str = DEFAULT_SORT, after: str = "", limit: int = 50) -> Listing:
    """At most `limit` comments, gone ones that hold a place among them. One to three queries. Raises `NotACursor`.

    `sort` is one of `SORTS`. A conversation whose rank changes between two pages may come twice or not at all.
    """
    place = _read(after, sort) if after else None
    values: dict[int, datetime | int] = {}
    found: list[Row] = []
    if place:
        values[place.root] = place.value
        found = _rest_of_conversation(thread, place, limit + 1)
    if len(found) <= limit:
        roots = _next_conversations(thread, sort, place, limit + 1 - len(found))
        values |= roots
        found += _whole(list(roots), limit + 1 - len(found))
    shown = found[:limit]
    if len(found) <= limit:
        return Listing(shown, "")
    last = shown[-1]
    return Listing(shown, _write(Place(sort, values[last.root_id], last.path)))


_REST = """
SELECT id FROM comments_comment
WHERE path > %(path)s AND path > int8send(%(root)s::bigint) AND path < int8send(%(root)s::bigint + 1)
  AND thread_id = %(thread)s AND shown AND depth > 0
ORDER BY path LIMIT %(limit)s
"""
_BY_TIME = """
SELECT c.id, c.created_at, t.answers FROM comments_comment AS c JOIN comments_tally AS t ON t.comment_id = c.id
WHERE c.thread_id = %(thread)s AND c.parent_id IS NULL AND c.shown AND {after}
ORDER BY c.created_at {direction}, c.id {direction} LIMIT %(limit)s
"""
_BY_RANK = """
SELECT t.comment_id, t.{rank}, t.answers FROM comments_tally AS t
WHERE t.thread_id = %(thread)s AND t.is_shown_root AND {after}
ORDER BY t.{rank} DESC, t.comment_id DESC LIMIT %(limit)s
"""
_WHOLE = """
SELECT unnest(%(roots)s::bigint[]) AS id
UNION ALL
SELECT answer.id FROM unnest(%(roots)s::bigint[]) AS wanted (root) CROSS JOIN LATERAL (
    SELECT id FROM comments_comment
    WHERE path > int8send(wanted.root) AND path < int8send(wanted.root + 1) AND shown AND depth > 0
    ORDER BY path LIMIT %(limit)s
) AS answer
"""


def _rest_of_conversation(thread: Thread, place: Place, limit: int) -> list[Row]:
    """Nothing where the cursor names a conversation of another discussion, which perhaps nobody may see."""
    found = rows.fetch(_REST, {"thread": thread.pk, "root": place.root, "path": place.path, "limit": limit})
    return sorted(found, key=lambda row: row.path)


def _next_conversations(thread: Thread, sort: str, place: Place | None, limit: int) -> dict[int, datetime | int]:
    """Roots with their sort values, in order: as many as have `limit` comments together."""
    compare = ">" if sort == "oldest" else "<"
    if sort in ("newest", "oldest"):
        after = f"(c.created_at, c.id) {compare} (%(value)s, %(pk)s)" if place else "true"
        query = _BY_TIME.format(after=after, direction="ASC" if sort == "oldest" else "DESC")
    else:
        after = f"(t.{sort}, t.comment_id) < (%(value)s, %(pk)s)" if place else "true"
        query = _BY_RANK.format(after=after, rank=sort)
    with connection.cursor() as cursor:
        given = {"value": place.value, "pk": place.root} if place else {}
        cursor.execute(query, {"thread": thread.pk, "limit": limit, **given})
        found = cursor.fetchall()
    roots: dict[int, datetime | int] = {}
    for pk, value, answers in found:
        if limit <= 0:
            break
        roots[pk] = value
        limit -= 1 + answers
    return roots


def _whole(roots: list[int], limit: int) -> list[Row]:
    """The conversations in this order, of each no more than `limit` answers."""
    if not roots:
        return []
    order = {pk: number for number, pk in enumerate(roots)}
    found = rows.fetch(_WHOLE, {"roots": roots, "limit": limit})
    return sorted(found, key=lambda row: (order[row.root_id], row.path))


def _write(place: Place) -> str:
    value = place.value
    if isinstance(value, datetime):
        value = (value - _EPOCH) // timedelta(microseconds=1)
    ids = [str(int.from_bytes(place.path[at : at + 8])) for at in range(0, len(place.path), 8)]
    return f"{place.sort}_{value}_{'.'.join(ids)}"


def _read(after: str, sort: str) -> Place:
    """The place that a cursor names. Raises `NotACursor`."""
    given, _, rest = after.partition("_")
    first, _, second = rest.partition("_")
    number, ids = as_id(first), [as_id(one) for one in second.split(".", _DEEPEST)]
    if given != sort or sort not in SORTS or number is None or None in ids:
        raise NotACursor
    path = b"".join(pk.to_bytes(8) for pk in ids)
    if sort not in ("newest", "oldest"):
        if number >= 2**31:
            raise NotACursor
        return Place(sort, number, path)
    try:
        return Place(sort, _EPOCH + timedelta(microseconds=number), path)
    except OverflowError:
        raise NotACursor from None
