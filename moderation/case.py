"""Reading for the desk: one comment with all that is known about it."""

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.models import User
from comments.models import Comment, CommentRevision
from comments.models.comments import State
from comments.writers import Writer, writer_of
from moderation.claiming import looked_at_by
from moderation.deciding import acts_for, can_be_undone, words_of
from moderation.models import Act, Decision, Note, Report
from moderation.queue import Held, Listing, with_reasons
from moderation.reasons import Reason, reasons_in, with_evidence, without_model
from moderation.scope import Scope

LET_STAND = (Act.PUBLISH, Act.RESTORE, Act.KEEP)


@dataclass(frozen=True)
class WriterCard:
    """What is known of a writer where the moderator looks after, in numbers."""

    published: int
    refused: int
    removed: int
    waiting: int

    @property
    def decided(self) -> int:
        return self.published + self.refused + self.removed


@dataclass(frozen=True)
class Case:
    """One comment on the desk, with its context and all reasons."""

    comment: Comment
    newer: CommentRevision | None  # waits while the comment itself stands
    earlier: list[CommentRevision]  # texts that are over, the latest first
    words: str  # a mark of what is shown: whether it still is what waits when it is decided
    above: list[Comment]
    reports: list[Report]  # what readers said of it, the open ones first
    reasons: list[Reason]
    shown_text: SafeString  # what would be read, with the evidence marked
    card: WriterCard
    acts: list[Act]
    decisions: list[Decision]
    place: int  # in the list, from 1; 0 when it is not on this page of it
    next_pk: int | None  # where to go on after this one: what follows, or else what stands before
    following_pk: int | None
    previous_pk: int | None
    undoable: Decision | None  # what one press takes back
    writer_key: str  # as `Filter.writer`
    notes: list[Note]  # of moderators, about this writer; the latest first
    looked_at_by: User | None  # somebody else, just now
    is_blind: bool = False  # what the model says is left out until it is decided

    @property
    def may_be_warned(self) -> bool:
        """It can be taken down, and its writer is somebody who can be told."""
        takes_down = Act.REFUSE in self.acts or Act.REMOVE in self.acts
        return takes_down and Act.REFUSE_EDIT not in self.acts and bool(self.person_url)

    @property
    def person_url(self) -> str:
        """The page of its writer at the desk; "" for somebody who has left, or has not proven an address. No query."""
        member, guest = self.comment.member, self.comment.guest
        if member and member.is_active:
            return reverse("moderation:member", args=[member.pk])
        is_here = guest is not None and guest.is_confirmed and guest.email and not guest.leaving
        return reverse("moderation:guest", args=[guest.pk]) if is_here else ""

    @property
    def is_said_to_be_illegal(self) -> bool:
        """Somebody says so, and nobody has decided: whoever takes it down may have to name the law."""
        return any(report.is_open and report.is_illegal for report in self.reports)

    @property
    def quotes_model(self) -> bool:
        return any(reason.is_of_model for reason in self.reasons)

    @property
    def open_reports(self) -> int:
        return sum(report.is_open for report in self.reports)


def load_case(pk: int, queue: Listing, scope: Scope, *, blind: bool = False) -> Case:
    """One comment with its context, all signals and the writer's card. Raises `Http404`.

    Comments whose address is not confirmed are on no desk. `blind` leaves out what the model says of what nobody has
    decided about.
    """
    comment = _comment(pk, queue, scope)
    texts = list(CommentRevision.objects.filter(comment=comment).order_by("-pk")[:21])
    newer = next((text for text in texts if text.state == CommentRevision.State.WAITING), None)
    decisions = list(Decision.objects.about(comment).select_related("by", "rule")[:20])
    writer = writer_of(comment)
    shown = newer or comment
    signals = comment.seen["signals"] if comment.seen else []
    blind = blind and (newer is not None or _is_undecided(comment, decisions))
    if blind:
        signals = without_model(signals)
    order = queue.pks
    at = order.index(pk) if pk in order else -1
    return Case(
        comment=comment,
        newer=newer,
        earlier=[text for text in texts if text is not newer][:20],
        words=words_of(comment, newer.body if newer else comment.body),
        above=_above(comment),
        reports=list(Report.objects.on(comment).open_first().select_related("rule")[:20]),
        reasons=reasons_in(signals, comment.seen["rule"] if comment.seen else ""),
        shown_text=with_evidence(shown.body, shown.body_html, signals),
        card=_card(writer, scope),
        acts=acts_for(comment),
        decisions=decisions,
        place=queue.first + at if pk in order else 0,
        next_pk=_next(queue.held[at + 1 :] + queue.held[: max(at, 0)], pk),
        following_pk=_next(queue.held[at + 1 :], pk),
        previous_pk=order[at - 1] if at > 0 else None,
        undoable=decisions[0] if decisions and can_be_undone(decisions[0], comment) else None,
        writer_key=f"member-{comment.member_id}" if comment.member_id else f"guest-{comment.guest_id}",
        notes=list(_notes(comment, writer, scope)[:10]),
        looked_at_by=looked_at_by(comment, scope.member),
        is_blind=blind,
    )


def _comment(pk: int, queue: Listing, scope: Scope) -> Comment:
    """The line of the list, if it stands in it: then it is known already."""
    if listed := next((held.comment for held in queue.held if held.comment.pk == pk), None):
        return listed
    comments = scope.comments(Comment.objects.exclude(state=State.UNCONFIRMED).filter(pk=pk))
    if found := with_reasons(comments).first():
        return found
    raise Http404


def _is_undecided(comment: Comment, decisions: list[Decision]) -> bool:
    """It waits, or stands without anybody having said that it may."""
    if comment.state == State.PUBLIC and not comment.open_reports:
        return not any(decision.act in LET_STAND for decision in decisions)
    return comment.state in (State.PUBLIC, State.IN_REVIEW)


def _above(comment: Comment) -> list[Comment]:
    """The two that it is drawn under."""
    pks = comment.ancestor_ids()[-2:]
    return list(Comment.objects.filter(pk__in=pks).with_writers().order_by("path")) if pks else []


def _next(rest: list[Held], pk: int) -> int | None:
    """The first of them; what somebody else looks at comes last."""
    free_first = sorted(rest, key=lambda held: held.looked_at_by is not None)
    return next((held.comment.pk for held in free_first if held.comment.pk != pk), None)


def _notes(comment: Comment, writer: Writer, scope: Scope) -> QuerySet[Note]:
    """On this comment, and on what else its writer said where this moderator looks after."""
    theirs = scope.comments(writer.history())
    return Note.objects.filter(Q(comment=comment) | Q(comment__in=theirs)).select_related("by")


def _card(writer: Writer, scope: Scope) -> WriterCard:
    counts = {
        name: Count("pk", filter=Q(state=state))
        for name, state in (
            ("published", State.PUBLIC),
            ("refused", State.REFUSED),
            ("removed", State.REMOVED),
            ("waiting", State.IN_REVIEW),
        )
    }
    return WriterCard(**scope.comments(writer.history()).aggregate(**counts))
