"""What a text is known again by."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils import timezone

from comments.models.comments import Comment
from screening.fingerprints import fingerprint


class Fingerprint(models.Model):
    """64 bits of a comment's newest text, and four numbers to find it by: see `screening/fingerprints.py`.

    Erased with the words, and after COMMENT_ORIGIN_DAYS.
    """

    comment = models.OneToOneField(Comment, primary_key=True, on_delete=models.CASCADE, related_name="+")
    bits = models.BigIntegerField()  # signed, as PostgreSQL counts
    band_1 = models.IntegerField()
    band_2 = models.IntegerField()
    band_3 = models.IntegerField()
    band_4 = models.IntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # The newest of a band first: however many copies there are, no more than some are read.
        indexes = [
            models.Index(fields=["band_1", "-comment"], name="alike_by_band_1"),
            models.Index(fields=["band_2", "-comment"], name="alike_by_band_2"),
            models.Index(fields=["band_3", "-comment"], name="alike_by_band_3"),
            models.Index(fields=["band_4", "-comment"], name="alike_by_band_4"),
            BrinIndex(fields=["made_at"], name="fingerprints_by_age"),
        ]

    def __str__(self) -> str:
        return f"fingerprint of comment {self.comment_id}"

    @classmethod
    def of(cls, comment: Comment, text: str) -> "Fingerprint | None":
        """Not saved yet; None for a text too short to be known again."""
        numbers = numbers_of(text)
        return cls(comment=comment, **numbers) if numbers else None

    @classmethod
    def keep(cls, comment: Comment, text: str) -> None:
        """The comment says something else from now on."""
        if new := cls.of(comment, text):
            cls.objects.bulk_create(
                [new],
                update_conflicts=True,
                unique_fields=["comment"],
                update_fields=[*NUMBERS, "made_at"],
            )
        else:
            cls.objects.filter(comment=comment).delete()


NUMBERS = ("bits", "band_1", "band_2", "band_3", "band_4")


def numbers_of(text: str) -> dict[str, int]:
    """The columns of a text; {} for one too short to be known again."""
    found = fingerprint(text)
    if found is None:
        return {}
    return dict(zip(NUMBERS, (_signed(found.bits, 64), *(_signed(band, 32) for band in found.bands)), strict=True))


def _signed(number: int, bits: int) -> int:
    """The same bits as PostgreSQL counts."""
    return number - (1 << bits) if number >> (bits - 1) else number
