"""What moderators decided about discussions as a whole, or recommended in them."""

from django.db import models
from django.utils import timezone

from accounts.models import User
from comments.models import Comment, Thread
from comments.models.spaces import Mode
from comments.pace import how_often


class ThreadDecision(models.Model):
    """What a moderator decided about a discussion as a whole, or recommended in it. Rows are only ever added.

    For `Act.SET` the policy as it stands from then on; the row before it tells what it was. Else the comment.
    """

    class Act(models.TextChoices):
        SET = "set", "set"
        PIN = "pin", "pinned"
        UNPIN = "unpin", "took from the head"
        PICK = "pick", "picked"
        UNPICK = "unpick", "took from the picks"

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    act = models.CharField(max_length=6, choices=Act.choices)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    comment = models.ForeignKey(Comment, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    mode = models.CharField(max_length=12, choices=Mode.choices, blank=True, help_text="Empty: as the paper says.")
    pace_seconds = models.PositiveIntegerField(null=True, blank=True)
    keeps_open = models.BooleanField(default=False)
    note = models.CharField(max_length=200, blank=True, help_text="The line to readers.")
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"discussion {self.thread_id}: {self.get_act_display()}"

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise TypeError("a decision is never changed: add another")
        super().save(*args, **kwargs)

    @property
    def policy_words(self) -> str:
        """What was set, in a line: `closed, one comment every 2 minutes, kept open`."""
        pace = "" if self.pace_seconds is None else how_often(self.pace_seconds)
        kept = "kept open beyond its days" if self.keeps_open else ""
        return ", ".join(filter(None, [self.get_mode_display(), pace, kept])) or "as the paper says"
