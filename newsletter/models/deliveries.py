"""The ledger: every letter of an issue to every reader, and what became of it.

`docs/decisions/0014-the-ledger.md` says why it is kept like this. In short: a `Delivery` is written once, when the
audience is frozen, and never again; what became of it is an `Outcome`, inserted. In between a connection has a `Batch`
in hand, a small row that says which letter is in flight. One statement says how the last letter ended and that the next
one is in flight; so a process that is killed leaves behind exactly one letter of which nobody can know.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from newsletter.models.issues import Issue
from newsletter.models.subscribers import Subscriber


class State(models.TextChoices):
    QUEUED = "queued", "waiting"
    CLAIMED = "claimed", "in hand"  # this one and the next are told by the batch and stored nowhere else
    INFLIGHT = "inflight", "being handed over"
    SENT = "sent", "accepted by the mail server"
    DEFERRED = "deferred", "will be tried again"
    FAILED = "failed", "refused"
    UNKNOWN = "unknown", "nobody can know"
    SKIPPED = "skipped", "left out"


class Reason(models.TextChoices):
    """Why a letter was left out."""

    SUPPRESSED = "suppressed", "the address gets no letters"
    PAUSED = "paused", "paused by the reader"
    UNCONFIRMED = "unconfirmed", "not yet confirmed"
    UNDELIVERABLE = "undeliverable", "no mail can be sent to such an address"
    LEFT = "left", "left meanwhile"
    ERASED = "erased", "erased meanwhile"
    CADENCE = "cadence", "changed how often it comes"


def empty_address(collector, field, deliveries, using) -> None:
    """When a subscriber is erased, however that happens, the letters stay as numbers and name nobody."""
    if deliveries:
        collector.add_field_update(field, None, deliveries)
        collector.add_field_update(Delivery._meta.get_field("address"), "", deliveries)


empty_address.lazy_sub_objs = True

_STATE = """
CASE
    WHEN newsletter_delivery.skipped <> '' THEN 'skipped'
    ELSE coalesce(
        (SELECT state FROM newsletter_outcome
            WHERE delivery_id = newsletter_delivery.id AND state <> 'queued'),
        (SELECT CASE WHEN flying = newsletter_delivery.id THEN 'inflight' ELSE 'claimed' END FROM newsletter_batch
            WHERE issue_id = newsletter_delivery.issue_id AND newsletter_delivery.id = ANY(ids) LIMIT 1),
        'queued')
