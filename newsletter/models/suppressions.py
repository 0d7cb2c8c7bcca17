"""Addresses that get no letters, without the addresses."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

from civic.lib import tokens
from civic.lib.addresses import one_spelling

# After "this was not me" nothing is written to the address, whoever types it: long enough for whoever plays with it to
# lose interest, short enough for its owner, who may want a letter next season.
LEFT_ALONE = timedelta(days=30)


class SuppressionQuerySet(models.QuerySet):
    def of(self, email: str):
        """What is known of an address, also from before a change of the key."""
        return self.filter(key__in=tokens.fingerprints("subscriber", one_spelling(email).lower()))

    def final(self):
        """Addresses to which not even a confirmation letter goes: they bounce, complained about us, or said lately that
        somebody else had typed them."""
        return self.exclude(reason=Suppression.Reason.LEFT).exclude(
            reason=Suppression.Reason.DISOWNED, at__lt=timezone.now() - LEFT_ALONE
        )

    def disowned(self):
        return self.filter(reason=Suppression.Reason.DISOWNED)

    def suppress(self, key: bytes, reason: "Suppression.Reason") -> None:
        """No more letters to this address. Of two reasons the stronger one stays: a complaint, then a dead address."""
        row, new = self.get_or_create(key=key, defaults={"reason": reason})
        strength = [Suppression.Reason.BOUNCED, Suppression.Reason.COMPLAINED]
        if not new and reason in strength and row.reason not in strength[strength.index(reason) :]:
            self.filter(key=key).update(reason=reason, at=timezone.now())

    def lift_bounced(self, key: bytes) -> None:
        """It was not gone."""
        self.filter(key=key, reason=Suppression.Reason.BOUNCED).delete()


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
        DISOWNED = "disowned", "was typed by somebody else"

    key = models.BinaryField(primary_key=True, max_length=16)
    reason = models.CharField(max_length=10, choices=Reason)
    at = models.DateTimeField(default=timezone.now)

    objects = SuppressionQuerySet.as_manager()
