"""Deciding about a comment: the door, the decision kept, the author told."""

import logging

from accounts.models import User
from comments import visibility
from comments.errors import MoveNotAllowed
from comments.models import Comment, HouseRule
from comments.models.comments import State
from moderation.errors import AlreadyDecided
from moderation.models import Act, Decision
from moderation.notices import write_to_author

logger = logging.getLogger(__name__)

GOES_TO = {
    Act.PUBLISH: State.PUBLIC,
    Act.REFUSE: State.REFUSED,
    Act.REMOVE: State.REMOVED,
    Act.RESTORE: State.PUBLIC,
}


def acts_for(comment: Comment) -> list[Act]:
    """What can be decided about a comment as it stands."""
    if comment.state == State.IN_REVIEW:
        # What readers have seen is removed, what they have not is refused.
        return [Act.PUBLISH, Act.REMOVE if comment.has_been_public else Act.REFUSE]
    if comment.state == State.PUBLIC:
        return [Act.REMOVE]
    return [Act.RESTORE] if comment.state in (State.REMOVED, State.REFUSED) else []


def decide(
    comment: Comment, act: Act, *, by: User, seen: str, rule: HouseRule | None = None, note: str = ""
) -> Decision:
    """Carry out a moderator's decision and keep it; the author gets a letter.

    `seen` is the state in which the moderator saw the comment. Raises `AlreadyDecided` when it is another by now:
    nothing is changed then. Refusing and removing need a rule (`ValueError` without).
    """
    if act in (Act.REFUSE, Act.REMOVE) and rule is None:
        raise ValueError("refusing and removing need a house rule")
    with visibility.locked(comment.thread_id):
        now = Comment.objects.get(pk=comment.pk)
        if now.state != seen or act not in acts_for(now):
            raise AlreadyDecided
        try:
            visibility.move(now, GOES_TO[act], rule=rule)
        except MoveNotAllowed as error:
            raise AlreadyDecided from error
        decision = Decision.objects.create(
            comment=now, act=act, by=by, rule=rule, rule_text=rule.text if rule else "", note=note.strip()
        )
        write_to_author.defer(decision_id=decision.pk)
    logger.info("comment %s %s by member %s", comment.pk, decision.get_act_display(), by.pk)
    return decision
