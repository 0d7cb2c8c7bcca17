"""Which comments a filter means: what waits for a moderator, and what was.

A queue is one question or two, each answered by an index of its own: asked as one, neither index would be of use.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    DateTimeField,
    Exists,
    F,
    Func,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone

from accounts.models import User
from comments.models import Comment, Guest, Screening
from comments.models.comments import CommentQuerySet, State
from moderation.filters import Filter, Queue
from moderation.models import Act, Decision, Report
from moderation.models.reports import ReportQuerySet
from moderation.scope import EVERYWHERE, Scope
from screening.model import HEADS

LISTED = 50  # lines of a page
IS_SO = BooleanField()
GRAVEST_FIRST = ("-priority", "created_at", "pk")


def listed(filter: Filter, scope: Scope = EVERYWHERE, *, at_most: int = LISTED) -> list[int]:
    """The ids on one page of a list, in its order. One query."""
    first = (filter.page - 1) * at_most
    questions = [found[: first + at_most] for found in matching(filter, scope)]
    if len(questions) == 1:
        return list(questions[0].values_list("pk", flat=True)[first : first + at_most])
    parts = [found.values_list("pk", "priority", "created_at") for found in questions]
    both = parts[0].union(*parts[1:], all=True).order_by("-priority", "created_at", "pk")
    return [pk for pk, *_ in both[first : first + at_most]]


def matching(filter: Filter, scope: Scope = EVERYWHERE) -> list[CommentQuerySet]:
    """The comments that a filter means, in the order of its queue: one question, or several without overlap."""
    return [_narrowed(scope.comments(found), filter) for found in _queue(filter.queue, scope)]


def count_waiting(scope: Scope = EVERYWHERE) -> int:
    """Comments in review, newer texts that wait, and comments that are reported."""
    return sum(found.order_by().count() for found in matching(Filter(), scope))


def oldest_waiting(scope: Scope = EVERYWHERE) -> datetime | None:
    """Since when the oldest waits: since it was written, taken off the page, or reported. None when nothing waits."""
    in_review, edits, reported = (found.order_by() for found in matching(Filter(), scope))
    taken_off = Decision.objects.filter(comment=OuterRef("pk"), act=Act.HOLD).order_by("-pk").values("made_at")[:1]
    since = Coalesce(Subquery(taken_off), F("created_at"), output_field=DateTimeField())
    firsts = [
        in_review.filter(published_at=None).aggregate(at=Min("created_at")),
        in_review.exclude(published_at=None).annotate(since=since).aggregate(at=Min("since")),
        edits.aggregate(at=Min("created_at")),
        Report.objects.open().filter(comment__in=reported).aggregate(at=Min("made_at")),
    ]
    return min((first["at"] for first in firsts if first["at"]), default=None)


def _queue(queue: Queue, scope: Scope) -> list[CommentQuerySet]:
    comments = Comment.objects.exclude(state=State.UNCONFIRMED)
    if queue == Queue.WAITING:
        return [comments.in_review(), comments.with_edit_in_review(), _reported_alone(comments)]
    if queue == Queue.REPORTED:
        return [_reported(comments, Report.objects.open())]
    if queue == Queue.ILLEGAL:
        return [_reported(comments, Report.objects.open().illegal())]
    if queue == Queue.RECENT:
        return [comments.public().order_by("-published_at", "-pk")]
    if queue in (Queue.MINE, Queue.DECIDED):
        return [_decided(comments, scope.member if queue == Queue.MINE else None)]
    return [comments.order_by("-pk")]


def _reported(comments: CommentQuerySet, open_reports: ReportQuerySet) -> CommentQuerySet:
    """Comments with such reports that moderators can still do something about. What its writer has taken back stays a
    question where it was reported as a danger to somebody."""
    found = comments.filter(_among(open_reports.values("comment")))
    dangerous = Q(state=State.WITHDRAWN, pk__in=open_reports.urgent().values("comment"))
    return found.filter(Q(state__in=[State.PUBLIC, State.IN_REVIEW]) | dangerous).order_by(*GRAVEST_FIRST)


def _among(ids: QuerySet) -> Func:
    """The comments with these ids, looked up one by one. `IN` would let PostgreSQL read all comments there are, which
    it believes to be quicker when it is to count a few of many."""
    return Func(F("pk"), ArraySubquery(ids), template="%(expressions)s)", arg_joiner=" = ANY(", output_field=IS_SO)


def _reported_alone(comments: CommentQuerySet) -> CommentQuerySet:
    """Those that wait for nothing else."""
    return _reported(comments, Report.objects.open()).filter(edit_waits=False).exclude(state=State.IN_REVIEW)


def _decided(comments: CommentQuerySet, by) -> CommentQuerySet:
    """What was decided in the days in which it can be undone, the latest decision first."""
    since = {"decisions__made_at__gte": timezone.now() - timedelta(days=settings.UNDO_DAYS)}
    found = comments.filter(**since, **({"decisions__by": by} if by else {}))
    return found.annotate(decided=Max("decisions")).order_by("-decided")


def _narrowed(found: CommentQuerySet, filter: Filter) -> CommentQuerySet:
    if filter.space:
        found = found.filter(thread__space=filter.space)
    if filter.rule:
        about = {"comment": OuterRef("pk"), "rule__number": filter.rule}
        reported, decided = Report.objects.open().filter(**about), Decision.objects.filter(**about)
        found = found.filter(Exists(reported) | Exists(decided))
    if filter.signal:
        sought = {"rule": filter.signal} | ({"noticed": True} if filter.signal in HEADS else {})
        noticed = Screening.objects.filter(comment=OuterRef("pk"), signals__contains=[sought])
        found = found.filter(Exists(noticed))
    if filter.age:
        found = found.filter(created_at__lte=timezone.now() - timedelta(hours=filter.age))
    if filter.writer:
        found = found.filter(_written_by(filter.writer))
    if filter.state:
        found = found.filter(state=filter.state)
    if filter.words:
        found = found.filter(_with_words(filter.words))
    return found


def _written_by(writer: str) -> Q:
    """All that a member wrote; all that was written under the proven address of a guest."""
    kind, _, pk = writer.partition("-")
    if kind == "member":
        return Q(member=int(pk))
    confirmed = Guest.objects.confirmed().annotate(address=Lower("email"))
    address = Subquery(confirmed.filter(pk=int(pk)).exclude(email="").values("address")[:1])
    return Q(guest=int(pk)) | Q(guest__in=confirmed.filter(address=address))


def _with_words(words: str) -> Q:
    named = User.objects.filter(display_name__icontains=words)
    return Q(body__icontains=words) | Q(member__in=named) | Q(guest__in=Guest.objects.filter(name__icontains=words))
