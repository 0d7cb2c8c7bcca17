"""The proof that somebody asked for letters."""

from django.db import models
from django.utils import timezone

from newsletter.models.newsletters import Newsletter


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

    @property
    def network_mark(self) -> str:
        """The hash of the network where it was said, in letters and digits; "" where none was kept."""
        return bytes(self.prefix_hash or b"").hex()

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            raise TypeError("a proof of consent is never rewritten; add another one")
        super().save(*args, **kwargs)
