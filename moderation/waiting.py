"""What waits for a moderator: comments in review, newer texts of public comments, and comments that are reported."""

from datetime import datetime

from django.db.models import DateTimeField, F, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from comments.models import Comment
from comments.models.comments import CommentQuerySet, State
from moderation.models import Act, Decision, Report

LISTED = 50


def first_waiting() -> list[Comment]:
    """The gravest and oldest of all that waits, with their writers and threads. Two queries."""
    firsts = [waiting.values("pk", "priority", "created_at")[:LISTED] for waiting in _waiting()]
    ids = {row["pk"] for row in firsts[0].union(*firsts[1:], all=True)}
    found = Comment.objects.filter(pk__in=ids).with_writers().select_related("thread")
    return sorted(found, key=lambda c: (-c.priority, c.created_at, c.pk))[:LISTED]


def count_waiting() -> int:
    first, *others = (waiting.order_by().values("pk") for waiting in _waiting())
    return first.union(*others, all=True).count()


def oldest_waiting() -> datetime | None:
    """Since when the oldest waits: since it was written, taken off the page, or reported. None when nothing waits."""
    written = Q(published_at=None)
    in_review, edits = Comment.objects.in_review().order_by(), Comment.objects.with_edit_in_review().order_by()
    taken_off = Decision.objects.filter(comment=OuterRef("pk"), act=Act.HOLD).order_by("-pk").values("made_at")[:1]
    since = Coalesce(Subquery(taken_off), F("created_at"), output_field=DateTimeField())
    firsts = [
        in_review.filter(written).aggregate(at=Min("created_at")),
        in_review.exclude(written).annotate(since=since).aggregate(at=Min("since")),
        edits.aggregate(at=Min("created_at")),
        Report.objects.open().filter(comment__in=reported().order_by()).aggregate(at=Min("made_at")),
    ]
    return min((first["at"] for first in firsts if first["at"]), default=None)


def reported() -> CommentQuerySet:
    """Comments with an open report that wait for nothing else: public ones, and those that their writer has taken back
    after they were reported as a danger to somebody."""
    open_reports = Report.objects.open()
    comments = Comment.objects.filter(pk__in=open_reports.values("comment"), edit_waits=False)
    dangerous = Q(state=State.WITHDRAWN, pk__in=open_reports.urgent().values("comment"))
    return comments.filter(Q(state=State.PUBLIC) | dangerous).order_by("-priority", "created_at", "pk")


def _waiting() -> tuple[CommentQuerySet, ...]:
    """Questions that find no comment twice, each with an index of its own: asked as one, none would be of use."""
    return Comment.objects.in_review(), Comment.objects.with_edit_in_review(), reported()
