"""Where people talk: house rules, spaces that share a policy, and threads."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from civic.lib.site import SeenEverywhere


class HouseRule(SeenEverywhere):
    """A rule of the house, known to readers by its number."""

    number = models.PositiveSmallIntegerField(unique=True)
    text = models.CharField(max_length=300, help_text="As readers see it above the form.")
    short = models.CharField(max_length=60, help_text="In three words, for the desk: Insult or contempt.")

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}. {self.short}"


class Mode(models.TextChoices):
    OPEN = "open", "open"
    PREMODERATED = "premoderated", "read before publication"
    MEMBERS = "members", "members only"
    CLOSED = "closed", "closed"


class Space(models.Model):
    """A policy that threads share. All sections use the default one until somebody wants another."""

    name = models.CharField(max_length=60, unique=True)
    is_default = models.BooleanField(default=False)
    mode = models.CharField(max_length=12, choices=Mode.choices, default=Mode.OPEN)
    hold_first = models.BooleanField("read first comments first", default=True)
    max_links = models.PositiveSmallIntegerField("links allowed unseen", default=1)
    close_after_days = models.PositiveSmallIntegerField(null=True, blank=True)
    pace_seconds = models.PositiveIntegerField("seconds between comments", null=True, blank=True)
    max_depth = models.PositiveSmallIntegerField("levels of answers drawn", null=True, blank=True)
    extra_rules = models.TextField(blank=True, help_text="One rule a line; they stand below the rules of the house.")
    moderators = models.ManyToManyField(User, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_space")
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def default(cls) -> "Space":
        return cls.objects.get_or_create(is_default=True, defaults={"name": "Everything"})[0]

    @property
    def pace(self) -> int:
        """Seconds that must pass between two comments of the same writer."""
        return settings.COMMENT_PACE_SECONDS if self.pace_seconds is None else self.pace_seconds


class ThreadQuerySet(models.QuerySet):
    def visible(self, at=None):
        """Threads that may be read: what they discuss has not expired."""
        at = at or timezone.now()
        return self.filter(Q(visible_until=None) | Q(visible_until__gt=at))


class Thread(models.Model):
    """One discussion. It knows the address and the title of what is discussed, never what that is."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="threads")
    address = models.CharField(max_length=300, unique=True, help_text="The path of what is discussed.")
    title = models.CharField(max_length=300)
    invitation = models.CharField(max_length=300, blank=True, help_text="Invites the first comment.")
    mode = models.CharField(max_length=12, choices=Mode.choices, blank=True, help_text="Empty: as the space.")
    desk_mode = models.CharField(
        max_length=12, choices=Mode.choices, blank=True, help_text="Set by a moderator: wins over article and space."
    )
    desk_pace_seconds = models.PositiveIntegerField(
        null=True, blank=True, help_text="Set by a moderator: seconds between two comments of one writer."
    )
    visible_until = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    indexable = models.BooleanField(default=True)
    comment_count = models.PositiveIntegerField(default=0, editable=False)
    people_count = models.PositiveIntegerField(default=0, editable=False)
    vote_count = models.PositiveIntegerField(default=0, editable=False, help_text="Opinions, as last ranked.")
    version = models.PositiveBigIntegerField(default=1, editable=False)
    last_comment_at = models.DateTimeField(null=True, blank=True, editable=False)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["-comment_count"], name="thread_by_count")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/discuss/{self.pk}/"

    @property
    def post_url(self) -> str:
        return f"/discuss/{self.pk}/post/"

    @property
    def form_url(self) -> str:
        """Where the form to comment stands: under the article."""
        return f"{self.address}#comment"

    @property
    def effective_mode(self) -> str:
        """A moderator's word wins over the article's, and that over the space's."""
        return self.desk_mode or self.mode or self.space.mode

    @property
    def pace(self) -> int:
        """Seconds that must pass between two comments of the same writer."""
        return self.space.pace if self.desk_pace_seconds is None else self.desk_pace_seconds

    @property
    def max_depth(self) -> int:
        """Levels drawn, the roots among them."""
        return self.space.max_depth or settings.COMMENT_MAX_DEPTH

    def why_closed(self, site, at=None) -> str:
        """Why nobody can comment now, as a sentence for readers; "" when they can."""
        at = at or timezone.now()
        if site.comments_closed:
            return "All discussions are closed for the moment."
        if self.effective_mode == Mode.CLOSED:
            return "This discussion is closed. You can read it for as long as you like."
        if self.closing_time and self.closing_time <= at:
            day = timezone.localtime(self.closing_time)
            return f"This discussion was closed on {day.day} {day:%B %Y}. You can read it for as long as you like."
        return ""

    @property
    def closing_time(self):
        """When it closes: at the time it was given, or after the days of its space. None: never, or not while a
        moderator keeps it open."""
        if self.desk_mode:
            return None
        if self.closes_at or not self.space.close_after_days:
            return self.closes_at
        return self.made_at + timedelta(days=self.space.close_after_days)
