"""Where people talk: house rules, spaces that share a policy, and threads."""

from datetime import timedelta

from django.conf import settings
from django.core.cache import caches
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts import roles
from accounts.models import User
from civic.lib.site import SeenEverywhere, SiteSettings
from comments.pace import how_often

SLOWEST = 86_400  # seconds: one comment a day; beyond that, close it
DEEPEST = 12  # levels: the twelfth has no width left on any screen


class Concern(models.TextChoices):
    """What a rule is about, in the words by which decisions are counted outside the house."""

    ILLEGAL = "illegal", "what the law forbids"
    SPEECH = "speech", "insults, threats, contempt"
    VIOLENCE = "violence", "violence"
    PRIVACY = "privacy", "private facts"
    COPYING = "copying", "text or pictures of others"
    ADVERTISING = "advertising", "advertising, spam"


class HouseRule(SeenEverywhere):
    """A rule of the house, known to readers by its number."""

    number = models.PositiveSmallIntegerField(unique=True)
    text = models.CharField(max_length=300, help_text="As readers see it above the form.")
    short = models.CharField(max_length=60, help_text="In three words, for the desk: Insult or contempt.")
    concerns = models.CharField(
        "is about",
        max_length=12,
        choices=Concern.choices,
        blank=True,
        default="",
        help_text="For statements of reasons, which tell authorities why something was removed. Empty: something else. "
        "Where it is what the law forbids, name the law in the text.",
    )

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number}. {self.short}"

    @classmethod
    def known(cls, site: SiteSettings) -> list["HouseRule"]:
        """All of them. No query where this process has asked since the site's version rose: they make it rise."""
        return caches["parts"].get_or_set(f"house-rules:{site.version}", lambda: list(cls.objects.all()))


class Mode(models.TextChoices):
    OPEN = "open", "open"
    PREMODERATED = "premoderated", "read before publication"
    MEMBERS = "members", "members only"
    CLOSED = "closed", "closed"


class Work(models.TextChoices):
    """Of whom a browser is asked for a proof of work. Somebody trusted never is."""

    __empty__ = "nobody"
    GUESTS = "guests", "guests, and members whose comments never stood"


class Space(SeenEverywhere):
    """A policy that threads share. Sections without a space of their own use the default one.

    Moderators who are named at some spaces look after these alone; the others after all.
    """

    name = models.CharField(max_length=60, unique=True, help_text="For the newsroom; readers do not see it.")
    is_default = models.BooleanField(default=False)
    mode = models.CharField(
        "who may comment",
        max_length=12,
        choices=Mode.choices,
        default=Mode.OPEN,
        help_text="Where an article says nothing else.",
    )
    hold_first = models.BooleanField("read first comments first", default=True)
    max_links = models.PositiveSmallIntegerField("links allowed unseen", default=1)
    languages = models.CharField(
        "languages spoken",
        max_length=60,
        blank=True,
        help_text="Codes, with blanks between, such as: en de. What is written in none of them stands further up in "
        "the queue. Empty: the language of the site.",
    )
    thresholds = models.JSONField(
        default=dict,
        blank=True,
        help_text="By signal, from 0 to 1: from where on it asks for a person. Empty: as usual.",
    )
    asks_first = models.BooleanField(
        "ask before posting",
        default=True,
        help_text="Capitals, repetitions, listed words: the writer is asked once, kindly, whether to post it as it is. "
        "Nobody is kept from posting.",
    )
    proof_of_work = models.CharField(
        "asks for a proof of work",
        max_length=8,
        choices=Work.choices,
        blank=True,
        default="",
        help_text="Against floods: the browser works out a sum while somebody types. A comment that comes without it, "
        "as from a browser without JavaScript, is not refused: a moderator reads it first.",
    )
    close_after_days = models.PositiveSmallIntegerField(
        "days until a discussion closes",
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Empty: never.",
    )
    pace_seconds = models.PositiveIntegerField(
        "seconds between comments",
        null=True,
        blank=True,
        validators=[MaxValueValidator(SLOWEST)],
        help_text="Of the same writer. 120 is one comment every 2 minutes. Empty: as everywhere.",
    )
    max_depth = models.PositiveSmallIntegerField(
        "levels of answers drawn",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(DEEPEST)],
        help_text="From 1, a plain list, to 12. Answers below the last level stand in it. Empty: as everywhere.",
    )
    extra_rules = models.TextField(
        "more rules", blank=True, help_text="One rule a line. They stand below the rules of the house, as a, b, c."
    )
    moderators = models.ManyToManyField(
        User,
        blank=True,
        related_name="+",
        limit_choices_to=roles.at_the_desk,
        help_text="Whoever is named here looks after the spaces that name them, and no others. "
        "Who is named nowhere looks after all.",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="one_default_space"),
            models.CheckConstraint(
                condition=Q(max_depth=None) | Q(max_depth__range=(1, DEEPEST)), name="space_has_some_levels"
            ),
            models.CheckConstraint(condition=Q(pace_seconds=None) | Q(pace_seconds__lte=SLOWEST), name="space_moves"),
            models.CheckConstraint(
                condition=Q(close_after_days=None) | Q(close_after_days__gte=1), name="space_is_open_for_a_day"
            ),
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

    @property
    def asks_for_work(self) -> bool:
        return self.proof_of_work == Work.GUESTS

    @property
    def rules(self) -> list[str]:
        """The rules that hold here besides those of the house."""
        return [rule.strip() for rule in self.extra_rules.splitlines() if rule.strip()]


