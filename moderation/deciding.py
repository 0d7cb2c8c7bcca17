"""Deciding about a comment: the door, the decision kept, the author told."""

import logging

from accounts.models import User
from comments import editing, visibility
from comments.drafts import mark_of
from comments.errors import MoveNotAllowed, NotEditable
from comments.models import Comment, HouseRule
from comments.models.comments import State
from moderation.errors import AlreadyDecided
from moderation.models import NEED_A_RULE, Act, Decision
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
        return [Act.PUBLISH_EDIT, Act.REFUSE_EDIT, Act.REMOVE] if comment.edit_waits else [Act.REMOVE]
    return [Act.RESTORE] if comment.state in (State.REMOVED, State.REFUSED) else []


def words_of(comment: Comment, newest: str | None = None) -> str:
    """A mark of all that a moderator reads of a comment: its text, and the newer one that waits. Changes with them.

    `newest` is what the writer said last, where the caller knows it."""
    return mark_of(comment.body, editing.newest_text(comment) if newest is None else newest)


def decide(
    comment: Comment,
    act: Act,
    *,
    by: User,
    seen: str,
    words: str = "",
    rule: HouseRule | None = None,
    note: str = "",
) -> Decision:
    """Carry out a moderator's decision and keep it; the author gets a letter.

    `seen` is the state in which the moderator saw the comment, `words` the mark of what it said (`words_of`), "" for
    whatever it says. Raises `AlreadyDecided` when it is another by now: nothing is changed then. Refusing and removing
    need a rule (`ValueError` without).
    """
    if act in NEED_A_RULE and rule is None:
        raise ValueError("refusing and removing need a house rule")
    with visibility.locked(comment.thread_id):
        now = Comment.objects.get(pk=comment.pk)
        if now.state != seen or act not in acts_for(now) or words not in ("", words_of(now)):
            raise AlreadyDecided
        try:
            _carry_out(now, act, rule)
        except (MoveNotAllowed, NotEditable) as error:
            raise AlreadyDecided from error
        decision = Decision.objects.create(
            comment=now, act=act, by=by, rule=rule, rule_text=rule.text if rule else "", note=note.strip()
        )
        write_to_author.defer(decision_id=decision.pk)
    logger.info("comment %s %s by member %s", comment.pk, decision.get_act_display(), by.pk)
    return decision


def _carry_out(comment: Comment, act: Act, rule: HouseRule | None) -> None:
    if act == Act.PUBLISH_EDIT:
        editing.publish_edit(comment)
    elif act == Act.REFUSE_EDIT:
        editing.refuse_edit(comment)
    else:
        visibility.move(comment, GOES_TO[act], rule=rule)
