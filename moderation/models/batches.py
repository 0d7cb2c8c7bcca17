"""Many comments decided at once."""

from django.db import models
from django.utils import timezone

from accounts.models import User


class Batch(models.Model):
    """What a moderator decided about many comments with one press, and can take back with one.

    Its decisions point at it; `done_at` is set when the last of them is made. An undoing is a batch of its own.
    """

    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    undoes = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by")
    made_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"batch {self.pk}"