class ThreadQuerySet(models.QuerySet):
    def visible(self, at=None):
        """Threads that may be read: what they discuss has not expired."""
        at = at or timezone.now()
        return self.filter(Q(visible_until=None) | Q(visible_until__gt=at))

    def at_address(self, address: str):
        """The thread of what stands at a path, or at a full address of ours."""
        path = address.removeprefix(settings.SITE_URL).partition("#")[0].partition("?")[0]
        return self.filter(address=path.replace("\0", ""))


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
    desk_keeps_open = models.BooleanField(default=False, help_text="Set by a moderator: it does not close by itself.")
    desk_note = models.CharField(max_length=200, blank=True, help_text="A moderator's line to readers: why.")
    # Since when the two modes above hold, so that a closed discussion can say it.
    mode_since = models.DateTimeField(null=True, blank=True, editable=False)
    desk_mode_since = models.DateTimeField(null=True, blank=True, editable=False)
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
        indexes = [
            models.Index(fields=["-comment_count"], name="thread_by_count"),
            models.Index(F("last_comment_at").desc(nulls_last=True), F("id").desc(), name="threads_by_talk"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(desk_pace_seconds=None) | Q(desk_pace_seconds__lte=SLOWEST), name="thread_moves"
            )
        ]

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
        return self.desk_mode or self.paper_mode

    @property
    def paper_mode(self) -> str:
        """What holds where no moderator says otherwise."""
        return self.mode or self.space.mode

    @property
    def pace(self) -> int:
        """Seconds that must pass between two comments of the same writer."""
        return self.space.pace if self.desk_pace_seconds is None else self.desk_pace_seconds

    @property
    def slow_words(self) -> str:
        """`one comment every 2 minutes` where readers should know it before they write, else ""."""
        return how_often(self.pace) if self.pace > settings.COMMENT_PACE_SECONDS else ""

    @property
    def max_depth(self) -> int:
        """Levels drawn, the roots among them."""
        return self.space.max_depth or settings.COMMENT_MAX_DEPTH

    @property
    def is_closed(self) -> bool:
        """Whether nobody can comment here now, whatever holds for the site as a whole."""
        return bool(self._why_this_one_is_closed(timezone.now()))

    def why_closed(self, site, at=None) -> str:
        """Why nobody can comment now, and since when, as sentences for readers; "" when they can."""
        at = at or timezone.now()
        if site.comments_closed:
            return "All discussions are closed for the moment. You can read what was said."
        why = self._why_this_one_is_closed(at)
        return f"{why} You can read it for as long as you like." if why else ""

    def _why_this_one_is_closed(self, at) -> str:
        """From the strongest word to the weakest, as in `effective_mode`; at last the calendar."""
        if self.desk_mode == Mode.CLOSED:
            note = f" They write: “{self.desk_note}”" if self.desk_note else ""
            return f"The moderators closed this discussion{_on(self.desk_mode_since)}.{note}"
        if self.effective_mode == Mode.CLOSED:
            if self.mode:
                return f"The newsroom closed this discussion{_on(self.mode_since)}."
            return "Comments are closed in this part of the paper."
        closing = self.closing_time
        if closing is None or closing > at:
            return ""
        if self.closes_at:
            return f"This discussion closed{_on(closing)}, the day that the newsroom had set for it."
        days = self.space.close_after_days
        return f"This discussion closed{_on(closing)}, {days} day{'' if days == 1 else 's'} after it began."

    @property
    def closing_time(self):
        """When it closes by itself; None: never, or not while the moderators keep it open."""
        return None if self.desk_keeps_open else self.calendar_closing_time

    @property
    def calendar_closing_time(self):
        """The time it was given, or after the days of its space; None: neither."""
        if self.closes_at or not self.space.close_after_days:
            return self.closes_at
        return self.made_at + timedelta(days=self.space.close_after_days)


def _on(moment) -> str:
    """` on 24 November 2026`, in the zone of the site; "" where it is not known."""
    if moment is None:
        return ""
    day = timezone.localtime(moment)
    return f" on {day.day} {day:%B %Y}"