END
"""


class DeliveryQuerySet(models.QuerySet):
    def with_state(self):
        """Each has `state`, a word of `State`; `outcome` (code, reply, at …) comes along where there is one."""
        state = RawSQL(_STATE, [], output_field=models.CharField())  # noqa: S611
        return self.select_related("outcome").annotate(state=state)


class Delivery(models.Model):
    """One letter to one reader. Written when the audience is frozen; only erasure changes it."""

    State, Reason = State, Reason

    # None of these has a foreign key in the database: checking two for each of a million rows takes longer than
    # writing them. Django keeps them in order when an issue or a subscriber goes.
    issue = models.ForeignKey(
        Issue, on_delete=models.CASCADE, related_name="deliveries", db_constraint=False, db_index=False
    )
    subscriber = models.ForeignKey(
        Subscriber, null=True, on_delete=empty_address, related_name="deliveries", db_constraint=False
    )
    address = models.CharField(max_length=254)
    skipped = models.CharField(max_length=20, choices=Reason, blank=True, help_text="Left out from the beginning.")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "subscriber"], name="newsletter_one_letter_each")]

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2].lower()


class Outcome(models.Model):
    """What became of a letter. Those that wait for another attempt have `not_before`."""

    delivery = models.OneToOneField(
        Delivery, primary_key=True, on_delete=models.CASCADE, related_name="outcome", db_constraint=False
    )
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    state = models.CharField(max_length=10, choices=State)
    reason = models.CharField(max_length=20, choices=Reason, blank=True, db_default="")
    code = models.PositiveSmallIntegerField(null=True, help_text="The SMTP reply's three digits.")
    reply = models.CharField(max_length=300, blank=True, db_default="", help_text="The server's words.")
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    not_before = models.DateTimeField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(
                fields=["issue", "not_before"], condition=Q(not_before__isnull=False), name="newsletter_outcome_due"
            ),
            # Those that somebody may want to see by name. What simply went is not in it and pays nothing for it.
            models.Index(
                fields=["issue", "state", "delivery"],
                condition=Q(state__in=["failed", "unknown", "deferred", "skipped"]),
                name="newsletter_not_sent",
            ),
        ]


class Mailing(models.Model):
    """What happens to an issue once its readers are chosen. In a row of its own, for it changes with every batch."""

    issue = models.OneToOneField(Issue, primary_key=True, on_delete=models.CASCADE, related_name="mailing")
    candidates = models.PositiveIntegerField()
    queued = models.PositiveIntegerField()
    skipped = models.JSONField(default=dict, help_text="How many were left out when it was frozen, by reason.")
    first_id = models.BigIntegerField(help_text="The ids of its deliveries lie between these two.")
    last_id = models.BigIntegerField()
    cursor = models.BigIntegerField(help_text="Up to here deliveries have been claimed once.")
    stumbles = models.PositiveSmallIntegerField(default=0, help_text="Times in a row that the server took nothing.")
    rests_until = models.DateTimeField(null=True, help_text="Nothing is claimed before, after it stumbled.")


class Batch(models.Model):
    """Letters that one connection has in hand. Those without an outcome are surely unsent, but for `flying`."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="batches")
    ids = ArrayField(models.BigIntegerField())
    flying = models.BigIntegerField(null=True, help_text="The delivery whose letter is just being handed over.")
    holder = models.CharField(max_length=150, help_text="The process that sends them, see `newsletter.holders`.")
    server_began = models.DateTimeField(help_text="When PostgreSQL started. A crash of it forgets the last moments.")
    until = models.DateTimeField(help_text="The holder is taken for dead afterwards.")


class Pace(models.Model):
    """When the next letter may go: to a domain, or (with an empty one) at all."""

    domain = models.CharField(max_length=254, primary_key=True)
    next_at = models.DateTimeField()


def counts_of(issue: Issue) -> dict[str, int]:
    """How many letters of an issue are in each state, those in hand included. States with none are left out.

    Always counted and never kept: about a tenth of a second at a million letters. One query. Nothing before the freeze.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"issue": issue.pk})
        counts = dict(cursor.fetchall())
    return {state: number for state, number in counts.items() if number}


_COUNTS = """
WITH mailing AS MATERIALIZED (
    SELECT * FROM newsletter_mailing WHERE issue_id = %(issue)s
), over AS (
    SELECT state, count(*) AS number FROM newsletter_outcome
    WHERE issue_id = %(issue)s AND delivery_id BETWEEN (SELECT first_id FROM mailing) AND (SELECT last_id FROM mailing)
        AND state <> 'queued'
    GROUP BY state
), held AS (
    SELECT CASE WHEN flying = held.id THEN 'inflight' ELSE 'claimed' END AS state, count(*) AS number
    FROM newsletter_batch, unnest(ids) held (id)
    WHERE issue_id = %(issue)s AND NOT EXISTS (
        SELECT FROM newsletter_outcome WHERE delivery_id = held.id AND state <> 'queued')
    GROUP BY 1
), told AS (
    SELECT * FROM over UNION ALL SELECT * FROM held
)
SELECT state, sum(number)::bigint FROM (
    SELECT * FROM told
    UNION ALL SELECT 'queued', queued - coalesce((SELECT sum(number) FROM told), 0) FROM mailing
    UNION ALL SELECT 'skipped', coalesce((SELECT sum(value::bigint) FROM jsonb_each_text(skipped)), 0) FROM mailing
) every GROUP BY state
"""
