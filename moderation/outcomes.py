"""What becomes of the reports of a comment: each decision about it answers them, and what is undone opens them again.

Also where a reported comment stands in the queue. The caller holds the lock of its thread.
"""

from datetime import datetime

from django.conf import settings
from django.db.models import Case, F, Max, Q, Value, When
from django.utils import timezone

from comments.models import Comment
from comments.models.comments import State
from moderation.models import NEED_A_RULE, Act, Decision, Report
from moderation.report_letters import tell_reporters

# Above whatever screening says, which stays below the first: a report is a person's word.
REPORTED, ILLEGAL, URGENT = 200, 400, 1_000

ANSWERS = {
    Act.REFUSE: Report.State.UPHELD,
    Act.REMOVE: Report.State.UPHELD,
    Act.PUBLISH: Report.State.DISMISSED,
    Act.RESTORE: Report.State.DISMISSED,
    Act.KEEP: Report.State.DISMISSED,
    Act.PUBLISH_EDIT: Report.State.MOOT,  # what was reported is not to be read any more
}


def answer_reports(decision: Decision) -> None:
    """Close the reports that a decision answers, or open again those that an undone one had answered.

    Their people get a letter a little later, as the author does. One query where there are none.
    """
    reports = Report.objects.on(decision.comment)
    act = Act(decision.act)
    if decision.undoes_id:
        reports = reports.filter(decision=decision.undoes_id)
        if act not in NEED_A_RULE:  # else it is gone again, and whoever reported it was right after all
            if reports.update(state=Report.State.OPEN, decided_at=None, decision=None):
                rank(decision.comment)
            return
    elif act == Act.RESTORE:  # whoever was told to be right was not: an appeal, or a moderator who looked again
        reports = reports.filter(state__in=(Report.State.OPEN, Report.State.UPHELD))
    else:
        reports = reports.open()
    answer = Report.State.MOOT if decision.was == State.WITHDRAWN else ANSWERS.get(act)
    if answer and reports.update(state=answer, decided_at=timezone.now(), decision=decision):
        rank(decision.comment)
        tell_reporters.configure(schedule_in={"seconds": settings.DECISION_LETTER_SECONDS}).defer(
            comment_id=decision.comment_id
        )


def close_as_moot(comment: Comment) -> None:
    """Its writer took it back: nobody has to decide any more. Not where a life is in danger, or a child: somebody
    has to read that, for as long as the words are there."""
    open_reports = Report.objects.open().on(comment)
    if comment.body:
        open_reports = open_reports.exclude(matter__in=Report.URGENT)
    if open_reports.update(state=Report.State.MOOT, decided_at=timezone.now()):
        rank(comment)
        tell_reporters.defer(comment_id=comment.pk)


def rank(comment: Comment) -> None:
    """Put a comment where its open reports belong in the queue, and in its old place when there are none."""
    place = Case(
        When(matter__in=Report.URGENT, then=Value(URGENT)),
        When(kind=Report.Kind.ILLEGAL, then=Value(ILLEGAL)),
        default=Value(REPORTED),
    )
    above = Report.objects.open().on(comment).aggregate(place=Max(place))["place"] or 0
    Comment.objects.filter(pk=comment.pk).update(priority=F("priority") % REPORTED + above)


def standing_answer(comment: Comment, *, rule_id: int | None, rule_text: str) -> Decision | None:
    """The decision of a moderator who let the comment stand after a report for the same rule, if it has not been
    changed since."""
    same = Q(rule=rule_id) if rule_id else Q(rule=None, rule_text=rule_text)
    dismissed = Report.objects.on(comment).against_a_rule().filter(same, state=Report.State.DISMISSED)
    report = dismissed.filter(decision__made_at__gte=_last_changed(comment)).select_related("decision").first()
    return report.decision if report else None


def was_let_stand(comment: Comment) -> bool:
    """Whether a person has read it as it is now and let it stand, or recommends it."""
    if comment.is_pinned or comment.is_picked:
        return True
    acts = (Act.PUBLISH, Act.RESTORE, Act.KEEP, Act.PUBLISH_EDIT)
    by_people = Decision.objects.filter(comment=comment, act__in=acts, is_automatic=False)
    return by_people.filter(made_at__gte=_last_changed(comment)).exists()


def _last_changed(comment: Comment) -> datetime:
    return comment.edited_at or comment.created_at
