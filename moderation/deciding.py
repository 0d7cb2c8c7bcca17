"""Deciding about a comment, and taking that back: the door, the decision kept, the author told."""

import logging
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from comments import editing, visibility
from comments.drafts import mark_of
from comments.errors import MoveNotAllowed, NotEditable
from comments.models import Comment, HouseRule
from comments.models.comments import State
from moderation.claiming import let_go
from moderation.errors import AlreadyDecided, NotUndone, OwnWords
from moderation.in_force import settle_appeals
from moderation.models import NEED_A_RULE, Act, Appeal, Batch, Decision
from moderation.notices import write_to_author
from moderation.outcomes import answer_reports
from moderation.second_looks import is_written_by

logger = logging.getLogger(__name__)

GOES_TO = {
    Act.PUBLISH: State.PUBLIC,
    Act.REFUSE: State.REFUSED,
    Act.REMOVE: State.REMOVED,
    Act.RESTORE: State.PUBLIC,
    Act.HOLD: State.IN_REVIEW,
    Act.KEEP: State.PUBLIC,
}
FOR_ITS_WRITER = (Act.PUBLISH, Act.RESTORE, Act.KEEP, Act.PUBLISH_EDIT)
TAKEN_BACK_BY = {
    State.IN_REVIEW: Act.HOLD,
    State.PUBLIC: Act.RESTORE,
    State.REFUSED: Act.REFUSE,
    State.REMOVED: Act.REMOVE,
}


def acts_for(comment: Comment) -> list[Act]:
    """What can be decided about a comment as it stands."""
    if comment.state == State.IN_REVIEW:
        # What readers have seen is removed, what they have not is refused.
        return [Act.PUBLISH, Act.REMOVE if comment.has_been_public else Act.REFUSE]
    if comment.state == State.PUBLIC:
        waiting = [Act.PUBLISH_EDIT, Act.REFUSE_EDIT] if comment.edit_waits else []
        return [*waiting, Act.REMOVE, Act.HOLD, Act.KEEP]
    if comment.state == State.WITHDRAWN:
        return [Act.KEEP]  # somebody has read a report of it, and nothing is left to do
    # What was erased cannot come back.
    return [Act.RESTORE] if comment.state in (State.REMOVED, State.REFUSED) and not comment.is_erased else []


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
    law: str = "",
    note: str = "",
    batch: Batch | None = None,
) -> Decision:
    """Carry out a moderator's decision and keep it; the author gets a letter, from a `batch` one for all of it.

    `seen` is the state in which the moderator saw the comment, `words` the mark of what it said (`words_of`), "" for
    whatever it says. Raises `AlreadyDecided` when it is another by now: nothing is changed then. Refusing and removing
    need a rule (`ValueError` without); `law` names the one that the words are taken to be against, too.
    `OwnWords` (an `AlreadyDecided`) for who wrote it and wants it to be read.
    """
    if act in NEED_A_RULE and rule is None:
        raise ValueError("refusing and removing need a house rule")
    with visibility.locked(comment.thread_id):
        now = Comment.objects.get(pk=comment.pk)
        if now.state != seen or act not in acts_for(now) or words not in ("", words_of(now)):
            raise AlreadyDecided
        if act in FOR_ITS_WRITER and _judges_own_words(now, by):
            raise OwnWords
        try:
            _carry_out(now, act, rule)
        except (MoveNotAllowed, NotEditable) as error:
            raise AlreadyDecided from error
        grounds = {"rule": rule, "rule_text": rule.text if rule else "", "law": law if act in NEED_A_RULE else ""}
        return keep(now, act, was=seen, by=by, **grounds, note=note.strip(), batch=batch)


