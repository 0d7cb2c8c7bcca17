"""What stays of an issue when it is over: figures, and no address."""

from django.db import models

from newsletter.models.issues import Issue


class IssueFigures(models.Model):
    """The figures of an issue that is over, counted once; its deliveries are deleted later (`folded_at`).

    `counts`: by state. `reasons`: state to words to number. `domains`: as (domain, counts by state), the biggest first;
    domains with few readers are together under "".
    """

    issue = models.OneToOneField(Issue, primary_key=True, on_delete=models.CASCADE, related_name="figures")
    candidates = models.PositiveIntegerField()
    counts = models.JSONField(default=dict)
    reasons = models.JSONField(default=dict)
    domains = models.JSONField(default=list)
    counted_at = models.DateTimeField()
    folded_at = models.DateTimeField(null=True, help_text="When the deliveries, with their addresses, were deleted.")
