"""A second look: the author of what was refused or removed asks for it, once; somebody else decides."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from civic.lib.jobs import every
from comments import editing, visibility
from comments.errors import NotEditable
from comments.models import Comment
from moderation.appeal_letters import write_of_appeal, write_of_receipt
from moderation.deciding import decide, keep
from moderation.errors import AlreadyAppealed, AlreadyDecided, AppealTooLate, OwnDecision
from moderation.in_force import decision_against, in_force_since, settle_appeals
from moderation.models import Act, Appeal, Decision
from moderation.second_looks import may_decide

logger = logging.getLogger(__name__)


def appeal_of(decision: Decision) -> Appeal | None:
    return getattr(decision, "appeal", None)


def appeals_until(decision: Decision) -> datetime:
    return in_force_since(decision) + timedelta(days=settings.APPEAL_DAYS)


def may_appeal(decision: Decision, comment: Comment) -> bool:
    """Whether its author can still ask for a second look."""
    if appeal_of(decision) or comment.is_erased or decision != decision_against(comment):
        return False
    return timezone.now() < appeals_until(decision)


def open_appeal(decision: Decision, *, text: str) -> Appeal:
    """The author of the comment asks for a second look. The caller knows that it is the author.

    Raises `AlreadyAppealed` where there is one, also of a moment ago, and `AppealTooLate`.
    """
    if appeal_of(decision):
        raise AlreadyAppealed
    comment = Comment.objects.get(pk=decision.comment_id)
    try:
        with visibility.locked(comment.thread_id):  # what is appealed against cannot be taken back meanwhile
            comment.refresh_from_db()
            if not may_appeal(decision, comment):
                raise AppealTooLate
            with transaction.atomic():
                appeal = Appeal.objects.create(decision=decision, against_id=decision.by_id, text=text)
            write_of_receipt.defer(appeal_id=appeal.pk)
    except IntegrityError as error:
        raise AlreadyAppealed from error
    logger.info("appeal %s against decision %s", appeal.pk, decision.pk)
    return appeal


def decide_appeal(appeal: Appeal, *, by: User, overturn: bool, note: str = "") -> Appeal:
    """Somebody else looked again: the decision stands, or is taken back and the comment, or its newer text, is public.

    Raises `OwnDecision` for whoever decided, brought that back into force or wrote it, and `AlreadyDecided` when
    another was faster or the comment has changed.
    """
    if not may_decide(appeal, by):
        raise OwnDecision
    with visibility.locked(appeal.decision.comment.thread_id):
        now = Appeal.objects.select_for_update().get(pk=appeal.pk)
        comment = Comment.objects.get(pk=appeal.decision.comment_id)
        if now.state != Appeal.State.OPEN or decision_against(comment) != appeal.decision:
            raise AlreadyDecided
        now.state = Appeal.State.OVERTURNED if overturn else Appeal.State.UPHELD
        now.decided_by, now.decided_at, now.note = by, timezone.now(), note
        now.save()
        if overturn:  # its author hears of it by the letter of this decision
            _take_back(now.decision, comment, by=by, note=note)
        else:
            write_of_appeal.defer(appeal_id=now.pk)
    logger.info("appeal %s %s by member %s", now.pk, now.state, by.pk)
    return now


@every("*/10 * * * *")
def settle_all() -> None:
    """Appeals about what its author has withdrawn or changed since are overtaken: no decision has told us of that."""
    waiting = Appeal.objects.filter(state=Appeal.State.OPEN).select_related("decision__comment")
    for appeal in waiting.order_by("pk"):
        with visibility.locked(appeal.decision.comment.thread_id):
            settle_appeals(appeal.decision.comment)


def _take_back(decision: Decision, comment: Comment, *, by: User, note: str) -> None:
    if decision.act != Act.REFUSE_EDIT:
        decide(comment, Act.RESTORE, by=by, seen=comment.state, note=note)
        return
    try:
        editing.publish_refused_edit(comment)
    except NotEditable as error:
        raise AlreadyDecided from error
    keep(comment, Act.PUBLISH_EDIT, was=comment.state, by=by, note=note)
