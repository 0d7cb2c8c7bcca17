"""Letters, who asked for them, and the proof that they did."""

import secrets
from datetime import datetime
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from civic.lib import tokens
from civic.lib.fields import CleanHTMLField
from civic.lib.site import SeenEverywhere

# What follows /newsletter/ and is not the name of a letter.
RESERVED_SLUGS = {"subscribe", "asked", "confirm", "leave", "preferences", "report", "erased"}


def check_slug(slug: str) -> None:
    if slug in RESERVED_SLUGS:
        raise ValidationError(f"“{slug}” is the address of another page. Choose another word.")


def unguessable(instance: "Reward", name: str) -> str:
    """A place in the media folder that nobody finds by trying: the report is for those who got the link."""
    return f"rewards/{secrets.token_urlsafe(12)}{PurePath(name).suffix.lower()}"


def address_key(email: str) -> bytes:
    """16 bytes that stand for an address, also when we no longer know it. Letter case does not matter."""
    return tokens.fingerprint("subscriber", email.lower())


class Cadence(models.TextChoices):
    """How often a letter may come. Which of these a reader may choose differs by letter."""

    EACH = "each", "each letter"
    DAY = "day", "each weekday"
    THREE = "three", "Monday, Wednesday, Friday"
    WEEK = "week", "once a week"
    MONTH = "month", "once a month"
    TOPICS = "topics", "for topics I follow"


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
    sender_name = models.CharField(max_length=80, blank=True, help_text="Else the name of the paper.")
    reward = models.ForeignKey(Reward, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    position = models.PositiveSmallIntegerField(default=100)
    is_default = models.BooleanField(default=False, help_text="The letter of the box on every article.")

    objects = NewsletterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_default"], condition=Q(is_default=True), name="newsletter_one_default")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("newsletter:newsletter", args=[self.slug])

    @property
    def in_short(self) -> str:
        return self.what or self.promise


class SubscriberQuerySet(models.QuerySet):
    def at(self, email: str):
        """The subscriber of an address. `LOWER` as in the constraint, so that its index serves."""
        return self.annotate(lower_email=Lower("email")).filter(lower_email=email.lower())

    def lock_at(self, email: str) -> "Subscriber":
        """The subscriber of an address, made where there is none, locked until the transaction ends.

        Two at once make one row: the second insert does nothing and waits for the first.
        """
        self.bulk_create([Subscriber(email=email, key=address_key(email))], ignore_conflicts=True)
        return self.at(email).select_for_update().get()

    def lock(self, subscriber: "Subscriber") -> "Subscriber | None":
        """The same subscriber, read anew and locked; None when it was erased meanwhile."""
        return self.filter(pk=subscriber.pk).select_for_update().first()

    def never_proven_since(self, moment: datetime):
        """Addresses that somebody typed before `moment` and nobody confirmed; nothing waits for them."""
        return self.filter(state=Subscriber.State.PENDING, made_at__lt=moment).exclude(
            subscriptions__asked_at__gte=moment
        )

    def gone_since(self, moment: datetime):
        """Those who left their last letter before `moment`, and have not asked for one since."""
        return self.filter(state=Subscriber.State.LEFT).exclude(
            Q(subscriptions__left_at__gte=moment) | Q(subscriptions__asked_at__gte=moment)
        )


class Subscriber(models.Model):
    """An address. `state` follows from its subscriptions, see `settle`."""

    class State(models.TextChoices):
        PENDING = "pending", "not yet proven"
        ACTIVE = "active", "gets letters"
        LEFT = "left", "gets no letter any more"

    email = models.EmailField(max_length=254)
    # Stored and not computed anew: links in old letters and proofs of consent say it, and HASH_KEY may change.
    key = models.BinaryField(max_length=16, unique=True, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    made_at = models.DateTimeField(default=timezone.now)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="newsletter_subscriber_email_once")]
        indexes = [
            models.Index(
                fields=["made_at"],
                condition=~Q(state="active"),
                name="newsletter_subscriber_idle",
            )
        ]

    def save(self, *args, **kwargs) -> None:
        self.key = self.key or address_key(self.email)
        super().save(*args, **kwargs)

    def settle(self) -> None:
        """Bring `state` in line with the subscriptions, after they changed."""
        states = set(self.subscriptions.values_list("state", flat=True))
        was = self.state
        if Subscription.State.ACTIVE in states:
            self.state = self.State.ACTIVE
        elif Subscription.State.LEFT in states or was != self.State.PENDING:
            self.state = self.State.LEFT
        if self.state != was:
            self.save(update_fields=["state"])

    def forget(self) -> None:
        """Erase the address and its subscriptions. A key that nobody can read stays in `Suppression`."""
        Suppression.objects.get_or_create(key=bytes(self.key), defaults={"reason": Suppression.Reason.LEFT})
        self.delete()

    def consents(self):
        """All that is kept as proof, newest first."""
        return ConsentEvent.objects.filter(key=self.key).select_related("newsletter").order_by("-at", "-pk")


