"""Words that must not be erased for now."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from comments.models import Comment


class EvidenceHoldQuerySet(models.QuerySet):
    def standing(self):
        """Those that keep something at the moment."""
        return self.filter(lifted_at=None, until__gt=timezone.now())


class EvidenceHold(models.Model):
    """A moderator keeps a comment as evidence: by whom, why, until when. `Comment.kept_until` repeats the end.

    `why` is for moderators alone.
    """

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    why = models.CharField(max_length=300)
    until = models.DateTimeField()
    made_at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = EvidenceHoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(why=""), name="evidence_is_kept_for_a_reason"),
            models.CheckConstraint(condition=Q(until__gt=F("made_at")), name="evidence_is_kept_for_a_time"),
            models.UniqueConstraint(
                fields=["comment"], condition=Q(lifted_at=None), name="one_evidence_hold_per_comment"
            ),
        ]
        indexes = [models.Index(fields=["until"], name="evidence_by_end", condition=Q(lifted_at=None))]

    def __str__(self) -> str:
        return f"comment {self.comment_id} kept until {self.until:%Y-%m-%d}"
