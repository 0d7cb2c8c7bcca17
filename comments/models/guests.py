"""People who write without an account."""

import uuid

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from civic.lib import tokens

LETTER = "guest-letter"  # what a private link in a letter is signed for
COOKIE = "guest-cookie"


class GuestQuerySet(models.QuerySet):
    def confirmed(self):
        return self.exclude(confirmed_at=None)

    def with_address(self, email: str):
        return self.annotate(address=Lower("email")).filter(address=email.lower())


class Guest(models.Model):
    """A name and an address that somebody typed, and the key of the device they typed it on.

    Trust hangs on the key together with `confirmed_at`, never on the address alone: typing somebody's address
    makes a new row that knows nothing of theirs. Several rows may share a key (the same person, another name).
    Whoever confirms the address holds the key from then on; see docs/decisions/0003.

    One without name and address is somebody who has left, in one thread: see `nameless`.
    """

    class Leaving(models.TextChoices):
        WORDS_STAY = "stay", "the words stay, without a name"
        WORDS_GO = "go", "the words go too"

    key = models.UUIDField(default=uuid.uuid4, editable=False, db_index=True)
    name = models.CharField(max_length=60)
    email = models.EmailField(blank=True)
    website = models.URLField(max_length=200, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True, help_text="When the last confirmation letter was written.")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    # Set when they leave for good, until their comments are done; then the row goes.
    leaving = models.CharField(
        max_length=4, choices=Leaving.choices, blank=True, default="", db_default="", editable=False
    )
    may_be_quoted = models.BooleanField(default=True, db_default=True, help_text="In the letters of the paper.")

    objects = GuestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                Lower("email"),
                name="confirmed_guest_by_address",
                condition=models.Q(confirmed_at__isnull=False),
            ),
            models.Index(fields=["id"], name="guests_who_leave", condition=~models.Q(leaving="")),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def nameless(cls) -> "Guest":
        """A writer of whom nothing is known, with a key that nobody is given.

        One for each person and thread, not for each person: a discussion still says by how many people it is, and
        nobody, not even we, can put together what somebody who has left said elsewhere.
        """
        return cls.objects.create(name="")

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    def cookie(self) -> str:
        return tokens.make(COOKIE, str(self.key))

    def letter_token(self) -> str:
        """For private links in letters to this guest."""
        return tokens.make(LETTER, str(self.pk))
