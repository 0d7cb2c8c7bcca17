"""Reading a discussion: pages of it, ready to be drawn, as flat lists in reading order.

The cost of a page is the cost of what stands on it, however long the thread, the branch, or what was refused before:
each list comes from an index of what is shown, from a cursor on, and ends at a limit.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from civic.lib.forms import as_id
from comments import rows
from comments.marks import mark
from comments.models import Comment, Thread, Vote
from comments.models.comments import State, past
from comments.readers import Reader
from comments.rows import Row

SORTS = {"best": "Best", "newest": "Newest", "oldest": "Oldest", "discussed": "Most discussed"}
VOTES_SHOWN_FROM = 5

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2999, 1, 1, tzinfo=UTC)


@dataclass
class Node:
    """A comment where it is drawn. `opens` begins a list of answers under the one before, `closes` ends that many."""

    comment: Row
    depth: int
    opens: bool = False
    closes: int = 0
    answers_name: str = ""  # whom it answers, where the drawing does not show it
    more: int = 0  # public answers below it that are not on this page …
    more_after: int | None = None  # … from the one after this id on; None: from the first
    ends: "Node | None" = None  # the conversation that this is the last of, where it has more
    is_subject: bool = False  # the comment that a page of its own is about
    # What is so for this reader only; `marks.py` fills it in.
    is_own: bool = False
    reasons: list[str] = field(default_factory=list)
    vote: Vote | None = None
    is_new: bool = False  # published since the member's last visit
    is_muted: bool = False  # by somebody whom the member does not want to read
    may_edit: bool = False

    @property
    def shows_votes(self) -> bool:
        """Numbers are for those who have voted, and for all once there are some: the first few should not lead."""
        return self.vote is not None or self.comment.votes >= VOTES_SHOWN_FROM


@dataclass(frozen=True)
class ThreadPage:
    """One page of a discussion. `next` is the cursor for `?after=`, or "" on the last page."""

    thread: Thread
    nodes: list[Node]
    sort: str
    next: str = ""


@dataclass(frozen=True)
class Branch:
    """A comment in its context: what it answers, some answers beside it, itself and its answers. `next` as above."""

    thread: Thread
    nodes: list[Node]
    next: str = ""


def default_sort(thread: Thread) -> str:
    """The best first where enough has been voted to know it; else the newest."""
    return "best" if thread.vote_count >= settings.BEST_FROM_VOTES else "newest"


def load_thread(thread: Thread, reader: Reader, *, sort: str = "", after: str = "", limit: int = 0) -> ThreadPage:
    """One page of a discussion: whole conversations with their first answers, about `limit` comments (the setting
    `COMMENTS_PER_PAGE` by default). Two queries, and those of `marks.py` for a reader who is known.

    Gone comments that have public answers stay as placeholders, for an answer must never seem to address
    somebody else. The reader's own waiting comments are there too. A cursor that is not one gives the first page.
    """
    sort = sort if sort in SORTS else default_sort(thread)
    place = _read_cursor(sort, after)
    roots, cursor = _roots(thread, sort, place, limit or settings.COMMENTS_PER_PAGE)
    found = _conversations(thread, [root.pk for root in roots], reader, is_first=place is None)
    nodes: list[Node] = []
    listed = {root.pk: None for root in roots}  # the reader's own, which wait, stand before them
    for root_id in [*(pk for pk in found if pk not in listed), *listed]:
        nodes += _conversation(found.get(root_id, []))
    return ThreadPage(thread, _dressed(nodes, reader), sort, cursor)


def load_branch(comment: Comment, reader: Reader, *, after: str = "") -> Branch:
    """A comment with what it answers, its neighbours and what answers it. Two queries, one more from the second page
    on, and those of `marks.py`.

    `after` is the id of the last answer on the page before; how one comes to the first of this page is drawn again.
    """
    last = _path_below(comment, as_id(after))
    found = sorted(_around(comment, last, reader), key=lambda row: row.path)
    path = bytes(comment.path)
    below = [row for row in found if row.path.startswith(path) and row.path > (last or path)]
    shown = {row.pk for row in below[: settings.ANSWERS_PER_PAGE]}
    way = set(_ids_in(below[0].path)) if last and below else set()
    left = {row.pk for row in below} - shown
    before = {row.pk for row in found if last and path < row.path <= last} - way
    nodes = [Node(row, row.depth) for row in found if row.pk not in left | before]
    for node in nodes:
        node.is_subject = node.comment.pk == comment.pk
        if node.comment.parent_id == comment.parent_id and not node.is_subject:
            node.more = node.comment.answers
    following = str(below[settings.ANSWERS_PER_PAGE - 1].pk) if left else ""
    if comment.parent_id is None:  # neighbours in time stand below, however old: the page is about this one
        nodes.sort(key=lambda node: node.comment.root_id != comment.pk)
    return Branch(comment.thread, _dressed(nodes, reader), following)


# --- conversations of a page ---


class Root(NamedTuple):
    pk: int
    value: datetime | int  # what it is sorted by
    answers: int


_BY_TIME = """
SELECT c.id, c.created_at, t.answers FROM comments_comment AS c JOIN comments_tally AS t ON t.comment_id = c.id
WHERE c.thread_id = %(thread)s AND c.parent_id IS NULL AND c.shown AND NOT c.is_pinned
  AND (c.created_at, c.id) {compare} (%(value)s, %(pk)s)
