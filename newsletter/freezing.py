"""Who gets an issue: chosen once, in one statement, and every one of them accounted for."""

import json
import logging

from django.db import connection, transaction
from django.utils import timezone

from newsletter.models import Issue, Mailing
from newsletter.roundups import told_in

logger = logging.getLogger(__name__)


class Miscounted(Exception):
    """Queued and skipped are not all candidates. Nothing was written."""


def freeze(issue_id: int) -> Mailing | None:
    """Writes a delivery for each subscription of the issue's newsletter and cadence, queued or skipped with a reason.

    Returns what was counted, the same again when it had been frozen before, None when it is not to be sent. From here
    on the issue is sending. A letter of a week or a month leaves out whoever got all of it one by one and has chosen
    another rhythm since: nothing in it would be new to them. Ten to seventeen seconds for a million readers, in one
    transaction. Raises `Miscounted`.
    """
    with transaction.atomic():
        issue = Issue.objects.select_for_update().get(pk=issue_id)
        if frozen := Mailing.objects.filter(issue=issue).first():
            return frozen
        if issue.state != Issue.State.FREEZING:  # cancelled in the last moment
            return None
        with connection.cursor() as cursor:
            values = {"issue": issue.pk, "newsletter": issue.newsletter_id, "how": issue.cadence}
            cursor.execute(_FREEZE, values | {"told": told_in(issue)})
            candidates, written, first, last, queued, skipped = cursor.fetchone()
        skipped = json.loads(skipped)
        if candidates != written or candidates != queued + sum(skipped.values()):
            raise Miscounted(f"issue {issue.pk}: {candidates} candidates, {queued} queued, {skipped} skipped")
        counts = {"candidates": candidates, "queued": queued, "skipped": skipped}
        mailing = Mailing.objects.create(issue=issue, first_id=first, last_id=last, cursor=first - 1, **counts)
        issue.state, issue.frozen_at = Issue.State.SENDING, timezone.now()
        issue.sent_at = issue.sent_at or issue.frozen_at
        issue.save(update_fields=["state", "frozen_at", "sent_at"])
    logger.info("issue %s frozen: %s candidates, %s queued, skipped %s", issue.pk, candidates, queued, skipped)
    return mailing


# Addresses of people who have not confirmed are not written down once more. An address is undeliverable here when it
# could not even be told to a server: control characters, blanks and angle brackets would end the command.
_FREEZE = r"""
WITH candidate AS MATERIALIZED (
    SELECT subscriber.id, subscriber.email, CASE
        WHEN sub.state <> 'active' THEN 'unconfirmed'
        WHEN suppression.key IS NOT NULL THEN 'suppressed'
        WHEN sub.paused_until > now() THEN 'paused'
        WHEN subscriber.email !~ '^[^[:cntrl:][:space:]<>]{1,64}@[^[:cntrl:][:space:]<>@]+$' THEN 'undeliverable'
        WHEN %(told)s::bigint[] <> '{}' AND NOT EXISTS (
            SELECT FROM unnest(%(told)s::bigint[]) AS one (told) WHERE NOT EXISTS (
                SELECT FROM newsletter_delivery had JOIN newsletter_outcome outcome ON outcome.delivery_id = had.id
                WHERE had.issue_id = told AND had.subscriber_id = subscriber.id AND outcome.state IN ('sent', 'unknown')
            )) THEN 'cadence'
        ELSE '' END AS reason
    FROM newsletter_subscription sub
    JOIN newsletter_subscriber subscriber ON subscriber.id = sub.subscriber_id
    LEFT JOIN newsletter_suppression suppression ON suppression.key = subscriber.key
    WHERE sub.newsletter_id = %(newsletter)s AND sub.cadence = %(how)s AND sub.state IN ('active', 'pending')
), written AS (
    INSERT INTO newsletter_delivery (issue_id, subscriber_id, address, skipped)
    SELECT %(issue)s, id, CASE reason WHEN 'unconfirmed' THEN '' ELSE email END, reason FROM candidate ORDER BY id
    RETURNING id, skipped AS reason
), counted AS (
    SELECT reason, count(*) AS number, min(id) AS first, max(id) AS last FROM written GROUP BY reason
)
SELECT (SELECT count(*) FROM candidate), coalesce(sum(number), 0)::bigint, coalesce(min(first), 1),
    coalesce(max(last), 0),
    coalesce(sum(number) FILTER (WHERE reason = ''), 0)::bigint,
    coalesce(jsonb_object_agg(reason, number) FILTER (WHERE reason <> ''), '{}')
FROM counted
"""
