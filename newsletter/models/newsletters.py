"""Letters that people can ask for, and what they get for it."""

import secrets
from datetime import time
from pathlib import PurePath

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from articles.models import Section
from civic.lib.site import SeenEverywhere

# What follows /newsletter/ and is not the name of a letter.
RESERVED_SLUGS = {
    "again",
    "asked",
    "confirm",
    "erased",
    "leave",
    "not-me",
    "preferences",
    "report",
    "subscribe",
}


def check_slug(slug: str) -> None:
    if slug in RESERVED_SLUGS:
        raise ValidationError(f"“{slug}” is the address of another page. Choose another word.")


def unguessable(instance: "Reward", name: str) -> str:
    """A place in the media folder that nobody finds by trying: the report is for those who got the link."""
    return f"rewards/{secrets.token_urlsafe(12)}{PurePath(name).suffix.lower()}"


class Cadence(models.TextChoices):
    """How often a letter may come. Which of these a reader may choose differs by letter: `Newsletter.cadences`."""

    EACH = "each", "each letter"
    THREE = "three", "Monday, Wednesday, Friday"
    WEEK = "week", "once a week"
    MONTH = "month", "once a month"


def only_each() -> list[str]:
    return [Cadence.EACH]


class Writing(models.TextChoices):
    """Who writes a newsletter: people, or the program from what was published. See `newsletter.slots.Rhythm`."""

    BY_HAND = "", "no, people write it"
    WEEKDAY = "weekday", "every weekday"
    DAY = "day", "every day"
    WEEK = "week", "once a week"


class Weekday(models.IntegerChoices):
    MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)


class Reward(SeenEverywhere):
    """What somebody gets who asks for a letter: the free report."""

    title = models.CharField(max_length=120)
    what = models.CharField(max_length=300, blank=True, help_text="What is in it, in one or two sentences.")
    file = models.FileField(upload_to=unguessable)
    cover = models.ImageField(upload_to=unguessable, blank=True, width_field="cover_width", height_field="cover_height")
    cover_alt = models.CharField(max_length=160, blank=True)
    cover_width = models.PositiveIntegerField(null=True, editable=False)
    cover_height = models.PositiveIntegerField(null=True, editable=False)

    def __str__(self) -> str:
        return self.title


class NewsletterQuerySet(models.QuerySet):
    def in_order(self):
        return self.select_related("reward").order_by("position", "name")

    def offered_first(self) -> "Newsletter | None":
        """The letter of the box on every article. One query, the report included."""
        return self.select_related("reward").filter(is_default=True).first()


class Newsletter(SeenEverywhere):
    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(unique=True, validators=[check_slug])
    when = models.CharField(max_length=80, help_text="When it comes, in words: “Every weekday, 6:30”.")
    promise = models.CharField(max_length=300, help_text="What is in it and when, for the box on articles.")
    what = models.CharField(
        max_length=300, blank=True, help_text="What is in it, where the page says beside it when it comes."
    )
    cadence = models.CharField(
        max_length=10, choices=Cadence, default=Cadence.EACH, help_text="What a new subscriber gets."
    )
    cadences = ArrayField(
        models.CharField(max_length=10, choices=Cadence),
        default=only_each,
        help_text="What a reader may choose. Each of them needs letters of its own.",
    )
    each_label = models.CharField(
        max_length=40, default="Each letter", help_text="What “each” means here: “Each weekday”, “After each meeting”."
    )
    sender_name = models.CharField(max_length=80, blank=True, help_text="Else the name of the paper.")
    reward = models.ForeignKey(Reward, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    position = models.PositiveSmallIntegerField(default=100)
    is_default = models.BooleanField(default=False, help_text="The letter of the box on every article.")

    rhythm = models.CharField(
        "writes itself",
        max_length=8,
        choices=Writing,
        default=Writing.BY_HAND,
        help_text="From what was published since the last one. Where nothing was, no letter goes out.",
    )
    rhythm_at = models.TimeField("at", default=time(6, 30), help_text="By the clock of the paper.")
    rhythm_weekday = models.PositiveSmallIntegerField(
        "weekly letters on", choices=Weekday, default=Weekday.SATURDAY, help_text="Also for readers who chose weekly."
    )
    # Slots that lie before are nobody's: whoever switches it on at noon wants no letter of this morning.
    rhythm_since = models.DateTimeField(null=True, blank=True, editable=False)
    sections = models.ManyToManyField(
        Section, blank=True, related_name="+", help_text="Only what is published there. None ticked: everything."
    )
    articles_at_most = models.PositiveSmallIntegerField(
        "articles at most", default=7, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    comments_at_most = models.PositiveSmallIntegerField(
        "best comments",
        default=1,
        validators=[MaxValueValidator(3)],
        help_text="Of the same time, picked by moderators or found best by readers. 0: none.",
    )

    objects = NewsletterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="newsletter_one_default")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("newsletter:newsletter", args=[self.slug])

    @classmethod
    def from_db(cls, db, field_names, values) -> "Newsletter":
        newsletter = super().from_db(db, field_names, values)
        newsletter._rhythm_was = newsletter._rhythm_now()
        return newsletter

    def save(self, *args, **kwargs) -> None:
        """Another rhythm counts from now on."""
        if self._rhythm_now() != getattr(self, "_rhythm_was", None):
            self.rhythm_since = timezone.now()
            if kwargs.get("update_fields"):
                kwargs["update_fields"] = {*kwargs["update_fields"], "rhythm_since"}
        super().save(*args, **kwargs)
        self._rhythm_was = self._rhythm_now()

    def _rhythm_now(self) -> tuple:
        """As stored: a deferred column is not asked for."""
        return tuple(self.__dict__.get(name) for name in ("rhythm", "rhythm_at", "rhythm_weekday"))

    @property
    def in_short(self) -> str:
        return self.what or self.promise

    def clean(self) -> None:
        if self.cadences and self.cadence not in self.cadences:
            raise ValidationError({"cadence": "A new subscriber must get something that a reader may choose."})

    def why_it_stays(self) -> str:
        """Why it must not be deleted, in a sentence; "" where it may be. With it would go who reads it, and the proof
        that they asked for it."""
        if self.issues.exclude(state__in=["draft", "cancelled"]).exists() or self.issues.filter(sent_at__isnull=False):
            return "letters of it have gone out, or are about to."
        if self.subscriptions.filter(state="active").exists():
            return "there are people who asked for it."
        return ""

    def how_often(self, cadence: str) -> str:
        """A cadence as this letter calls it: “Each weekday”, “Once a week”."""
        if cadence == Cadence.EACH:
            return self.each_label
        if cadence == Cadence.THREE:
            return "Mon, Wed, Fri"  # five stops stand side by side on a telephone
        words = str(Cadence(cadence).label)
        return words[0].upper() + words[1:]

    def rhythms(self, *besides: str) -> list[tuple[str, str]]:
        """What a reader may choose, most often first, with its name. `besides` is what somebody has who chose it when
        it was still offered."""
        offered = {self.cadence, *self.cadences, *besides}
        return [(cadence, self.how_often(cadence)) for cadence in Cadence.values if cadence in offered]

    def seldomer(self, than: str) -> list[tuple[str, str]]:
        """What comes less often than that: for somebody to whom it was too much."""
        values = Cadence.values
        return [(cadence, name) for cadence, name in self.rhythms() if values.index(cadence) > values.index(than)]
