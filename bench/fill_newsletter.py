"""Readers of a newsletter, as many as wanted, and an issue for them."""

from django.db import connection

from newsletter.models import Issue, Newsletter

# A letter of ordinary size: about 12 KB when it leaves.
PARAGRAPHS = ["Der Rat beschloß die Sanierung der Brücke mit einer Stimme Mehrheit. " * 3] * 10


def issue_for(readers: int) -> Issue:
    """An issue that may be frozen, of a newsletter that so many people get. Whatever was there before is gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE newsletter_subscriber, newsletter_subscription, newsletter_delivery, newsletter_outcome,"
            " newsletter_batch, newsletter_mailing, newsletter_pace, newsletter_issue,"
            " newsletter_newsletter CASCADE"
        )
        name = f"Letter to {readers}"
        newsletter = Newsletter.objects.create(
            name=name, slug=f"to-{readers}", when="Daily", promise="What was decided."
        )
        cursor.execute(_READERS, [readers])
        cursor.execute(_SUBSCRIPTIONS, [newsletter.pk])
        cursor.execute("ANALYZE newsletter_subscriber, newsletter_subscription")
    return Issue.objects.create(
        newsletter=newsletter,
        slot="first",
        subject="Die Brücke wird saniert",
        blocks=[{"type": "text", "paragraphs": PARAGRAPHS}],
        state=Issue.State.FREEZING,
    )


_READERS = """
INSERT INTO newsletter_subscriber (email, key, state, made_at)
SELECT 'reader' || n || '@domain' || n %% 900 || '.example', decode(md5(n::text), 'hex'), 'active', now()
FROM generate_series(1, %s) n
"""
_SUBSCRIPTIONS = """
INSERT INTO newsletter_subscription (newsletter_id, subscriber_id, state, cadence, asked_at, confirmed_at)
SELECT %s, id, 'active', 'each', now(), now() FROM newsletter_subscriber
"""
