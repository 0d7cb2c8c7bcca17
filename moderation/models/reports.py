"""Readers say that a comment breaks a rule of the house, or the law."""

from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from comments.models import Comment, Guest, HouseRule
from moderation.models.decisions import Decision


class ReportQuerySet(models.QuerySet):
    def open(self):
        """What no moderator has answered."""
        return self.filter(state=Report.State.OPEN)

    def illegal(self):
        return self.filter(kind=Report.Kind.ILLEGAL)

    def against_a_rule(self):
        return self.filter(kind=Report.Kind.RULE)

    def urgent(self):
        """Somebody's life, or a child: before everything else."""
        return self.filter(matter__in=Report.URGENT)

    def on(self, comments: Comment | Iterable[Comment]):
        """Those about one comment, or about any of several."""
        return self.filter(comment=comments) if isinstance(comments, Comment) else self.filter(comment__in=comments)

    def open_first(self):
        """What waits, and then what was answered, the latest first."""
        return self.order_by(F("decided_at").desc(nulls_first=True), "-pk")

    def by(self, persons: Iterable[bytes]):
        """Those of one person, under any of the marks that the person may have been kept by."""
        return self.filter(person__in=list(persons))


class Report(models.Model):
    """One person's report of one comment.

    `person` is a keyed hash that knows somebody again (`reporters.py`): one report each, whatever name they use. It,
    the words and the address are forgotten after a while, or when the person leaves; that there was a report, and what
    became of it, stays.
    """

    class Kind(models.TextChoices):
        RULE = "rule", "a house rule"
        ILLEGAL = "illegal", "illegal content"

    class Matter(models.TextChoices):
        """What kind of illegal content. The first two go before everything else."""

        THREAT = "threat", "a threat to somebody’s life or safety"
        CHILD = "child", "sexual abuse of a child"
        OTHER = "other", "something else"

    class Who(models.TextChoices):
        MEMBER = "member", "a member"
        GUEST = "guest", "a guest"
        CONTACT = "contact", "somebody who left an address"
        NOBODY = "nobody", "somebody without an address"

    class State(models.TextChoices):
        OPEN = "open", "waiting for a moderator"
        UPHELD = "upheld", "a moderator took the comment off the page"
        DISMISSED = "dismissed", "a moderator let the comment stand"
        MOOT = "moot", "the comment was taken back or changed before a moderator decided"

    URGENT = (Matter.THREAT, Matter.CHILD)

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reports", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    rule = models.ForeignKey(HouseRule, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    rule_text = models.CharField(max_length=300, blank=True, help_text="The rule as it was then.")
    text = models.TextField(blank=True, help_text="In the reporter's words. Illegal content: why it is that.")
    matter = models.CharField(max_length=8, choices=Matter.choices, blank=True, help_text="Illegal content only.")
    place = models.CharField("which words", max_length=500, blank=True)
    in_good_faith = models.BooleanField("says that it is accurate and complete", default=False)
    who = models.CharField(max_length=8, choices=Who.choices)
    member = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    guest = models.ForeignKey(Guest, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=100, blank=True, help_text="As typed by somebody without an account.")
    email = models.EmailField(blank=True, help_text="As typed by somebody without an account: not proven.")
    person = models.BinaryField(max_length=16, null=True, blank=True)
    origin = models.BinaryField("hash of the address prefix", max_length=16, null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    decided_at = models.DateTimeField(null=True, blank=True)
    decision = models.ForeignKey(Decision, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports")

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["comment", "person"], name="one_report_per_person_and_comment"),
            models.CheckConstraint(condition=Q(kind="illegal") ^ Q(matter=""), name="illegal_content_is_of_a_kind"),
            models.CheckConstraint(
                condition=Q(state="open") ^ Q(decided_at__isnull=False), name="closed_report_has_a_date"
            ),
        ]
        indexes = [
            models.Index(fields=["comment"], name="open_reports", condition=Q(state="open")),
            models.Index(fields=["person", "-made_at"], name="reports_of_person"),
            models.Index(fields=["made_at"], name="reports_with_origin", condition=Q(origin__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"report of comment {self.comment_id}"

    @property
    def is_illegal(self) -> bool:
        return self.kind == self.Kind.ILLEGAL

    @property
    def is_urgent(self) -> bool:
        return self.matter in self.URGENT

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def about(self) -> str:
        """What it is about, in few words: `Rule 4`, `Illegal content: sexual abuse of a child`."""
        if self.is_illegal:
            return f"Illegal content: {self.get_matter_display()}"
        return f"Rule {self.rule.number}" if self.rule else self.rule_text
