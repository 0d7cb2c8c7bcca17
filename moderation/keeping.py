"""Keeping words that nothing may erase for now: not time, not their writer. Somebody may need them in court."""

import logging
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from comments import visibility
from comments.models import Comment
from moderation.errors import NothingToKeep
from moderation.models import EvidenceHold

logger = logging.getLogger(__name__)


def keep_evidence(comment: Comment, *, by: User, why: str, days: int) -> EvidenceHold:
    """Keep a comment, with its other texts, for so many days from now on, whatever becomes of it.

    Takes the place of an earlier hold. Raises `NothingToKeep` when its words have been erased.
    """
    with visibility.locked(comment.thread_id):
        now = Comment.objects.get(pk=comment.pk)
        if not now.body:
            raise NothingToKeep
        _end(EvidenceHold.objects.filter(comment=now), by)
        hold = EvidenceHold.objects.create(comment=now, by=by, why=why, until=timezone.now() + timedelta(days=days))
        Comment.objects.filter(pk=now.pk).update(kept_until=hold.until)
    logger.info("comment %s kept as evidence by member %s for %s days", now.pk, by.pk, days)
    return hold


def let_go(hold: EvidenceHold, *, by: User) -> None:
    """It need not be kept any longer: what is over for other reasons is erased by the next clock work."""
    with visibility.locked(hold.comment.thread_id):
        if _end(EvidenceHold.objects.filter(pk=hold.pk), by):
            Comment.objects.filter(pk=hold.comment_id).update(kept_until=None)
    logger.info("comment %s not kept any longer, by member %s", hold.comment_id, by.pk)


def _end(holds, by: User) -> int:
    return holds.filter(lifted_at=None).update(lifted_at=timezone.now(), lifted_by=by)
