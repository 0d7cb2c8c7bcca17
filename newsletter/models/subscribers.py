"""Addresses, and which letters go to them."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from civic.lib import tokens
from civic.lib.addresses import one_spelling
from civic.lib.disposable import is_disposable
from newsletter.models.consents import ConsentEvent
from newsletter.models.newsletters import Cadence, Newsletter
from newsletter.models.signups import SignupRequest
from newsletter.models.suppressions import Suppression


def address_key(email: str) -> bytes:
    """16 bytes that stand for an address, also when we no longer know it. Letter case does not matter, nor how the
    domain is written."""
    return tokens.fingerprint("subscriber", one_spelling(email).lower())


class SubscriberQuerySet(models.QuerySet):
    def at(self, email: str):
        """The subscriber of an address. `LOWER` as in the constraint, so that its index serves."""
        return self.annotate(lower_email=Lower("email")).filter(lower_email=one_spelling(email).lower())

    def lock_at(self, email: str) -> "Subscriber":
        """The subscriber of an address, made where there is none, locked until the transaction ends.

        Two at once make one row: the second insert does nothing and waits for the first.
        """
        self.bulk_create([Subscriber.at(email)], ignore_conflicts=True)
        return self.at(email).select_for_update().get()

    def take_in(self, email: str) -> "Subscriber":
        """The subscriber of an address, made where there is none."""
        self.bulk_create([Subscriber.at(email)], ignore_conflicts=True)
        return self.at(email).get()

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
    # A mark for the newsroom, no more: whoever uses such an address gets letters like everybody, while it lives.
    is_disposable = models.BooleanField(default=False, db_default=False, editable=False)
    # After "this was not me" by somebody who gets other letters: a suppression would end those, too.
    left_alone_until = models.DateTimeField(null=True, blank=True, editable=False)

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

    @classmethod
    def at(cls, email: str) -> "Subscriber":
        """A new one, not yet saved."""
        email = one_spelling(email)
        return cls(email=email, key=address_key(email), is_disposable=is_disposable(email.rpartition("@")[2]))

    def save(self, *args, **kwargs) -> None:
        self.key = self.key or address_key(self.email)
        super().save(*args, **kwargs)

    @property
    def is_left_alone(self) -> bool:
        return self.left_alone_until is not None and self.left_alone_until > timezone.now()

    @property
    def is_proven(self) -> bool:
        """Whether its owner has ever pressed a button in a letter of ours."""
        return self.state != self.State.PENDING

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
        SignupRequest.objects.filter(key=self.key).update(key=None, email="")
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
    paused_until = models.DateTimeField(
        null=True, blank=True, help_text="Nothing comes before; then it begins again by itself."
    )

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

    @property
    def is_paused(self) -> bool:
        return self.paused_until is not None and self.paused_until > timezone.now()

    @property
    def how_often(self) -> str:
        return self.newsletter.how_often(self.cadence)

    @classmethod
    def to(cls, newsletter: Newsletter, subscriber: Subscriber) -> "Subscription":
        """A new one, not yet saved, as often as the letter usually comes."""
        return cls(newsletter=newsletter, subscriber=subscriber, cadence=newsletter.cadence)

    def ask_again(self, at: datetime) -> None:
        self.state, self.asked_at = self.State.PENDING, at
        self.save()

    def begin(self) -> None:
        self.state, self.confirmed_at, self.left_at = self.State.ACTIVE, timezone.now(), None
        self.paused_until = None
        self.save()

    def end(self) -> None:
        self.state, self.left_at = self.State.LEFT, timezone.now()
        self.save()
