"""What moderators decided about comments, for ever."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce, TruncMonth
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


ABOUT_EDITS = (Act.PUBLISH_EDIT, Act.REFUSE_EDIT)
NEED_A_RULE = (Act.REFUSE, Act.REMOVE, Act.REFUSE_EDIT)


class DecisionQuerySet(models.QuerySet):
    def about(self, comment: Comment):
        return self.filter(comment=comment).order_by("-pk")

    def that_count(self):
        """What is answered for in public. Not what only takes another back: that is what became of the other. And not
        a slip that was taken back before its author could hear of it."""
        made_at = Coalesce(OuterRef("batch__done_at"), OuterRef("made_at"))  # a batch writes when it is done
        told_at = made_at + timedelta(seconds=settings.DECISION_LETTER_SECONDS)
        slip = Decision.objects.filter(undoes=OuterRef("pk"), made_at__lte=told_at)
        return self.filter(undoes=None).exclude(Exists(slip))

    def with_cell(self, zone: str):
        """Each with `month` (its first day in that zone) and `ground`: the text of the rule it stands on, else ""."""
        return self.annotate(
            month=TruncMonth("made_at", tzinfo=ZoneInfo(zone), output_field=models.DateField()),
            ground=Case(When(act__in=NEED_A_RULE, then="rule_text"), default=Value("")),
        )

    def with_outcome(self):
        """Each with what became of it: `undone`, the state of an appeal that was not overtaken, or ""."""
        undone = Decision.objects.filter(undoes=OuterRef("pk")).values(word=Value("undone", models.CharField()))
        appeal = self.model.appeal.related.related_model.objects.filter(decision=OuterRef("pk"))
        appeal = appeal.exclude(state="overtaken").values("state")
        return self.annotate(outcome=Coalesce(Subquery(undone[:1]), Subquery(appeal[:1]), Value("")))


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
    law = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="The law that it is taken to be against."
    )
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
