"""What moderators were told of the queue."""

from django.db import models


class QueueWatch(models.Model):
    """One row: what moderators have been told since the queue was last empty."""

    told_at = models.DateTimeField(null=True)
    told_late_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_queue_watch")]
