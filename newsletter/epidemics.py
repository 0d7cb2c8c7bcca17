"""Many mailboxes of one provider that are gone all at once: then it is the provider that errs, or means us.

Such days happen: in December 2020 Gmail answered for hours that its users did not exist. Whoever believes it loses
readers who never learn why.
"""

from datetime import date, timedelta

from django.db import connection

from newsletter.models import Bounce, Delivery

NEAR = 1_000  # deliveries before and behind
AT_LEAST = 10  # mailboxes
SHARE = 0.6  # of the letters that went to this provider nearby: no list is so old
DAYS = 7


def of_which(delivery: Delivery, today: date) -> list[int]:
    """The bounces of the epidemic that this letter is part of, those that were taken for deaths so far; none where it
    is part of none. One query where few came back of late, three where many did."""
    domain = delivery.address.rpartition("@")[2].lower()
    came_back = Bounce.objects.filter(
        kind__in=[Bounce.Kind.HARD, Bounce.Kind.SENDER_FAULT],
        day__gte=today - timedelta(days=DAYS),
        issue=delivery.issue_id,
        delivery__range=(delivery.pk - NEAR, delivery.pk + NEAR),
    )
    if not domain or came_back.count() < AT_LEAST:
        return []
    values = {"issue": delivery.issue_id, "first": delivery.pk - NEAR, "last": delivery.pk + NEAR, "domain": domain}
    values["ids"] = list(came_back.values_list("delivery", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(_AT_ONE_PROVIDER, values)
        went, theirs = cursor.fetchone()
    if len(theirs) < AT_LEAST or len(theirs) < SHARE * went:
        return []
    return list(came_back.filter(kind=Bounce.Kind.HARD, delivery__in=theirs).values_list("pk", flat=True))


_AT_ONE_PROVIDER = """
SELECT count(*), coalesce(array_agg(delivery.id) FILTER (WHERE delivery.id = ANY(%(ids)s)), '{}')
FROM newsletter_delivery delivery LEFT JOIN newsletter_outcome outcome ON outcome.delivery_id = delivery.id
WHERE delivery.id BETWEEN %(first)s AND %(last)s AND delivery.issue_id + 0 = %(issue)s
    AND lower(split_part(delivery.address, '@', -1)) = %(domain)s
    AND (outcome.state IN ('sent', 'failed') OR delivery.id = ANY(%(ids)s))
"""
