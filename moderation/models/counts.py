"""What was decided, in numbers: counted once and kept, so that it outlives what it counts."""

from django.db import models

from accounts.models import Suspension
from moderation.models.decisions import Act


class Kind(models.TextChoices):
    """What is counted. The acts of `Act` and the measures on people are counted under their own names."""

    AT_ONCE = "at_once", "public at once"
    HELD = "held", "had to wait for a person"
    PUBLISHED = "publish", "published by a moderator"
    REFUSED = "refuse", "refused"
    REMOVED = "remove", "removed"
    EDIT_PUBLISHED = "publish_edit", "newer text published"
    EDIT_REFUSED = "refuse_edit", "newer text refused"
    RESTORED = "restore", "put back"
    REVIEWED = "hold", "taken into review"
    KEPT = "keep", "looked at and kept"
    UNDONE = "undone", "taken back by moderators themselves"
    UPHELD = "upheld", "second look: it stands"
    OVERTURNED = "overturned", "second look: taken back"
    REPORTED = "reported", "reported by readers"
    NOTICED = "noticed", "reported as illegal"
    WARNED = "warn", "somebody was warned"
    READ_FIRST = "premoderate", "somebody is read before publication"
    SUSPENDED = "suspend", "somebody was suspended"
    BANNED = "ban", "somebody was banned"
    LIFTED = "lifted", "a measure was lifted by moderators themselves"
    STOOD = "stood", "second look: the measure stands"
    STRUCK = "struck", "second look: the measure was lifted"


ABOUT = [*Act.choices, *Suspension.Kind.choices]


class MonthCount(models.Model):
    """How often something was decided in a month of the site's zone, by rule, by a program or a person; and what became
    of these decisions, whenever: then `about` is their act. Measures on people are counted by month alone, and so is
    what became of them; then `about` is the measure.

    These are the smallest cells there are. What is shown to the public is made of them by `masking.py` alone.
    """

    month = models.DateField(help_text="Its first day.")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    about = models.CharField(max_length=12, choices=ABOUT, blank=True, help_text="Of what this is the outcome.")
    rule_text = models.CharField(max_length=300, blank=True, help_text="The rule as it was then.")
    is_automatic = models.BooleanField(default=False)
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "kind", "about", "rule_text", "is_automatic"], name="one_count_per_cell"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.kind}: {self.number}"


class CountedMonth(models.Model):
    """A month that was counted. Once it is final it is never counted again."""

    month = models.DateField(primary_key=True)
    median_seconds = models.PositiveIntegerField(null=True, help_text="From held to decided; none of fewer than five.")
    is_final = models.BooleanField(default=False)
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