def keep(
    comment: Comment,
    act: Act,
    *,
    was: str,
    by: User | None,
    rule: HouseRule | None = None,
    rule_text: str = "",
    law: str = "",
    note: str = "",
    undoes: Decision | None = None,
    batch: Batch | None = None,
) -> Decision:
    """Add a decision about a comment that has been carried out: it answers reports, and the author hears of it a little
    later.

    `was` is the state of the comment before; `by` is nobody where the program decided. The caller holds the thread's
    lock.
    """
    decision = Decision.objects.create(
        comment=comment,
        act=act,
        was=was,
        by=by,
        is_automatic=by is None,
        rule=rule,
        rule_text=rule_text,
        law=law,
        note=note,
        undoes=undoes,
        batch=batch,
    )
    settle_appeals(comment)
    let_go(comment)
    answer_reports(decision)
    if act != Act.KEEP and batch is None:  # kept: nothing has changed for its author. A batch writes one letter itself
        later = write_to_author.configure(schedule_in={"seconds": settings.DECISION_LETTER_SECONDS})
        later.defer(decision_id=decision.pk)
    logger.info("comment %s %s by %s", comment.pk, decision.get_act_display(), f"member {by.pk}" if by else "itself")
    return decision


def undo(decision: Decision, *, by: User, batch: Batch | None = None) -> Decision:
    """Take a decision about a comment back: the comment is again as it was, and a decision of its own says so.

    Raises `NotUndone` where that is not possible (`can_be_undone`), `OwnWords` (one of these) for who wrote it.
    """
    with visibility.locked(decision.comment.thread_id):
        now = Comment.objects.get(pk=decision.comment_id)
        if not can_be_undone(decision, now):
            raise NotUndone
        if decision.by_id != by.pk and _judges_own_words(now, by):
            raise OwnWords
        act = TAKEN_BACK_BY[State(decision.was)]
        before = _decision_that_stands_again(decision) if act in NEED_A_RULE else None
        if act in NEED_A_RULE and (before is None or before.rule is None):
            raise NotUndone
        grounds = {"rule": before.rule, "rule_text": before.rule_text, "law": before.law} if before else {}
        try:
            visibility.move(now, State(decision.was), rule=before.rule if before else None)
        except MoveNotAllowed as error:
            raise NotUndone from error
        return keep(now, act, was=now.state, by=by, **grounds, undoes=decision, batch=batch)


def can_be_undone(decision: Decision, comment: Comment) -> bool:
    """Whether one press takes it back: the latest about its comment, which still stands as decided, for 30 days.

    What was decided about a newer text, and what takes something back itself, is decided afresh instead. What an appeal
    has brought back stays: it is not for the first to decide to take that back by one press.
    """
    return (
        decision.undoes_id is None
        and not _is_by_appeal(decision)
        and bool(decision.was)
        and not comment.is_erased
        and comment.state == GOES_TO.get(Act(decision.act))
        and decision.made_at > timezone.now() - timedelta(days=settings.UNDO_DAYS)
        and decision == Decision.objects.about(comment).first()
    )


def _judges_own_words(comment: Comment, by: User) -> bool:
    """Whether somebody decides about what they wrote, and there is another moderator who could."""
    return is_written_by(comment, by) and User.objects.moderators().exclude(pk=by.pk).exists()


def _is_by_appeal(decision: Decision) -> bool:
    overturned = Appeal.objects.filter(decision__comment=decision.comment_id, state=Appeal.State.OVERTURNED)
    return decision.act == Act.RESTORE and overturned.filter(decided_at__lte=decision.made_at).exists()


def _decision_that_stands_again(decision: Decision) -> Decision | None:
    earlier = Decision.objects.about(decision.comment).filter(pk__lt=decision.pk, act__in=NEED_A_RULE)
    return earlier.exclude(act=Act.REFUSE_EDIT).select_related("rule").first()


def _carry_out(comment: Comment, act: Act, rule: HouseRule | None) -> None:
    if act == Act.KEEP:
        return
    if act == Act.PUBLISH_EDIT:
        editing.publish_edit(comment)
    elif act == Act.REFUSE_EDIT:
        editing.refuse_edit(comment)
    else:
        visibility.move(comment, GOES_TO[act], rule=rule)