class SubscriptionQuerySet(models.QuerySet):
    def pending(self):
        return self.filter(state=Subscription.State.PENDING)

    def active(self):
        return self.filter(state=Subscription.State.ACTIVE)

    def drop(self) -> None:
        """Pending ones go; what had been left before it was asked for again is left, as it was."""
        self.filter(left_at__isnull=False).update(state=Subscription.State.LEFT)
        self.filter(left_at__isnull=True).delete()

    def in_order(self):
        return self.select_related("newsletter__reward").order_by("newsletter__position", "newsletter__name")


class Subscription(models.Model):
    """One letter to one address."""

    class State(models.TextChoices):
        PENDING = "pending", "waiting for the confirmation"
        ACTIVE = "active", "subscribed"
        LEFT = "left", "left"

    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="subscriptions")
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    cadence = models.CharField(max_length=10, choices=Cadence, default=Cadence.EACH)
    asked_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["newsletter", "subscriber"], name="newsletter_subscription_once"),
            models.CheckConstraint(
                condition=~Q(state="active") | Q(confirmed_at__isnull=False),
                name="newsletter_active_was_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(state="left") | Q(left_at__isnull=False), name="newsletter_left_says_when"
            ),
        ]
        indexes = [
            models.Index(fields=["newsletter", "id"], condition=Q(state="active"), name="newsletter_audience"),
            models.Index(fields=["asked_at"], condition=Q(state="pending"), name="newsletter_pending"),
        ]

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE

    @property
    def is_pending(self) -> bool:
        return self.state == self.State.PENDING

    @classmethod
    def to(cls, newsletter: Newsletter, subscriber: Subscriber) -> "Subscription":
        """A new one, not yet saved, as often as the letter usually comes."""
        return cls(newsletter=newsletter, subscriber=subscriber, cadence=newsletter.cadence)

    def ask_again(self) -> None:
        self.state, self.asked_at = self.State.PENDING, timezone.now()
        self.save()

    def begin(self) -> None:
        self.state, self.confirmed_at, self.left_at = self.State.ACTIVE, timezone.now(), None
        self.save()

    def end(self) -> None:
        self.state, self.left_at = self.State.LEFT, timezone.now()
        self.save()


class ConsentEvent(models.Model):
    """The proof that somebody asked, confirmed or left. Written once; a change of mind is another row.

    It names the address by its key only, so that it can outlive the address: whoever claims never to have asked
    can be answered, and nobody else can read from it who it was.
    """

    class Kind(models.TextChoices):
        ASKED = "asked", "asked"
        CONFIRMED = "confirmed", "confirmed"
        LEFT = "left", "left"

    key = models.BinaryField(max_length=16, help_text="Subscriber.key")
    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    wording = models.TextField(help_text="Exactly what stood on the page, the button included.")
    page = models.CharField(max_length=300, blank=True, help_text="The path of that page, without any token.")
    prefix_hash = models.BinaryField(max_length=16, null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["key", "-at"], name="newsletter_consent_of"),
            models.Index(fields=["at"], name="newsletter_consent_at"),
        ]

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            raise TypeError("a proof of consent is never rewritten; add another one")
        super().save(*args, **kwargs)


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


class SuppressionQuerySet(models.QuerySet):
    def of(self, email: str):
        """What is known of an address, also from before a change of the key."""
        return self.filter(key__in=tokens.fingerprints("subscriber", email.lower()))

    def final(self):
        """Addresses to which not even a confirmation letter goes: they bounce, or complained about us."""
        return self.exclude(reason=Suppression.Reason.LEFT)


class Suppression(models.Model):
    """An address that gets no letters, known by its key only, so that it survives the erasure of the address.

    Erasing is not the same as being suppressed: erasing forgets who somebody is. But then an old list, imported
    by a colleague next year, would bring the letters back to somebody who wanted no more of them. So a key stays that
    recognises the address and cannot be read. Whoever signs up again, and confirms, lifts it.
    """

    class Reason(models.TextChoices):
        LEFT = "left", "left for good, or asked to be erased"
        BOUNCED = "bounced", "the address is gone"
        COMPLAINED = "complained", "called a letter unwanted"

    key = models.BinaryField(primary_key=True, max_length=16)
    reason = models.CharField(max_length=10, choices=Reason)
    at = models.DateTimeField(default=timezone.now)

    objects = SuppressionQuerySet.as_manager()
