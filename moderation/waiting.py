"""What waits for a moderator: comments in review, and newer texts of public comments."""

from datetime import datetime

from comments.models import Comment
from comments.models.comments import CommentQuerySet

LISTED = 50


def first_waiting() -> list[Comment]:
    """The gravest and oldest of all that waits, with their writers and threads. Two queries."""
    found = [c for waiting in _waiting() for c in waiting.with_writers().select_related("thread")[:LISTED]]
    return sorted(found, key=lambda c: (-c.priority, c.created_at, c.pk))[:LISTED]


def count_waiting() -> int:
    comments, edits = (waiting.order_by().values("pk") for waiting in _waiting())
    return comments.union(edits, all=True).count()


def oldest_waiting() -> datetime | None:
    """When the oldest was written; None when nothing waits."""
    firsts = [w.order_by("created_at").values_list("created_at", flat=True).first() for w in _waiting()]
    return min(filter(None, firsts), default=None)


def _waiting() -> tuple[CommentQuerySet, CommentQuerySet]:
    """Two questions, each answered by an index of its own: asked as one, neither index would be of use."""
    return Comment.objects.in_review(), Comment.objects.with_edit_in_review()
