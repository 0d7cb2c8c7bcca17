"""What readers report."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from comments.models import Comment, Guest, HouseRule
from moderation.models.decisions import Decision


class Report(models.Model):
    """Somebody thinks that a comment breaks a rule of the house, or the law (DSA Art. 16). One a person and comment.

    Who reported is shown to nobody but moderators, and to them only as "a member" or "a guest", but for the contact
    that a notice of illegal content must name.
    """

    class State(models.TextChoices):
        OPEN = "open", "open"
        UPHELD = "upheld", "upheld"
        DISMISSED = "dismissed", "dismissed"

    class Peril(models.TextChoices):
        NONE = "", "no"
        LIFE = "life", "a threat to life"

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reports")
    member = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    guest = models.ForeignKey(Guest, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_illegal = models.BooleanField("illegal content", default=False)
    peril = models.CharField(max_length=4, choices=Peril.choices, blank=True)
    rule = models.ForeignKey(HouseRule, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(max_length=2000, blank=True)
    contact_name = models.CharField(
        max_length=100, blank=True, help_text="Of a notice of illegal content; erased with it."
    )
    contact_email = models.EmailField(blank=True)
    prefix_hash = models.BinaryField(
        max_length=16, null=True, blank=True, help_text="Erased after COMMENT_ORIGIN_DAYS."
    )
    weight = models.FloatField(default=1.0, help_text="Of the reporter then: from 0 to 1 and a bit.")
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    decision = models.ForeignKey(Decision, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "comment"], condition=Q(member__isnull=False), name="one_report_per_member"
            ),
            models.UniqueConstraint(
                fields=["guest", "comment"], condition=Q(guest__isnull=False), name="one_report_per_guest"
            ),
            models.CheckConstraint(
                condition=Q(is_illegal=True) | Q(rule__isnull=False) | ~Q(state="open"), name="report_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["comment"], condition=Q(state="open"), name="open_reports"),
            models.Index(fields=["-made_at"], name="reports_by_time"),
        ]

    def __str__(self) -> str:
        return f"report {self.pk} of comment {self.comment_id}"
