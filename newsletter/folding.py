"""What stays of a letter when it is over: its figures. Who got it is forgotten after ninety days."""

import logging
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from civic.lib.jobs import every, one_by_one
from newsletter import figures, sending
from newsletter.models import Issue, IssueFigures, Mailing

logger = logging.getLogger(__name__)

KEEP_WHO_GOT_IT = timedelta(days=90)


@every("* * * * *")
def count_what_is_over() -> None:
    """Keep the figures of issues that have ended, so that nobody counts a million rows to look at a list."""
    settled = timezone.now() - figures.SETTLED_AFTER
    over = Issue.objects.filter(state__in=[Issue.State.DONE, Issue.State.CANCELLED], finished_at__lt=settled)
    new = over.filter(mailing__isnull=False).exclude(
        figures__isnull=False, figures__counted_at__gte=F("finished_at") + figures.SETTLED_AFTER
    )
    one_by_one(keep_figures, new.values_list("pk", flat=True))


@every("17 4 * * *")
def fold() -> None:
    """Delete the deliveries of issues that were over ninety days ago; figures stay. Safe to run at any time."""
    before = timezone.now() - KEEP_WHO_GOT_IT
    stuck = Issue.objects.filter(state=Issue.State.PAUSED, frozen_at__lt=before)
    for issue in stuck:  # paused for three months: nobody wants that letter any more
        sending.cancel(issue)
    one_by_one(fold_issue, _to_fold(before).values_list("pk", flat=True))


def keep_figures(issue_id: int) -> None:
    """Count an issue that is over, and write that down. Does nothing for one that is under way again."""
    with transaction.atomic():
        issue = Issue.objects.select_for_update().get(pk=issue_id)
        if issue.state in (Issue.State.DONE, Issue.State.CANCELLED) and Mailing.objects.filter(issue=issue).exists():
            _write_figures(issue)


def fold_issue(issue_id: int) -> None:
    """One issue: counts for the last time, then deletes its deliveries and outcomes. In one transaction, which takes
    some seconds at a million readers; a letter cannot be sent again to "unknown" ones meanwhile."""
    with transaction.atomic():
        issue = Issue.objects.select_for_update().get(pk=issue_id)
        if issue.state not in (Issue.State.DONE, Issue.State.CANCELLED):
            return
        if Mailing.objects.filter(issue=issue).exists():
            _write_figures(issue)
        IssueFigures.objects.filter(issue=issue).update(folded_at=timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(_DELETE, [issue.pk])
            (number,) = cursor.fetchone()
        Mailing.objects.filter(issue=issue).delete()
    logger.info("issue %s folded: %s letters are figures now", issue_id, number)


def _to_fold(before: datetime):
    over = Q(state__in=[Issue.State.DONE, Issue.State.CANCELLED], finished_at__lt=before, mailing__isnull=False)
    return Issue.objects.filter(over).order_by("pk")


def _write_figures(issue: Issue) -> None:
    counted = figures.count_all(issue)
    values = {
        "candidates": counted.candidates,
        "counts": counted.counts,
        "reasons": counted.reasons,
        "domains": counted.domains,
        "counted_at": timezone.now(),
    }
    IssueFigures.objects.update_or_create(issue=issue, defaults=values)


_DELETE = """
WITH gone AS (
    DELETE FROM newsletter_delivery WHERE issue_id = %s RETURNING id
), outcomes AS (
    DELETE FROM newsletter_outcome USING gone WHERE delivery_id = gone.id
)
SELECT count(*) FROM gone
"""
