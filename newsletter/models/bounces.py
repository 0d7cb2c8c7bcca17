"""What came back, for as long as it matters, and how ill an address is."""

from datetime import date, timedelta

from django.db import models, transaction
from django.db.models import F, Q

from newsletter.models.issues import Issue
from newsletter.models.subscribers import Subscriber
from newsletter.wordings import Kind as Meaning

# As in Mailman, where twenty years of lists have tried it: at most one point a day, forgotten after a week without,
# and five of them are enough. A weekly letter comes just often enough to count on.
SOFT_STALE = timedelta(days=7)
SOFT_ENOUGH = 5


class BounceQuerySet(models.QuerySet):
    def since(self, day: date):
        return self.filter(day__gte=day)

    def complaints(self):
        return self.filter(kind=Bounce.Kind.COMPLAINT)

    def at_fault(self):
        """Refusals that are about us: what the editors must read."""
        return self.filter(kind=Bounce.Kind.SENDER_FAULT)

    def forget_who(self, before: date) -> int:
        """Of older ones the kind and the day stay, for the numbers. How many were emptied."""
        known = ~Q(delivery=None) | ~Q(subscriber=None) | ~Q(said="")
        return self.filter(known, day__lt=before).update(delivery=None, subscriber=None, said="")


class Bounce(models.Model):
    """One message that came back about a letter of ours. Which one it was is proven by the address it came to.

    `message` is a keyed hash, so that a message that is handed in twice counts once. `said` are the server's words
    without addresses.
    """

    class Kind(models.TextChoices):
        HARD = Meaning.HARD.value, "the address is gone"
        SOFT = Meaning.SOFT.value, "cannot be reached for now"
        SENDER_FAULT = Meaning.SENDER_FAULT.value, "refuses us"
        COMPLAINT = Meaning.COMPLAINT.value, "called it unwanted"

    message = models.BinaryField(max_length=16, unique=True)
    # The number of a delivery, which is folded into counts long before this row ends.
    delivery = models.BigIntegerField(null=True)
    issue = models.ForeignKey(Issue, null=True, on_delete=models.SET_NULL, related_name="+")
    subscriber = models.ForeignKey(Subscriber, null=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    status = models.CharField(max_length=11, blank=True, help_text="As in RFC 3463: 5.1.1.")
    said = models.CharField(max_length=300, blank=True)
    day = models.DateField()

    objects = BounceQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["kind", "day"], name="newsletter_bounce_kind"),
            models.Index(fields=["day"], condition=Q(delivery__isnull=False), name="newsletter_bounce_known"),
        ]


class Illness(models.Model):
    """How often in a row an address could not be reached. The row goes with the address."""

    subscriber = models.OneToOneField(Subscriber, primary_key=True, on_delete=models.CASCADE, related_name="illness")
    points = models.PositiveSmallIntegerField()
    last = models.DateField()

    @classmethod
    def worsen(cls, subscriber: Subscriber, day: date) -> int:
        """Another day on which a letter came back. Returns the points, with at most one for each day."""
        with transaction.atomic():
            row, new = cls.objects.select_for_update().get_or_create(
                subscriber=subscriber, defaults={"points": 1, "last": day}
            )
            if not new and day > row.last:
                row.points = 1 if day - row.last > SOFT_STALE else row.points + 1
                row.last = day
                row.save()
            return row.points


class StrayQuerySet(models.QuerySet):
    def count_one(self, day: date, kind: str) -> None:
        stray, _ = self.get_or_create(day=day, kind=kind)
        self.filter(pk=stray.pk).update(number=F("number") + 1)


class Stray(models.Model):
    """Messages without a token of ours, by kind and day: somebody may have made them up, so they change nothing."""

    day = models.DateField()
    kind = models.CharField(max_length=12)
    number = models.PositiveIntegerField(default=0)

    objects = StrayQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "kind"], name="newsletter_stray_once")]
