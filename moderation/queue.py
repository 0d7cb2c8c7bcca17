"""Reading for the desk: what waits, and one case with all that is known about it."""

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.http import Http404

from comments.editing import NewerText, newer_texts
from comments.models import Comment, CommentRevision, Screening
from comments.models.comments import State
from comments.writers import writer_of
from moderation.deciding import acts_for, can_be_undone, words_of
from moderation.models import Act, Decision, Report
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
    """What waits: `total`, and the gravest and oldest `held`; what screening saw of them, and their newer texts."""

    total: int
    held: list[Held]
    seen: dict[int, Screening] = field(default_factory=dict)
    newer: dict[int, NewerText] = field(default_factory=dict)


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
    reports: list[Report]  # what readers said of it, the open ones first
    signals: list[dict]
    deciding_rule: str
    card: WriterCard | None
    acts: list[Act]
    decisions: list[Decision]
    place: int  # in the queue, from 1; 0 when it is not in it
    next_pk: int | None
    previous_pk: int | None
    undoable: Decision | None  # what one press takes back

    @property
    def open_reports(self) -> int:
        return sum(report.is_open for report in self.reports)


def load_queue() -> Queue:
    """The queue, gravest and oldest first. Seven queries at most, however long it is."""
    comments = first_waiting()
    seen = {one.comment_id: one for one in _screenings(comments)}
    newer = newer_texts(comments)
    reported = _reported(comments)
    held = [_held(c, seen.get(c.pk), newer.get(c.pk), reported.get(c.pk, "")) for c in comments]
    return Queue(count_waiting(), held, seen, newer)


def load_case(pk: int, queue: Queue) -> Case:
    """One comment with its context, all signals and the writer's card, as it was when the queue was read. Raises
    `Http404`.

    Comments whose address is not confirmed are in no queue and on no desk.
    """
    listed = {held.comment.pk: held.comment for held in queue.held}
    comments = Comment.objects.exclude(state=State.UNCONFIRMED).with_writers().select_related("thread")
    comment = listed.get(pk) or comments.filter(pk=pk).first()
    if comment is None:
        raise Http404
    above = list(Comment.objects.filter(pk__in=comment.ancestor_ids()).with_writers().order_by("path"))
    seen = queue.seen.get(pk) if pk in listed else _screenings([comment]).last()
    newer = queue.newer.get(pk) if pk in listed else newer_texts([comment]).get(pk)
    order = list(listed)
    at = order.index(pk) if pk in order else -1
    following = order[at + 1 : at + 2] or [other for other in order if other != pk][:1]
    decisions = list(Decision.objects.about(comment).select_related("by", "rule")[:20])
    return Case(
        comment=comment,
        newer=newer,
        earlier=list(comment.revisions.earlier()[:20]),
        words=words_of(comment, newer.body if newer else comment.body),
        above=above[-2:],
        reports=list(Report.objects.on(comment).open_first().select_related("rule")[:20]),
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


def _held(comment: Comment, seen: Screening | None, newer: NewerText | None, reported: str) -> Held:
    is_edit = newer is not None and comment.state == State.PUBLIC
    reasons = [reported] if reported else []
    if is_edit or comment.state == State.IN_REVIEW:
        reasons += seen.reasons if seen else []
    why = " · ".join(reasons) or ("a moderator recommended it" if is_edit else "held by a moderator")
    return Held(comment, newer.body if is_edit else comment.body, why, is_edit)


def _reported(comments: Collection[Comment]) -> dict[int, str]:
    """How often each is reported, by id: `2 reports`, or what is graver."""
    counts = Report.objects.open().on(comments).order_by().values("comment", "kind", "matter").annotate(n=Count("pk"))
    said: dict[int, str] = {}
    for row in sorted(counts, key=lambda row: (row["kind"] == Report.Kind.ILLEGAL, row["matter"] in Report.URGENT)):
        if row["kind"] == Report.Kind.ILLEGAL:
            said[row["comment"]] = f"reported as illegal: {Report.Matter(row['matter']).label}"
        else:
            said[row["comment"]] = f"{row['n']} report{'' if row['n'] == 1 else 's'}"
    return said


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
