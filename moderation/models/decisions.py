"""What moderators decided about comments, for ever."""

from django.db import models
from django.utils import timezone

from accounts.models import User
from comments.models import Comment, HouseRule
from moderation.models.batches import Batch


class Act(models.TextChoices):
    PUBLISH = "publish", "published"
    REFUSE = "refuse", "refused"
    REMOVE = "remove", "removed"
    RESTORE = "restore", "restored"
    PUBLISH_EDIT = "publish_edit", "newer text published"
    REFUSE_EDIT = "refuse_edit", "newer text refused"
    HOLD = "hold", "taken into review"
    KEEP = "keep", "kept as it is"


NEED_A_RULE = (Act.REFUSE, Act.REMOVE, Act.REFUSE_EDIT)


class DecisionQuerySet(models.QuerySet):
    def about(self, comment: Comment):
        return self.filter(comment=comment).order_by("-pk")


class Decision(models.Model):
    """One decision about one comment. Rows are only ever added: what is undone is a decision of its own."""

    Act = Act

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="decisions")
    act = models.CharField(max_length=12, choices=Act.choices)
    was = models.CharField(max_length=12, blank=True, help_text="The state of the comment until then.")
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_automatic = models.BooleanField(default=False)
    rule = models.ForeignKey(HouseRule, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    rule_text = models.CharField(max_length=300, blank=True, help_text="The rule as it was then.")
    note = models.TextField("a line to the author", max_length=1000, blank=True)
    undoes = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by")
    batch = models.ForeignKey(Batch, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions")
    made_at = models.DateTimeField(default=timezone.now)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(act__in=("refuse", "remove", "refuse_edit")) | ~models.Q(rule_text=""),
                name="refusing_needs_a_rule",
            )
        ]
        indexes = [
            models.Index(fields=["-made_at"], name="decisions_by_time"),
            models.Index(fields=["by", "-made_at"], name="decisions_by_person"),
        ]

    def __str__(self) -> str:
        return f"comment {self.comment_id} {self.get_act_display()}"

    def save(self, *args, **kwargs) -> None:
        if self.pk:
            raise TypeError("a decision is never changed: add one that undoes it")
        super().save(*args, **kwargs)
