"""What waits for a moderator: comments in review, newer texts of public comments, second looks."""

from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import User
from comments.models import Comment
from comments.models.comments import CommentQuerySet, State
from moderation.in_force import GONE
from moderation.models import Act, Appeal

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


def waiting_appeals() -> QuerySet[Appeal]:
    """Those that nobody has decided, the oldest first."""
    gone = Q(decision__comment__state__in=GONE) & ~Q(decision__act=Act.REFUSE_EDIT)
    edited = Q(decision__comment__state=State.PUBLIC, decision__act=Act.REFUSE_EDIT)
    waiting = Appeal.objects.filter(gone | edited, state=Appeal.State.OPEN)
    return waiting.select_related("decision__comment__thread").order_by("made_at", "pk")


def waiting_for(member: User) -> QuerySet[Appeal]:
    """Those that this moderator may decide: not what they decided themselves, nor what they wrote."""
    return waiting_appeals().exclude(decision__comment__member=member).exclude(against=member)


def _waiting() -> tuple[CommentQuerySet, CommentQuerySet]:
    """Two questions, each answered by an index of its own: asked as one, neither index would be of use."""
    return Comment.objects.in_review(), Comment.objects.with_edit_in_review()
