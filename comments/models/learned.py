"""What the site has learned from its decisions: versions of the two heads of the model."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User

SHIPPED = 0  # the number of the version that comes with the program; a row of it is made when somebody chooses it


class ScoringModelQuerySet(models.QuerySet):
    def current(self):
        """What is in use, and what would be were it not switched off: one at most for each head."""
        return self.filter(state__in=CURRENT)

    def adopted(self):
        """Those that were in use once: what one may go back to."""
        return self.exclude(state=ScoringModel.State.NOT_ADOPTED)

    def without_weights(self):
        """A third of a megabyte each, which lists do not need."""
        return self.defer("weights")


class ScoringModel(models.Model):
    """One version of one head. Numbers count up from 1 for each head; 0 is the shipped one, whose weights are not kept.

    Nor are those of a version that was not adopted. `set_at` and `set_by` say since when its state holds and who set
    it, nobody where the program did or that person has left; `note` why, in words for moderators: always where a head
    switched itself off, never where a person did. `judged_from` is the moment from which on
    comments count, when it is asked whether the head should be switched off.
    """

    class Head(models.TextChoices):
        SPAM = "spam", "spam"
        INCIVILITY = "incivility", "incivility"

    class State(models.TextChoices):
        IN_USE = "in_use", "in use"
        KEPT = "kept", "kept"
        NOT_ADOPTED = "not_adopted", "not adopted"
        SWITCHED_OFF = "switched_off", "switched off"

    head = models.CharField(max_length=12, choices=Head.choices)
    number = models.PositiveIntegerField("version")
    weights = models.BinaryField(blank=True, default=b"", help_text="As `screening.model.Head.to_bytes` writes them.")
    metrics = models.JSONField(default=dict, blank=True)
    decisions = models.PositiveIntegerField(default=0, help_text="That it has learned from.")
    taken_down = models.PositiveIntegerField(default=0, help_text="Of those.")
    state = models.CharField(max_length=12, choices=State.choices)
    made_at = models.DateTimeField(default=timezone.now)
    set_at = models.DateTimeField(default=timezone.now)
    set_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    judged_from = models.DateTimeField(default=timezone.now)
    note = models.CharField(max_length=300, blank=True, default="")

    objects = ScoringModelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["head", "number"], name="one_version_of_a_number"),
            models.UniqueConstraint(
                fields=["head"], condition=Q(state__in=["in_use", "switched_off"]), name="one_version_in_use"
            ),
            models.CheckConstraint(condition=Q(head__in=["spam", "incivility"]), name="scoring_has_two_heads"),
            models.CheckConstraint(
                condition=Q(taken_down__lte=models.F("decisions")), name="no_more_gone_than_decided"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.head} {self.number}"

    @property
    def is_shipped(self) -> bool:
        return self.number == SHIPPED

    @property
    def is_off(self) -> bool:
        return self.state == self.State.SWITCHED_OFF

    @property
    def is_off_by_itself(self) -> bool:
        return self.is_off and self.set_by_id is None and bool(self.note)


CURRENT = (ScoringModel.State.IN_USE, ScoringModel.State.SWITCHED_OFF)