ORDER BY c.created_at {direction}, c.id {direction} LIMIT %(limit)s
"""
_BY_RANK = """
SELECT c.id, t.{rank}, t.answers FROM comments_tally AS t JOIN comments_comment AS c ON c.id = t.comment_id
WHERE t.thread_id = %(thread)s AND t.is_shown_root AND NOT c.is_pinned
  AND (t.{rank}, t.comment_id) < (%(value)s, %(pk)s)
ORDER BY t.{rank} DESC, t.comment_id DESC LIMIT %(limit)s
"""
_ROOTS = {
    "newest": _BY_TIME.format(compare="<", direction="DESC"),
    "oldest": _BY_TIME.format(compare=">", direction="ASC"),
    "best": _BY_RANK.format(rank="best"),
    "discussed": _BY_RANK.format(rank="discussed"),
}
_PINNED = """
(SELECT c.id, c.created_at, t.answers FROM comments_comment AS c JOIN comments_tally AS t ON t.comment_id = c.id
WHERE c.thread_id = %(thread)s AND c.parent_id IS NULL AND c.shown AND c.is_pinned ORDER BY c.created_at, c.id)
"""
_BEFORE_ALL = {"newest": (_LATEST, 2**62), "oldest": (_EPOCH, 0), "best": (2**31 - 1, 2**62)}


def _roots(thread: Thread, sort: str, place: tuple | None, limit: int) -> tuple[list[Root], str]:
    """Conversations of one page and the cursor of the next. Pinned ones stand first, on the first page only.

    As many as make about `limit` comments with the answers that are drawn under them.
    """
    value, pk = place or _BEFORE_ALL.get(sort, _BEFORE_ALL["best"])
    values = {"thread": thread.pk, "value": value, "pk": pk, "limit": limit + 1}
    with connection.cursor() as cursor:
        pinned = []
        if place is None:
            cursor.execute(_PINNED, values)
            pinned = [Root(*found) for found in cursor.fetchall()]
        cursor.execute(_ROOTS[sort], values)
        found = [Root(*row) for row in cursor.fetchall()]
    room, taken = limit - sum(map(_drawn, pinned)), 0
    while taken < min(len(found), limit) and (room > 0 or not taken):
        room -= _drawn(found[taken])
        taken += 1
    following = _write_cursor(found[taken - 1]) if taken < len(found) else ""
    return pinned + found[:taken], following


def _drawn(root: Root) -> int:
    return 1 + min(root.answers, settings.ANSWERS_PER_ROOT)


def _write_cursor(root: Root) -> str:
    value = root.value
    if isinstance(value, datetime):
        value = (value - _EPOCH) // timedelta(microseconds=1)
    return f"{value}_{root.pk}"


def _read_cursor(sort: str, after: str) -> tuple[datetime | int, int] | None:
    """The place after which the page begins: (sort value, id). None for whatever is not a cursor of this sort."""
    first, _, second = after.partition("_")
    value, pk = as_id(first), as_id(second)
    if value is None or pk is None:
        return None
    if sort in ("best", "discussed"):
        return (value, pk) if value < 2**31 else None
    latest = (_LATEST - _EPOCH) // timedelta(microseconds=1)
    return (_EPOCH + timedelta(microseconds=value), pk) if value < latest else None


# By the range of paths alone: with the root's id beside it PostgreSQL would rather sort all of 50,000 answers.
_FIRST_ANSWERS = """
SELECT unnest(%(roots)s::bigint[]) AS id
UNION ALL
SELECT answer.id FROM unnest(%(roots)s::bigint[]) AS wanted (root) CROSS JOIN LATERAL (
    SELECT id FROM comments_comment
    WHERE path > int8send(wanted.root) AND path < int8send(wanted.root + 1) AND shown AND depth > 0
    ORDER BY path LIMIT %(limit)s
) AS answer
"""
_OWN_WAITING = """
UNION
SELECT id FROM comments_comment
WHERE thread_id = %(thread)s AND state IN ('unconfirmed', 'in_review') AND (root_id = ANY(%(roots)s) OR {or_root})
  AND (member_id = %(member)s OR guest_id IN (SELECT id FROM comments_guest WHERE key = %(key)s))
