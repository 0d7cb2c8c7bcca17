"""Letters about reports: that a notice has come in, what became of a report, and to moderators when it cannot wait.

None of them quotes what was typed, names the author of the comment, or tells what a moderator wrote to them. Whoever
only typed an address gets at most as many letters a day as one that waits to be confirmed: it may be somebody else's.
"""

import logging
from datetime import timedelta

from django.conf import settings

from accounts.models import User
from civic.lib import limits
from civic.lib.jobs import task
from civic.lib.unproven import take_letter
from comments.models import Comment
from comments.models.comments import State
from moderation.models import Report
from moderation.scope import Scope
from notifications.letters import write_once
from notifications.models import Notification

logger = logging.getLogger(__name__)

RECEIPT, URGENT = "report-receipt", "urgent-report"
SUBJECTS = {
    Report.State.UPHELD: "What you reported is off the page",
    Report.State.DISMISSED: "A moderator has read what you reported",
    Report.State.MOOT: "What you reported is not there any more",
}


@task(priority=10)
def write_receipt(report_id: int) -> None:
    """A notice of illegal content has come in: said at once, by law (Digital Services Act, Article 16(4))."""
    report = _reports().filter(pk=report_id, kind=Report.Kind.ILLEGAL).first()
    if report is None or not (address := _address_of(report)):
        return
    write_once(
        "letters/report_receipt",
        to=address,
        member=report.member,
        kind=RECEIPT,
        about=_once(report),
        subject="We have your notice",
        context={"report": report, "comment": report.comment, "url": _url_of(report)},
        url=report.comment.get_absolute_url(),
    )


@task(priority=10)
def tell_reporters(comment_id: int) -> None:
    """A letter for each report of a comment that has been answered. A slip that was undone meanwhile has opened them
    again, and writes none."""
    answered = Report.objects.filter(comment=comment_id).exclude(state=Report.State.OPEN).exclude(person=None)
    for pk in answered.order_by("pk").values_list("pk", flat=True):
        write_to_reporter.defer(report_id=pk)


@task(priority=5)
def write_to_reporter(report_id: int) -> None:
    """Tell one reporter what became of it, once."""
    report = _reports().filter(pk=report_id).exclude(state=Report.State.OPEN).first()
    if report is None or not (address := _address_of(report)) or _was_told_at_once(report):
        return
    about = _once(report)
    if report.who == Report.Who.CONTACT and not Notification.objects.filter(kind="report", subject=about).exists():
        if not Notification.objects.filter(kind=RECEIPT, subject__startswith=f"report:{report.pk}:").exists():
            return  # the address had its letters that day; more of them would be a flood from somebody else's typing
        if wait := take_letter(address):
            write_to_reporter.configure(schedule_in={"seconds": wait + 60}).defer(report_id=report.pk)
            return
    write_once(
        "letters/report",
        to=address,
        member=report.member,
        kind="report",
        about=about,
        subject=f"{SUBJECTS[Report.State(report.state)]}: {report.comment.thread.title}",
        context={"report": report, "comment": report.comment, "url": _url_of(report)},
        url=report.comment.get_absolute_url(),
    )


def call_moderators(report: Report) -> None:
    """Somebody's life, or a child: moderators hear of it at once, one letter each for a comment.

    After some letters in an hour, from one network or in all, the desk says the rest: whoever types notices by the
    dozen shall neither fill mailboxes nor make others go unheard.
    """
    if Notification.objects.filter(kind=URGENT, subject=_urgent_about(report)).exists():
        return
    if _had_enough(bytes(report.origin), settings.URGENT_LETTERS_PER_PREFIX_HOUR):
        return
    if _had_enough("all", settings.URGENT_LETTERS_PER_HOUR):
        return
    for pk in User.objects.moderators().values_list("pk", flat=True):
        write_of_urgent.defer(member_id=pk, report_id=report.pk)


def _had_enough(who: str | bytes, times: int) -> bool:
    return limits.take("urgent-letters", who, times=times, within=timedelta(hours=1)) > 0


@task(priority=20)
def write_of_urgent(member_id: int, report_id: int) -> None:
    member = User.objects.moderators().filter(pk=member_id).first()
    report = _reports().open().filter(pk=report_id).first()
    if member is None or report is None or not _looks_after(member, report.comment):
        return
    path = f"/moderation/{report.comment_id}/"
    write_once(
        "letters/urgent_report",
        to=member.email,
        member=member,
        kind=URGENT,
        about=_urgent_about(report),
        subject=f"At once, please: {report.get_matter_display()} was reported",
        context={"report": report, "comment": report.comment, "url": settings.SITE_URL + path},
        url=path,
    )


def _looks_after(member: User, comment: Comment) -> bool:
    """Whoever looks after other spaces could not open it: admins look after all, and there is always one."""
    return Scope.of(member).comments(Comment.objects.filter(pk=comment.pk)).exists()


def _urgent_about(report: Report) -> str:
    return f"comment:{report.comment_id}:{report.matter}"


def _reports():
    return Report.objects.select_related("comment__thread", "member", "guest", "rule")


def _once(report: Report) -> str:
    """What a letter is about: whoever says more later, of other words of the comment, hears of that, too."""
    return f"report:{report.pk}:{report.made_at:%Y%m%d%H%M%S}"


def _address_of(report: Report) -> str:
    """Where its reporter is written to; "" for whoever has left, and for nobody."""
    if report.person is None:
        return ""
    if report.member:
        return report.member.email if report.member.is_active else ""
    if report.guest:
        return report.guest.email if report.guest.is_confirmed else ""
    return report.email


def _url_of(report: Report) -> str:
    """The comment, where it can still be read; else what was discussed."""
    comment = report.comment
    path = comment.get_absolute_url() if comment.state == State.PUBLIC else comment.thread.address
    return settings.SITE_URL + path


def _was_told_at_once(report: Report) -> bool:
    """Whether the answer stood already when it was reported: the page has said so."""
    return report.decided_at == report.made_at
