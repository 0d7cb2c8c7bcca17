"""What somebody typed into a form and nobody has looked at yet, and floods of it."""

from datetime import datetime

from django.db import models
from django.db.models import Count, Q
from django.utils import timezone


class SignupRequestQuerySet(models.QuerySet):
    def written_between(self, since: datetime, until: datetime):
        """Requests of addresses that were unknown, to which a confirmation letter went in that time."""
        return self.filter(letter_at__gte=since, letter_at__lt=until)

    def answers(self) -> tuple[int, int]:
        """How many letters these are, and how many of them somebody confirmed. One query."""
        found = self.aggregate(letters=Count("pk"), proven=Count("pk", filter=Q(proven_at__isnull=False)))
        return found["letters"], found["proven"]


class SignupRequest(models.Model):
    """One press on "Send it to me", or on "Send the letter again" (then `offers` is empty).

    The form writes this row and looks nothing up, so that it takes the same time for every address; a job answers it
    (`newsletter.answering`), takes the address out and leaves what tells floods from readers: when a letter went to an
    unknown address, and whether it was answered. Erased with the requests that nobody confirmed.
    """

    email = models.EmailField(max_length=254, blank=True)
    offers = models.JSONField(default=list, help_text="Pairs: the id of a newsletter, and the words that were seen.")
    page = models.CharField(max_length=300, blank=True)
    prefix_hash = models.BinaryField(max_length=16)
    may_write = models.BooleanField(help_text="Whether the address had a letter left.")
    at = models.DateTimeField(default=timezone.now)
    # From here on what became of it. Only of addresses that were unknown.
    key = models.BinaryField(max_length=16, null=True, help_text="Subscriber.key")
    letter_at = models.DateTimeField(null=True)
    proven_at = models.DateTimeField(null=True)
    disowned_at = models.DateTimeField(null=True)

    objects = SignupRequestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="newsletter_request_at"),
            models.Index(fields=["key"], condition=Q(key__isnull=False), name="newsletter_request_of"),
            models.Index(fields=["letter_at"], condition=Q(letter_at__isnull=False), name="newsletter_request_letter"),
        ]


class SignupFlood(models.Model):
    """A time in which confirmation letters to unknown addresses were held back, and why. One at a time."""

    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    letters = models.PositiveIntegerField(help_text="How many letters were looked at when it began …")
    proven = models.PositiveIntegerField(help_text="… and how many of them had been answered.")
    held = models.PositiveIntegerField(default=0, help_text="Letters that were not written.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ended_at"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="newsletter_one_flood_at_a_time",
            )
        ]

    @classmethod
    def now(cls) -> "SignupFlood | None":
        return cls.objects.filter(ended_at__isnull=True).first()
