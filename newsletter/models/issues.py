"""Single letters of a newsletter."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from wagtail.fields import StreamField
from wagtail.models import PreviewableMixin

from newsletter.blocks import ISSUE_BLOCKS
from newsletter.models.newsletters import Cadence, Newsletter

LONG = ("content", "blocks")


class IssueQuerySet(models.QuerySet):
    def listed(self):
        """Letters that went out, from the first reader on: archive, feeds and roundups name them to everybody."""
        return self.filter(sent_at__isnull=False).exclude(state=Issue.State.CANCELLED)

    def readable(self):
        """Those, and what was stopped while it went out: named nowhere, but whoever has it in the mail finds it under
        its address. Not what was stopped before a single letter had left."""
        from newsletter.models.deliveries import Outcome, State  # deliveries are of issues

        gone = (State.SENT, State.UNKNOWN)
        sent = Outcome.objects.filter(
            state__in=gone,
            delivery_id__gte=OuterRef("mailing__first_id"),  # by the primary key, for no index names what was sent
            delivery_id__lte=OuterRef("mailing__last_id"),
            issue=OuterRef("pk"),
        )
        folded = Q(figures__counts__sent__gt=0) | Q(figures__counts__unknown__gt=0)
        return self.filter(~Q(state=Issue.State.CANCELLED) | Exists(sent) | folded, sent_at__isnull=False)

    def newest_first(self):
        return self.order_by("-sent_at", "-pk")

    def in_archive(self, newsletter: Newsletter):
        """What the page of a newsletter lists: all that somebody wrote, and of the automatic letters those that come
        most often. The others say the same again, for readers who want it more seldom; so do all roundups of what
        people write. One query, one more inside it.
        """
        listed = self.listed().filter(newsletter=newsletter)
        if not newsletter.rhythm:
            return listed.filter(Q(is_automatic=False) | Q(cadence=Cadence.EACH))
        most_often = listed.filter(is_automatic=True).annotate(often=often()).order_by("often")
        return listed.filter(Q(is_automatic=False) | Q(cadence=most_often.values("cadence")[:1]))

    def last_of_each(self) -> dict[int, "Issue"]:
        """The newest listed letter of every newsletter, by the newsletter's id. One query."""
        newest = self.listed().order_by("newsletter_id", "-sent_at", "-pk").distinct("newsletter_id")
        return {issue.newsletter_id: issue for issue in newest.defer(*LONG)}

    def due(self, now: datetime):
        """Those whose time has come and that nobody has begun to send."""
        return self.filter(state=Issue.State.SCHEDULED, scheduled_at__lte=now)

    def locked(self, pk: int) -> "Issue":
        """As it is now, its row locked until the end of the transaction."""
        return self.select_for_update(of=("self",), no_key=True).select_related("newsletter").get(pk=pk)


def often() -> Case:
    """Cadences in their order, the most frequent first."""
    return Case(*(When(cadence=name, then=Value(place)) for place, name in enumerate(Cadence.values)), default=Value(9))


class Issue(PreviewableMixin, models.Model):
    """One letter of a newsletter. `slot` is its day, week or month: a second one for the same cadence and slot cannot
    exist. That of a letter which somebody writes has a word of the subject in it, and is in nobody's way.

    `content` is what was put together in the newsroom, `blocks` what the letter is drawn from (see
    `newsletter.issues`). Of readers' comments neither holds a word.
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
    cadence = models.CharField(
        "goes to those who want",
        max_length=10,
        choices=Cadence,
        default=Cadence.EACH,
        help_text="Each reader has chosen how often letters may come; this one goes to those who chose so.",
    )
    slot = models.SlugField(max_length=60, editable=False)
    subject = models.CharField(max_length=200, blank=True, help_text="What people see in their list of letters.")
    preheader = models.CharField(
        "after the subject",
        max_length=200,
        blank=True,
        help_text="One sentence more, which most mail programs show in the list, too.",
    )
    content = StreamField(ISSUE_BLOCKS, blank=True, verbose_name="letter")
    blocks = models.JSONField(default=list, blank=True, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)  # counts savings: what is approved was read
    is_automatic = models.BooleanField(default=False, editable=False)
    # Of what an automatic one tells: all that appeared after the first moment, until the second.
    covers_since = models.DateTimeField(null=True, blank=True, editable=False)
    covers_until = models.DateTimeField(null=True, blank=True, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)
    scheduled_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    frozen_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When its readers were chosen.")
    finished_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="When the last one was over.")
    pause_reason = models.CharField(
        max_length=500, blank=True, editable=False, help_text="Who paused it, or the mail server's words."
    )

    objects = IssueQuerySet.as_manager()

    preview_modes = [("html", "As a letter"), ("text", "As plain text"), ("web", "In the archive")]

    class Meta:
        verbose_name = "letter"
        constraints = [
            models.UniqueConstraint(fields=["newsletter", "cadence", "slot"], name="newsletter_issue_once_per_slot"),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(sent_at__isnull=False), name="newsletter_done_says_when"
            ),
        ]
        indexes = [
            models.Index(
                F("newsletter"),
                F("sent_at").desc(),
                condition=Q(sent_at__isnull=False) & ~Q(state="cancelled"),
                name="newsletter_archive",
            ),
            models.Index(fields=["scheduled_at"], condition=Q(state="scheduled"), name="newsletter_issue_due"),
        ]

    def __str__(self) -> str:
        return self.subject or "(no subject yet)"

    def get_absolute_url(self) -> str:
        """Where it stands in the archive. Letters for Monday, Wednesday and Friday share their days with others."""
        args = [self.newsletter.slug, self.slot]
        if self.cadence == Cadence.THREE:
            return reverse("newsletter:issue_for_three", args=args)
        return reverse("newsletter:issue", args=args)

    @property
    def is_of_today(self) -> bool:
        return self.sent_at is not None and timezone.localdate(self.sent_at) == timezone.localdate()

    @property
    def has_begun(self) -> bool:
        """Its readers are being chosen, or were: there is progress to be seen. Not of what was only put on record."""
        return self.frozen_at is not None or self.state == self.State.FREEZING

    @property
    def was_stopped(self) -> bool:
        """After its readers were chosen, whether or not a letter had left."""
        return self.sent_at is not None and self.state == self.State.CANCELLED

    @property
    def goes_at(self) -> datetime:
        """When it went out, or will; now, where nobody has said."""
        return self.sent_at or self.scheduled_at or timezone.now()

    # --- what may be done with it ---

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def can_be_scheduled(self) -> bool:
        return self.state in (self.State.APPROVED, self.State.SCHEDULED)

    @property
    def can_be_taken_up(self) -> bool:
        """Cancelled before anybody was to get it: a press too many, which must not cost a letter."""
        return self.state == self.State.CANCELLED and not self.is_automatic and self.frozen_at is None

    @property
    def can_be_cancelled(self) -> bool:
        """Before its first letter. What is on its way is stopped by `newsletter.sending`."""
        return self.state in (self.State.DRAFT, self.State.APPROVED, self.State.SCHEDULED)

    @property
    def can_be_deleted(self) -> bool:
        """Nobody got it and nobody is about to. One that wrote itself holds its slot: were it gone, it would write
        itself once more, and go out."""
        return self.sent_at is None and not self.is_automatic and self.state in (self.State.DRAFT, self.State.CANCELLED)

    def was_written_by(self, member) -> bool:
        """Somebody else must read it before it goes out."""
        return member.pk in (self.written_by_id, self.changed_by_id)

    # --- Wagtail's life cycle ---

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        from newsletter.preview import preview  # stands above models; Wagtail calls it through the model

        return preview(request, self, mode_name)
