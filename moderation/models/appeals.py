"""Asking for a second look, at a decision about a comment or at a measure on somebody."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from moderation.models.decisions import Decision


class AskedFor(models.Model):
    """What every request for a second look has: whom it is against, what was said, and what somebody else made of it.
    Which states it can be in says each kind."""

    against = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Who decided."
    )
    text = models.TextField(max_length=2000)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    note = models.TextField("a line to whoever asked", max_length=1000, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


def decided_by_somebody_else(name: str) -> models.CheckConstraint:
    """For each kind, under a name of its own."""
    condition = Q(decided_by=None) | Q(against=None) | ~Q(decided_by=F("against"))
    return models.CheckConstraint(condition=condition, name=name)


class Appeal(AskedFor):
    """The author of a comment wants somebody else to look at a decision again. Once, within 14 days."""

    class State(models.TextChoices):
        OPEN = "open", "open"
        UPHELD = "upheld", "the decision stands"
        OVERTURNED = "overturned", "the decision was taken back"
        OVERTAKEN = "overtaken", "the decision does not hold any more, without a second look"

    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="appeal")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)

    class Meta:
        constraints = [decided_by_somebody_else("appeal_is_decided_by_somebody_else")]
        indexes = [models.Index(fields=["made_at"], condition=Q(state="open"), name="open_appeals")]

    def __str__(self) -> str:
        return f"appeal against decision {self.decision_id}"
