"""Reading a discussion: pages of it, ready to be drawn, as flat lists in reading order."""

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.utils.dateparse import parse_datetime

from civic.lib.forms import as_id
from comments.marks import mark
from comments.models import Comment, Thread, Vote
from comments.models.comments import State
from comments.readers import Reader

# Answers shown under one root before "show more" leads to a page of their own.
ANSWERS_PER_ROOT = 60
ANSWERS_PER_PAGE = 200

SORTS = {"newest": "Newest", "oldest": "Oldest"}
DEFAULT_SORT = "newest"
VOTES_SHOWN_FROM = 5


@dataclass
class Node:
    """A comment where it is drawn. `opens` begins a list of answers under the one before, `closes` ends that many."""

    comment: Comment
    depth: int
    is_own: bool = False
    reasons: list[str] = field(default_factory=list)
    opens: bool = False
    closes: int = 0
    more: int = 0  # answers under this root that are not on this page
    is_subject: bool = False  # the comment that a page of its own is about
    # What is so for this reader only; `marks.py` fills it in.
    vote: Vote | None = None
    is_new: bool = False  # published since the member's last visit
    is_muted: bool = False  # by somebody whom the member does not want to read
    may_edit: bool = False

    @property
    def shows_votes(self) -> bool:
        """Numbers are for those who have voted, and for all once there are some: the first few should not lead."""
        return self.vote is not None or self.comment.tally.votes >= VOTES_SHOWN_FROM

    @property
    def answers_name(self) -> str:
        """Whom it answers, where the drawing does not show it: at the deepest level."""
        parent = self.comment.parent
        deepest = self.comment.depth >= settings.COMMENT_MAX_DEPTH - 1
        if not parent or not deepest:
            return ""
        return "a comment that is gone" if parent.is_gone else parent.writer_name


@dataclass(frozen=True)
class ThreadPage:
    """One page of a discussion. `next` is the cursor for `?after=`, or "" on the last page."""

    thread: Thread
    nodes: list[Node]
    roots: int
    sort: str
    next: str = ""


@dataclass(frozen=True)
class Branch:
    """A comment in its context: `above` it from the root down, then itself and its answers."""

    thread: Thread
    comment: Comment
    nodes: list[Node]
    next: str = ""


def load_thread(thread: Thread, reader: Reader, *, sort: str = DEFAULT_SORT, after: str = "") -> ThreadPage:
    """One page of a discussion: `COMMENTS_PER_PAGE` roots with their first answers. Four queries at most.

    Gone comments that have public answers stay as placeholders, for an answer must never seem to address
    somebody else. The reader's own waiting comments are there too. A cursor that is not one gives the first page.
    """
    sort = sort if sort in SORTS else DEFAULT_SORT
    wanted = Comment.objects.on(thread).filter(Q(shown=True) | _own_waiting(reader)).with_writers()
    roots, cursor = _roots(wanted, sort, after)
    answers = _answers(wanted, [root.pk for root in roots])
    nodes: list[Node] = []
    for root in roots:
        branch = answers.get(root.pk, [])
        nodes.append(Node(root, 0))
        nodes += [Node(answer, answer.depth) for answer in branch]
        shown = sum(1 for answer in branch if answer.state == State.PUBLIC)
        nodes[-1].more = max(0, root.tally.answers - shown) if len(branch) == ANSWERS_PER_ROOT else 0
    return ThreadPage(thread, _dressed(nodes, reader), len(roots), sort, cursor)


def load_branch(comment: Comment, reader: Reader, *, after: str = "") -> Branch:
    """A comment with what it answers and what answers it. Four queries.

    `after` is the id of the last answer on the page before.
    """
    wanted = Comment.objects.on(comment.thread).filter(Q(shown=True) | _own_waiting(reader)).with_writers()
    above = list(wanted.filter(pk__in=comment.ancestor_ids()).order_by("path"))
    path = bytes(comment.path)
    below = wanted.filter(root_id=comment.root_id, path__gt=path, path__lt=_past(path))
    if last := Comment.objects.filter(pk=as_id(after), root_id=comment.root_id).first():
        below = below.filter(path__gt=last.path)
    answers = list(below.order_by("path")[: ANSWERS_PER_PAGE + 1])
    following = str(answers[-2].pk) if len(answers) > ANSWERS_PER_PAGE else ""
    nodes = [Node(c, c.depth) for c in above]
    nodes.append(Node(comment, comment.depth, is_subject=True))
    nodes += [Node(c, c.depth) for c in answers[:ANSWERS_PER_PAGE]]
    return Branch(comment.thread, comment, _dressed(nodes, reader), following)


def _own_waiting(reader: Reader) -> Q:
    return reader.own_comments() & Q(state__in=(State.UNCONFIRMED, State.IN_REVIEW))


def _roots(wanted, sort: str, after: str) -> tuple[list[Comment], str]:
    """Roots of one page and the cursor of the next. Pinned ones stand first on the first page only."""
    direction = "" if sort == "oldest" else "-"
    roots = wanted.roots()
    pinned = [] if after else list(roots.filter(is_pinned=True).order_by("created_at"))
    page = roots.filter(is_pinned=False).order_by(f"{direction}created_at", f"{direction}pk")
    if place := _read_cursor(after):
        when, pk = place
        compare = "gt" if sort == "oldest" else "lt"
        page = page.filter(
            Q(**{f"created_at__{compare}": when}) | Q(created_at=when, **{f"pk__{compare}": pk}),
            **{f"created_at__{compare}e": when},
        )
    found = list(page[: settings.COMMENTS_PER_PAGE + 1])
    shown = found[: settings.COMMENTS_PER_PAGE]
    cursor = f"{shown[-1].created_at.isoformat()}_{shown[-1].pk}" if len(found) > len(shown) else ""
    return pinned + shown, cursor


def _read_cursor(after: str) -> tuple[datetime, int] | None:
    when, _, pk = after.replace(" ", "+").partition("_")
    try:
        moment = parse_datetime(when) if when else None
    except ValueError:
        return None
    known = as_id(pk)
    if moment is None or moment.tzinfo is None or known is None or not 2000 <= moment.year < 3000:
        return None
    return moment, known


def _answers(wanted, root_ids: list[int]) -> dict[int, list[Comment]]:
    """The first answers under each root, in reading order."""
    place = Window(RowNumber(), partition_by=F("root_id"), order_by=F("path").asc())
    answers = wanted.filter(root_id__in=root_ids, depth__gt=0).annotate(place=place)
    found: dict[int, list[Comment]] = {}
    for answer in answers.filter(place__lte=ANSWERS_PER_ROOT).order_by("root_id", "path") if root_ids else ():
        found.setdefault(answer.root_id, []).append(answer)
    return found


def _dressed(nodes: list[Node], reader: Reader) -> list[Node]:
    """The list with what drawing needs: where lists of answers begin and end, and why own comments wait."""
    levels = _levels(nodes)
    for node, level, following in zip(nodes, levels, [*levels[1:], 0], strict=False):
        node.opens = following > level
        node.closes = max(0, level - following)
    mark(nodes, reader)
    return nodes


def _levels(nodes: list[Node]) -> list[int]:
    """How deep each is drawn: its depth, less the comments above it that have no place on the page."""
    open_depths: list[int] = []
    levels = []
    for node in nodes:
        while open_depths and open_depths[-1] >= node.depth:
            open_depths.pop()
        levels.append(len(open_depths))
        open_depths.append(node.depth)
    return levels


def _past(path: bytes) -> bytes:
    """The first path that is not below this one any more."""
    return path[:-8] + (int.from_bytes(path[-8:]) + 1).to_bytes(8)
