"""Decisions of other days, made quickly: as rows, without moving a comment each time."""

from datetime import UTC, datetime, timedelta

from comments.models import Comment
from comments.models.comments import State
from moderation.models import NEED_A_RULE, Act, Decision
from tests.factories import make_comment, make_rule

DAY = datetime(2026, 10, 15, 12, tzinfo=UTC)


def decided(
    act: Act = Act.REMOVE,
    *,
    at: datetime = DAY,
    by=None,
    automatic: bool = False,
    rule: int = 3,
    was: str = State.PUBLIC,
    comment: Comment | None = None,
    undoes: Decision | None = None,
) -> Decision:
    """One decision about a comment of its own, by a person (who may be unknown by now) or a program."""
    comment = comment or make_comment(state=State.IN_REVIEW, created_at=at - timedelta(hours=1))
    known = make_rule(rule)
    grounds = {"rule": known, "rule_text": f"{rule}: {known.text}"} if act in NEED_A_RULE else {}
    return Decision.objects.create(
        comment=comment, act=act, was=was, by=by, is_automatic=automatic, made_at=at, undoes=undoes, **grounds
    )


def undone(decision: Decision, *, after: timedelta) -> Decision:
    back = {Act.REMOVE: Act.RESTORE, Act.REFUSE: Act.HOLD, Act.RESTORE: Act.REMOVE}[Act(decision.act)]
    return decided(back, at=decision.made_at + after, comment=decision.comment, undoes=decision)
