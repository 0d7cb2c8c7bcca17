"""What moderators decided, for ever; and what they were told of the queue."""

from django.db import models
from django.utils import timezone

from accounts.models import User
from comments.models import Comment, HouseRule, Thread
from comments.models.spaces import Mode
from comments.pace import how_often


class Act(models.TextChoices):
    PUBLISH = "publish", "published"
    REFUSE = "refuse", "refused"
    REMOVE = "remove", "removed"
    RESTORE = "restore", "restored"
    PUBLISH_EDIT = "publish_edit", "newer text published"
    REFUSE_EDIT = "refuse_edit", "newer text refused"


NEED_A_RULE = (Act.REFUSE, Act.REMOVE, Act.REFUSE_EDIT)


class DecisionQuerySet(models.QuerySet):
    def about(self, comment: Comment):
        return self.filter(comment=comment).order_by("-pk")


class Decision(models.Model):
    """One decision about one comment. Rows are only ever added: what is undone is a decision of its own."""

    Act = Act

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="decisions")
    act = models.CharField(max_length=12, choices=Act.choices)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_automatic = models.BooleanField(default=False)
    rule = models.ForeignKey(HouseRule, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    rule_text = models.CharField(max_length=300, blank=True, help_text="The rule as it was then.")
    note = models.TextField("a line to the author", max_length=1000, blank=True)
    undoes = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by")
    made_at = models.DateTimeField(default=timezone.now)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(act__in=("refuse", "remove", "refuse_edit")) | ~models.Q(rule_text=""),
                name="refusing_needs_a_rule",
            )
        ]
        indexes = [models.Index(fields=["-made_at"], name="decisions_by_time")]

    def __str__(self) -> str:
        return f"comment {self.comment_id} {self.get_act_display()}"

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise TypeError("a decision is never changed: add one that undoes it")
        super().save(*args, **kwargs)


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


class QueueWatch(models.Model):
    """One row: what moderators have been told since the queue was last empty."""

    told_at = models.DateTimeField(null=True)
    told_late_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_queue_watch")]
