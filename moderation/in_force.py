"""Which decision a comment stands by. What was taken back does not count, and neither does the taking back: after both,
the decision before them is in force again."""

from datetime import datetime

from django.utils import timezone

from comments.models import Comment
from comments.models.comments import State
from moderation.models import Act, Appeal, Decision
from moderation.models.decisions import ABOUT_EDITS

GONE = (State.REFUSED, State.REMOVED)


def decision_on(comment: Comment) -> Decision | None:
    """The decision by which a comment stands as it stands; None where nobody has decided."""
    return _not_taken_back(comment).exclude(act__in=(Act.KEEP, *ABOUT_EDITS)).first()


def edit_refusal_on(comment: Comment) -> Decision | None:
    """The decision by which a newer text was refused, while the older one is public and has not changed since."""
    if comment.state != State.PUBLIC or comment.edit_waits:
        return None
    latest = _not_taken_back(comment).filter(act__in=ABOUT_EDITS).first()
    if latest is None or latest.act != Act.REFUSE_EDIT:
        return None
    return None if comment.edited_at and comment.edited_at > latest.made_at else latest


def decision_against(comment: Comment) -> Decision | None:
    """What its author may ask to have looked at again: why the comment is gone, or its newer text was refused."""
    return decision_on(comment) if comment.state in GONE else edit_refusal_on(comment)


def in_force_since(decision: Decision) -> datetime:
    """When it was made, or came into force again because what had replaced it was taken back."""
    latest = Decision.objects.about(decision.comment).exclude(act=Act.KEEP).first()
    return latest.made_at if latest and latest.undoes_id and latest.act == decision.act else decision.made_at


def settle_appeals(comment: Comment) -> None:
    """Appeals whose decision does not hold any more are overtaken; one whose decision holds again waits again.

    One query where there are none. The caller holds the thread's lock.
    """
    unsettled = (Appeal.State.OPEN, Appeal.State.OVERTAKEN)
    appeals = list(Appeal.objects.filter(decision__comment=comment, state__in=unsettled))
    if not appeals:
        return
    against = decision_against(Comment.objects.get(pk=comment.pk))
    for appeal in appeals:
        waits = against is not None and appeal.decision_id == against.pk
        state = Appeal.State.OPEN if waits else Appeal.State.OVERTAKEN
        if appeal.state != state:
            appeal.state, appeal.decided_at = state, None if waits else timezone.now()
            appeal.save(update_fields=["state", "decided_at"])


def _not_taken_back(comment: Comment):
    return Decision.objects.about(comment).filter(undoes=None, undone_by=None).select_related("appeal", "rule")
