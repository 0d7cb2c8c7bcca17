"""Asking for a second look."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from moderation.models.decisions import Decision


class Appeal(models.Model):
    """The author of a comment wants somebody else to look at a decision again. Once, within 14 days."""

    class State(models.TextChoices):
        OPEN = "open", "open"
        UPHELD = "upheld", "the decision stands"
        OVERTURNED = "overturned", "the decision was taken back"
        OVERTAKEN = "overtaken", "the decision does not hold any more, without a second look"

    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="appeal")
    against = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", help_text="Who decided."
    )
    text = models.TextField(max_length=2000)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    note = models.TextField("a line to the author", max_length=1000, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(against=None) | ~Q(decided_by=F("against")),
                name="appeal_is_decided_by_somebody_else",
            )
        ]
        indexes = [models.Index(fields=["made_at"], condition=Q(state="open"), name="open_appeals")]

    def __str__(self) -> str:
        return f"appeal against decision {self.decision_id}"
