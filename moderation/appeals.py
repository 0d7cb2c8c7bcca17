"""A second look: the author of a comment that was refused or removed asks for it, once; somebody else decides."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from comments import visibility
from comments.models import Comment
from comments.models.comments import State
from moderation.deciding import decide
from moderation.errors import AlreadyAppealed, AlreadyDecided, AppealTooLate, OwnDecision
from moderation.models import Act, Appeal, Decision
from moderation.notices import write_of_appeal
from moderation.scope import Scope

logger = logging.getLogger(__name__)

APPEALABLE = (Act.REFUSE, Act.REMOVE)
GONE = (State.REFUSED, State.REMOVED)


def decision_on(comment: Comment) -> Decision | None:
    """The decision by which a comment stands as it stands; None where nobody has decided."""
    return Decision.objects.about(comment).exclude(act=Act.KEEP).select_related("appeal").first()


def appeal_of(decision: Decision) -> Appeal | None:
    return getattr(decision, "appeal", None)


def appeals_until(decision: Decision) -> datetime:
    return decision.made_at + timedelta(days=settings.APPEAL_DAYS)


def may_appeal(decision: Decision, comment: Comment) -> bool:
    """Whether its author can still ask for a second look."""
    in_time = timezone.now() < appeals_until(decision)
    return decision.act in APPEALABLE and comment.state in GONE and in_time and appeal_of(decision) is None


def open_appeal(decision: Decision, *, text: str) -> Appeal:
    """The author of the comment asks for a second look. The caller knows that it is the author.

    Raises `AlreadyAppealed` where there is one, also of a moment ago, and `AppealTooLate`.
    """
    if appeal_of(decision):
        raise AlreadyAppealed
    if not may_appeal(decision, Comment.objects.get(pk=decision.comment_id)):
        raise AppealTooLate
    try:
        with transaction.atomic():
            appeal = Appeal.objects.create(decision=decision, against_id=decision.by_id, text=text)
    except IntegrityError as error:
        raise AlreadyAppealed from error
    logger.info("appeal %s against decision %s", appeal.pk, decision.pk)
    return appeal


def waiting_appeals() -> QuerySet[Appeal]:
    """Those that nobody has decided, the oldest first.

    What was decided afresh since, came back or was withdrawn needs no second look.
    """
    about_it = Decision.objects.filter(comment=OuterRef("decision__comment")).exclude(act=Act.KEEP).order_by("-pk")
    waiting = Appeal.objects.filter(state=Appeal.State.OPEN, decision__comment__state__in=GONE)
    waiting = waiting.filter(decision=Subquery(about_it.values("pk")[:1]))
    return waiting.select_related("decision__comment__thread").order_by("made_at", "pk")


def waiting_for(scope: Scope) -> QuerySet[Appeal]:
    """Those that this moderator may decide: not what they decided themselves, nor what they wrote."""
    return scope.about_decisions(waiting_appeals()).exclude(_is_of(scope.member))


def waiting_for_others(scope: Scope) -> QuerySet[Appeal]:
    """Those that somebody else has to decide."""
    return scope.about_decisions(waiting_appeals()).filter(_is_of(scope.member))


def _is_of(member: User) -> Q:
    return Q(decision__comment__member=member) | Q(against=member)


def decide_appeal(appeal: Appeal, *, by: User, overturn: bool, note: str = "") -> Appeal:
    """Somebody else looked again: the decision stands, or is taken back and the comment is public.

    Raises `OwnDecision` for whoever decided or wrote it, and `AlreadyDecided` when another was faster or the comment
    has changed.
    """
    if by.pk in (appeal.against_id, appeal.decision.comment.member_id):
        raise OwnDecision
    with visibility.locked(appeal.decision.comment.thread_id):
        now = Appeal.objects.select_for_update().get(pk=appeal.pk)
        comment = Comment.objects.get(pk=appeal.decision.comment_id)
        if now.state != Appeal.State.OPEN or comment.state not in GONE or decision_on(comment) != appeal.decision:
            raise AlreadyDecided
        now.state = Appeal.State.OVERTURNED if overturn else Appeal.State.UPHELD
        now.decided_by, now.decided_at, now.note = by, timezone.now(), note
        now.save()
        if overturn:  # its author hears of it by the letter of this decision
            decide(comment, Act.RESTORE, by=by, seen=comment.state, note=note)
        else:
            write_of_appeal.defer(appeal_id=now.pk)
    logger.info("appeal %s %s by member %s", now.pk, now.state, by.pk)
    return now
