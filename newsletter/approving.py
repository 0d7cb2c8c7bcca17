"""From a draft to the moment at which a letter begins to go out: approve, schedule, take back, cancel, start.

    draft → approved → scheduled → (`newsletter.sending` takes over)

Each step is one short transaction with the issue's row locked, so that of two people who press at once one is told so.
"""

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from civic.lib.jobs import every, one_by_one, task
from newsletter import linting
from newsletter.errors import NeedsSomebodyElse, NotPossibleNow, NotReady
from newsletter.issues import has_something_to_say
from newsletter.models import Issue

logger = logging.getLogger(__name__)
State = Issue.State


@transaction.atomic
def approve(issue_id: int, by: User, *, version: int) -> Issue:
    """Somebody who did not write the letter has read it, in the `version` that they saw.

    Raises `NotPossibleNow`, `NeedsSomebodyElse`, and `NotReady` while something in it must be mended.
    """
    issue = Issue.objects.locked(issue_id)
    if not issue.is_draft:
        raise NotPossibleNow("This letter is no draft any more. Look at how it stands now.")
    if issue.version != version:
        raise NotPossibleNow("The letter was changed since you opened this page. Please read it again.")
    if issue.was_written_by(by):
        raise NeedsSomebodyElse
    if any(finding.blocks for finding in linting.lint(issue)):
        raise NotReady
    issue.state, issue.approved_by, issue.approved_at = State.APPROVED, by, timezone.now()
    issue.save(update_fields=["state", "approved_by", "approved_at"])
    return issue


@transaction.atomic
def schedule(issue_id: int, at: datetime) -> Issue:
    """Let an approved letter go out at a moment; one that is past means now. Raises `NotPossibleNow`, `NotReady`."""
    issue = Issue.objects.locked(issue_id)
    if not issue.can_be_scheduled:
        raise NotPossibleNow("Only a letter that was approved, and has not begun to go out, can be given a time.")
    if any(finding.blocks for finding in linting.lint(issue)):  # a picture or an article may have gone meanwhile
        raise NotReady
    issue.state, issue.scheduled_at = State.SCHEDULED, at
    issue.save(update_fields=["state", "scheduled_at"])
    let_start(issue)
    return issue


@transaction.atomic
def take_back(issue_id: int) -> Issue:
    """Make it a draft again; what was approved must be approved anew. Raises `NotPossibleNow`."""
    issue = Issue.objects.locked(issue_id)
    if issue.is_automatic:  # there is nothing in the editor to change, and its slot must stay taken
        raise NotPossibleNow("This letter wrote itself and cannot be changed. You can cancel it, and write one.")
    if not (issue.can_be_scheduled or issue.can_be_taken_up):
        raise NotPossibleNow("It is too late to change this letter: it has begun to go out, or was cancelled.")
    issue.state, issue.approved_by, issue.approved_at, issue.scheduled_at = State.DRAFT, None, None, None
    issue.save(update_fields=["state", "approved_by", "approved_at", "scheduled_at"])
    return issue


@transaction.atomic
def cancel(issue_id: int) -> Issue:
    """It will not go out. Raises `NotPossibleNow` once it has begun to: then `newsletter.sending` stops it."""
    issue = Issue.objects.locked(issue_id)
    if not issue.can_be_cancelled:
        raise NotPossibleNow("This letter has begun to go out. You can stop it on the page that shows its progress.")
    issue.state = State.CANCELLED
    issue.save(update_fields=["state"])
    return issue


# --- when its time has come -------------------------------------------------------------------------------


def let_start(issue: Issue) -> None:
    """Have a scheduled issue started at its very second. Call it in the transaction that schedules it."""
    start_on_time.configure(schedule_at=max(issue.scheduled_at, timezone.now())).defer(issue_id=issue.pk)


@task(priority=10)
def start_on_time(issue_id: int) -> None:
    """Nothing, where it was cancelled or put off meanwhile, or is on its way already. A letter of which nothing is
    left, for what it told of was taken down, waits for somebody to look; one that wrote itself is cancelled."""
    with transaction.atomic():
        due = Issue.objects.due(timezone.now()).select_for_update(of=("self",), no_key=True)
        issue = due.select_related("newsletter").filter(pk=issue_id).first()
        if issue is None:
            return
        if has_something_to_say(issue):
            issue.state = State.FREEZING
        else:
            issue.state = State.CANCELLED if issue.is_automatic else State.APPROVED
            issue.scheduled_at = None
            logger.warning("issue %s does not start: nothing that it told of is on the site any more", issue.pk)
        issue.save(update_fields=["state", "scheduled_at"])
    if issue.state == State.FREEZING:
        start(issue)


@every("* * * * *")
def start_what_is_due() -> None:
    """Also what a stopped worker has missed."""
    one_by_one(start_on_time, Issue.objects.due(timezone.now()).order_by("scheduled_at").values_list("pk", flat=True))


def start(issue: Issue) -> None:
    """The one place where letters are handed over to be sent. Harmless twice, as `sending.start` is."""
    from newsletter import sending

    sending.start(issue)
