"""Reading for the desk: what waits, and one case with all that is known about it."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import Http404

from comments.models import Comment, Screening
from comments.models.comments import State
from comments.writers import writer_of
from moderation.deciding import acts_for
from moderation.models import Act, Decision

LISTED = 50


@dataclass(frozen=True)
class Held:
    """A line of the list: a waiting comment and, in few words, why."""

    comment: Comment
    why: str


@dataclass(frozen=True)
class Queue:
    """What waits: `total`, and the gravest and oldest `held`."""

    total: int
    held: list[Held]


@dataclass(frozen=True)
class WriterCard:
    """What is known of a writer, in numbers."""

    published: int
    refused: int
    removed: int
    waiting: int


@dataclass(frozen=True)
class Case:
    """One comment on the desk, with its context and all reasons."""

    comment: Comment
    above: list[Comment]
    signals: list[dict]
    deciding_rule: str
    card: WriterCard | None
    acts: list[Act]
    decisions: list[Decision]
    place: int  # in the queue, from 1; 0 when it is not in it
    next_pk: int | None


def load_queue() -> Queue:
    """The queue, gravest and oldest first. Three queries, however long it is."""
    waiting = Comment.objects.in_review()
    total = waiting.count()
    comments = list(waiting.with_writers().select_related("thread")[:LISTED])
    reasons = {seen.comment_id: seen.reasons for seen in _screenings(comments)}
    return Queue(total, [Held(c, " · ".join(reasons.get(c.pk, [])) or "held by a moderator") for c in comments])


def load_case(pk: int, queue: Queue) -> Case:
    """One comment with its context, all signals and the writer's card. Raises `Http404`.

    Comments whose address is not confirmed are in no queue and on no desk.
    """
    comments = Comment.objects.exclude(state=State.UNCONFIRMED).with_writers().select_related("thread")
    comment = comments.filter(pk=pk).first()
    if comment is None:
        raise Http404
    above = list(Comment.objects.filter(pk__in=comment.ancestor_ids()).with_writers().order_by("path"))
    seen = Screening.objects.filter(comment=comment).order_by("-pk").first()
    order = [held.comment.pk for held in queue.held]
    at = order.index(pk) if pk in order else -1
    following = order[at + 1 : at + 2] or [other for other in order if other != pk][:1]
    return Case(
        comment=comment,
        above=above[-2:],
        signals=seen.signals if seen else [],
        deciding_rule=seen.rule if seen else "",
        card=_card(comment),
        acts=acts_for(comment),
        decisions=list(Decision.objects.about(comment).select_related("by", "rule")[:20]),
        place=at + 1,
        next_pk=following[0] if following else None,
    )


def _screenings(comments: list[Comment]):
    return Screening.objects.filter(comment__in=comments).order_by("pk")


def _card(comment: Comment) -> WriterCard | None:
    writer = writer_of(comment)
    if writer is None:
        return None
    counts = {
        name: Count("pk", filter=Q(state=state))
        for name, state in (
            ("published", State.PUBLIC),
            ("refused", State.REFUSED),
            ("removed", State.REMOVED),
            ("waiting", State.IN_REVIEW),
        )
    }
    return WriterCard(**writer.history().aggregate(**counts))
