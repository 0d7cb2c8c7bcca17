"""Single letters of a newsletter."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from civic.lib.fields import CleanHTMLField
from newsletter.models.newsletters import Cadence, Newsletter


class IssueQuerySet(models.QuerySet):
    def readable(self):
        """Letters that went out: everybody may read them."""
        return self.filter(state=Issue.State.DONE, sent_at__isnull=False)

    def newest_first(self):
        return self.order_by("-sent_at", "-pk")

    def last_of_each(self) -> dict[int, "Issue"]:
        """The newest readable letter of every newsletter, by the newsletter's id. One query."""
        newest = self.readable().order_by("newsletter_id", "-sent_at", "-pk").distinct("newsletter_id")
        return {issue.newsletter_id: issue for issue in newest.defer("blocks", "body_html", "body_text")}


class Issue(models.Model):
    """One letter of a newsletter. `slot` is its day or number: a second one for the same slot cannot exist.

    `blocks` is what was written (see `newsletter.issues`); the web page is drawn from it. `body_html` and `body_text`
    are the two bodies as mailed, without the foot, which differs for every reader.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        APPROVED = "approved", "approved"
        SCHEDULED = "scheduled", "scheduled"
        FREEZING = "freezing", "choosing its readers"
        SENDING = "sending", "on its way"
        PAUSED = "paused", "paused"
        DONE = "done", "sent"
        CANCELLED = "cancelled", "cancelled"

    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="issues")
    cadence = models.CharField(max_length=10, choices=Cadence, default=Cadence.EACH)
    slot = models.SlugField(max_length=60)
    subject = models.CharField(max_length=200)
    preheader = models.CharField(max_length=200, blank=True)
    blocks = models.JSONField(default=list, blank=True)
    body_html = CleanHTMLField(blank=True)
    body_text = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    sent_at = models.DateTimeField(null=True, blank=True)
    frozen_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When its readers were chosen.")
    finished_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When the last one was over.")
    pause_reason = models.CharField(max_length=500, blank=True, help_text="Who paused it, or the mail server's words.")

    objects = IssueQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["newsletter", "cadence", "slot"], name="newsletter_issue_once_per_slot"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(sent_at__isnull=False), name="newsletter_done_says_when"
            ),
        ]
        indexes = [
            models.Index(F("newsletter"), F("sent_at").desc(), condition=Q(state="done"), name="newsletter_archive")
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        return reverse("newsletter:issue", args=[self.newsletter.slug, self.slot])

    @property
    def is_of_today(self) -> bool:
        return self.sent_at is not None and timezone.localdate(self.sent_at) == timezone.localdate()
