"""Reading for the desk: what waits, and one case with all that is known about it."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import Http404

from comments.editing import NewerText, newer_texts
from comments.models import Comment, CommentRevision, Screening
from comments.models.comments import State
from comments.writers import writer_of
from moderation.deciding import acts_for, can_be_undone, words_of
from moderation.models import Act, Decision
from moderation.waiting import count_waiting, first_waiting


@dataclass(frozen=True)
class Held:
    """A line of the list: a waiting comment, or one whose newer text waits, and in few words why."""

    comment: Comment
    text: str
    why: str
    is_edit: bool = False


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
    newer: NewerText | None  # waits while the comment itself stands
    earlier: list[CommentRevision]  # texts that are over, the latest first
    words: str  # a mark of what is shown: whether it still is what waits when it is decided
    above: list[Comment]
    signals: list[dict]
    deciding_rule: str
    card: WriterCard | None
    acts: list[Act]
    decisions: list[Decision]
    place: int  # in the queue, from 1; 0 when it is not in it
    next_pk: int | None
    previous_pk: int | None
    undoable: Decision | None  # what one press takes back


def load_queue() -> Queue:
    """The queue, gravest and oldest first. Six queries at most, however long it is."""
    comments = first_waiting()
    reasons = {seen.comment_id: seen.reasons for seen in _screenings(comments)}
    newer = newer_texts(comments)
    return Queue(count_waiting(), [_held(c, reasons.get(c.pk, []), newer.get(c.pk)) for c in comments])


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
    newer = newer_texts([comment]).get(pk)
    order = [held.comment.pk for held in queue.held]
    at = order.index(pk) if pk in order else -1
    following = order[at + 1 : at + 2] or [other for other in order if other != pk][:1]
    decisions = list(Decision.objects.about(comment).select_related("by", "rule")[:20])
    return Case(
        comment=comment,
        newer=newer,
        earlier=list(comment.revisions.earlier()[:20]),
        words=words_of(comment, newer.body if newer else comment.body),
        above=above[-2:],
        signals=seen.signals if seen else [],
        deciding_rule=seen.rule if seen else "",
        card=_card(comment),
        acts=acts_for(comment),
        decisions=decisions,
        place=at + 1,
        next_pk=following[0] if following else None,
        previous_pk=order[at - 1] if at > 0 else None,
        undoable=decisions[0] if decisions and can_be_undone(decisions[0], comment) else None,
    )


def _held(comment: Comment, reasons: list[str], newer: NewerText | None) -> Held:
    is_edit = newer is not None and comment.state == State.PUBLIC
    why = " · ".join(reasons) or ("a moderator recommended it" if is_edit else "held by a moderator")
    return Held(comment, newer.body if is_edit else comment.body, why, is_edit)


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