"""


def _conversations(thread: Thread, roots: list[int], reader: Reader, *, is_first: bool) -> dict[int, list[Row]]:
    """The roots with their first answers, in reading order, by root; with what this reader has waiting there."""
    values = {"roots": roots, "limit": settings.ANSWERS_PER_ROOT, "thread": thread.pk}
    ids = _FIRST_ANSWERS
    if not reader.is_anybody:
        ids += _OWN_WAITING.format(or_root="parent_id IS NULL" if is_first else "false")
        values |= {"member": reader.member and reader.member.pk, "key": reader.guest_key}
    found: dict[int, list[Row]] = {}
    for row in sorted(rows.fetch(ids, values), key=lambda row: row.path):
        found.setdefault(row.root_id, []).append(row)
    return found


def _conversation(found: list[Row]) -> list[Node]:
    """A root and its answers as nodes; the last says how many there are besides."""
    nodes = [Node(row, row.depth) for row in found]
    shown = [row for row in found if row.shown]
    if nodes and shown:
        answers = sum(1 for row in shown if row.depth and row.state == State.PUBLIC)
        nodes[0].more = max(0, found[0].answers - answers)
        nodes[0].more_after = shown[-1].pk if len(shown) > 1 else None
        nodes[-1].ends = nodes[0] if nodes[0].more and len(nodes) > 1 else None
    return nodes


# --- one comment in its context ---

_AROUND = """
SELECT unnest(%(context)s::bigint[]) AS id
UNION (SELECT id FROM comments_comment
    WHERE path > %(from)s AND path < %(end)s AND shown AND depth > 0
    ORDER BY path LIMIT %(limit)s)
{neighbours}
"""
_SIBLINGS = """
UNION (SELECT id FROM comments_comment WHERE parent_id = %(parent)s AND shown AND id < %(pk)s
    ORDER BY id DESC LIMIT %(near)s)
UNION (SELECT id FROM comments_comment WHERE parent_id = %(parent)s AND shown AND id > %(pk)s
    ORDER BY id LIMIT %(near)s)
"""
# At the deepest level answers are drawn beside what they answer, not below it.
_ANSWERS_BESIDE = """
UNION (SELECT id FROM comments_comment WHERE parent_id = %(pk)s AND shown ORDER BY id LIMIT %(limit)s)
"""
_OLDER_ROOTS = """
UNION (SELECT id FROM comments_comment
    WHERE thread_id = %(thread)s AND parent_id IS NULL AND shown AND (created_at, id) < (%(at)s, %(pk)s)
    ORDER BY created_at DESC, id DESC LIMIT %(near)s)
"""


def _around(comment: Comment, last: bytes | None, reader: Reader) -> Iterable[Row]:
    """Rows of a comment's page, and one answer more than it draws, if there is one."""
    path = bytes(comment.path)
    context = {*_ids_in(path), *_ids_in(last or b""), comment.parent_id or comment.pk}
    values = {
        "context": list(context),
        "from": last or path,
        "end": past(path),
        "limit": settings.ANSWERS_PER_PAGE + 1,
        "parent": comment.parent_id,
        "near": settings.SIBLINGS_NEAR,
        "pk": comment.pk,
        "thread": comment.thread_id,
        "at": comment.created_at,
    }
    neighbours = "" if last else _OLDER_ROOTS if comment.parent_id is None else _SIBLINGS
    if comment.depth >= comment.thread.max_depth - 1:
        neighbours += _ANSWERS_BESIDE
    ids = _AROUND.format(neighbours=neighbours)
    if not reader.is_anybody:
        ids += _OWN_WAITING.format(or_root="false")
        values |= {
            "roots": [comment.root_id],
            "member": reader.member and reader.member.pk,
            "key": reader.guest_key,
        }
    for row in rows.fetch(ids, values):
        if row.shown or row.pk in context or row.path.startswith(path):
            yield row


def _path_below(comment: Comment, pk: int | None) -> bytes | None:
    """The path of an answer somewhere under `comment`; None when it is not one."""
    if pk is None:
        return None
    found = Comment.objects.filter(pk=pk, root_id=comment.root_id).values_list("path", flat=True).first()
    inside = found is not None and bytes(found).startswith(bytes(comment.path)) and pk != comment.pk
    return bytes(found) if inside else None


def _ids_in(path: bytes) -> list[int]:
    return [int.from_bytes(path[at : at + 8]) for at in range(0, len(path), 8)]


# --- for drawing ---


def _dressed(nodes: list[Node], reader: Reader) -> list[Node]:
    """The list with what drawing needs: where lists of answers begin and end, whom each answers, what is the
    reader's."""
    levels = _levels(nodes)
    for node, level, following in zip(nodes, levels, [*levels[1:], 0], strict=False):
        node.opens = following > level
        node.closes = max(0, level - following)
    mark(nodes, reader)
    return nodes


def _levels(nodes: list[Node]) -> list[int]:
    """How deep each is drawn: its depth, less the comments above it that have no place on the page."""
    above: list[Row] = []
    levels = []
    for node in nodes:
        while above and not node.comment.path.startswith(above[-1].path):
            above.pop()
        if node.comment.parent_id and (not above or above[-1].pk != node.comment.parent_id):
            node.answers_name = node.comment.parent_name
        levels.append(len(above))
        above.append(node.comment)
    return levels
