"""Reporting a comment: who may, what is kept, and what follows at once."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from civic.lib import limits
from civic.lib.unproven import take_letter
from comments import visibility
from comments.models import Comment, HouseRule
from comments.models.comments import State
from comments.writers import Member, Visitor, check_may_write
from moderation.deciding import keep
from moderation.errors import AlreadyReported, NothingToReport, OwnComment, TooManyReports
from moderation.models import Act, Report
from moderation.outcomes import rank, standing_answer, was_let_stand
from moderation.report_letters import call_moderators, write_receipt
from moderation.reporters import Reporter
from moderation.weighing import weigh

logger = logging.getLogger(__name__)

TOLD_AT_MOST = 3  # texts of one typed address about one comment that are kept


@dataclass(frozen=True)
class Said:
    """What somebody says of a comment: that it breaks `rule_text`, or, with a `matter`, the law."""

    rule: HouseRule | None = None
    rule_text: str = ""
    matter: str = ""
    text: str = ""
    place: str = ""
    in_good_faith: bool = False

    @property
    def kind(self) -> str:
        return Report.Kind.ILLEGAL if self.matter else Report.Kind.RULE


def find_report(comment: Comment, reporter: Reporter) -> Report | None:
    """What this person has said about a comment."""
    return Report.objects.on(comment).by(reporter.marks).select_related("rule").first()


def may_say_more(report: Report, comment: Comment) -> bool:
    """Whether the same person may report it once more: it says something else by now."""
    changed = comment.edited_at is not None and report.decided_at is not None and comment.edited_at > report.decided_at
    return changed and not report.is_open


def report_comment(comment: Comment, reporter: Reporter, said: Said, *, origin: bytes) -> Report:
    """Keep a report, put its comment into the queue, and take it off the page where enough people say so.

    Raises `OwnComment`, `AlreadyReported`, `NothingToReport` when it is not public (any more), `TooManyReports`, and
    `Suspended` where a member or guest may not take part and reports a rule. Illegal content may be reported by
    everybody, also by who has reported a rule before.
    """
    _check_may_report(comment, reporter, said)
    _check_flood(reporter, said.kind, origin)
    with visibility.locked(comment.thread_id):
        now = Comment.objects.filter(pk=comment.pk).first()
        if now is None or now.state != State.PUBLIC:
            raise NothingToReport
        report = _keep_report(now, reporter, said, origin)
        _write_letters(report, reporter)
        if report.is_open:
            rank(now)
            _hold_if_enough(now)
    logger.info("comment %s reported: %s by %s", comment.pk, report.kind, report.who)
    return report


def _check_may_report(comment: Comment, reporter: Reporter, said: Said) -> None:
    if reporter.wrote(comment):
        raise OwnComment
    if said.kind == Report.Kind.ILLEGAL:
        return
    if reporter.member:
        check_may_write(Member(reporter.member))
    elif reporter.guest:
        guest = reporter.guest
        check_may_write(Visitor(guest.name, guest.email, guest.website, guest.key))


def _check_flood(reporter: Reporter, kind: str, origin: bytes) -> None:
    """Each kind has a limit of its own: a quarrel must not keep anybody from reporting a threat."""
    if reporter.is_staff:
        return
    day, hour = timedelta(days=1), timedelta(hours=1)
    wait = limits.take(f"reports:{kind}", reporter.marks[0], times=settings.REPORTS_A_DAY, within=day)
    wait = max(wait, limits.take(f"reports-from:{kind}", origin, times=settings.REPORTS_PER_PREFIX_HOUR, within=hour))
    if wait:
        raise TooManyReports(retry_after=wait)


def _keep_report(comment: Comment, reporter: Reporter, said: Said, origin: bytes) -> Report:
    report = find_report(comment, reporter)
    if report is None:
        report = Report(comment=comment, person=reporter.marks[0])
    elif not reporter.is_known:
        said = _with_what_was_said(report, said)
    elif not (may_say_more(report, comment) or (said.kind == Report.Kind.ILLEGAL and not report.is_illegal)):
        raise AlreadyReported
    _fill(report, reporter, said, origin)
    if said.kind == Report.Kind.RULE and not said.text:
        _answer_at_once(report)
    report.save()
    return report


def _fill(report: Report, reporter: Reporter, said: Said, origin: bytes) -> None:
    report.kind, report.rule, report.rule_text, report.matter = said.kind, said.rule, said.rule_text, said.matter
    report.text, report.place, report.in_good_faith = said.text, said.place, said.in_good_faith
    report.who, report.member, report.guest = reporter.who, reporter.member, reporter.guest
    report.name, report.email, report.origin = reporter.name, reporter.email, origin
    report.made_at, report.state, report.decided_at, report.decision = timezone.now(), Report.State.OPEN, None, None


def _with_what_was_said(report: Report, said: Said) -> Said:
    """Two notices under one typed address may come from two people: the second neither replaces the first nor is told
    that there was one."""
    texts = [text for text in report.text.split("\n\n* * *\n\n") if text]
    if said.text not in texts:
        texts = [*texts, said.text][:TOLD_AT_MOST]
    urgent = report.matter if report.is_urgent else said.matter
    place = report.place or said.place
    return Said(matter=urgent, text="\n\n* * *\n\n".join(texts), place=place, in_good_faith=said.in_good_faith)


def _answer_at_once(report: Report) -> None:
    """The same rule, the same words of the comment, and nothing to add: a moderator has answered that. It waits for
    nobody and counts neither for nor against whoever says it again."""
    decision = standing_answer(report.comment, rule_id=report.rule_id, rule_text=report.rule_text)
    if decision:
        report.state, report.decision, report.decided_at = Report.State.DISMISSED, decision, report.made_at


def _write_letters(report: Report, reporter: Reporter) -> None:
    if not report.is_illegal:
        return
    if reporter.is_known or (reporter.address and not take_letter(reporter.address)):
        write_receipt.defer(report_id=report.pk)
    if report.is_urgent:
        call_moderators(report)


def _hold_if_enough(comment: Comment) -> None:
    """What a person has read and let stand, no number of reports takes off the page: it is a question at the desk."""
    if was_let_stand(comment) or weigh(comment) < settings.REPORTS_HOLD_WEIGHT:
        return
    visibility.hold(comment)
    keep(comment, Act.HOLD, was=State.PUBLIC, by=None)
