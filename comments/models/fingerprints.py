"""What a text is known again by."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils import timezone

from comments.models.comments import Comment
from screening.fingerprints import bands, fingerprint


class Fingerprint(models.Model):
    """64 bits of a comment's newest text, and four bands of sixteen of them to find it by: see
    `screening/fingerprints.py`. Erased with the words, and after COMMENT_ORIGIN_DAYS."""

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
        bits = fingerprint(text)
        return None if bits is None else cls(comment=comment, bits=signed(bits), **named_bands(bits))

    @classmethod
    def keep(cls, comment: Comment, text: str) -> None:
        """The comment says something else from now on."""
        if new := cls.of(comment, text):
            cls.objects.bulk_create(
                [new],
                update_conflicts=True,
                unique_fields=["comment"],
                update_fields=["bits", "band_1", "band_2", "band_3", "band_4", "made_at"],
            )
        else:
            cls.objects.filter(comment=comment).delete()


def named_bands(bits: int) -> dict[str, int]:
    return {f"band_{number}": band for number, band in enumerate(bands(bits), 1)}


def signed(bits: int) -> int:
    """The same 64 bits as a number that PostgreSQL's bigint can hold."""
    return bits - (1 << 64) if bits >> 63 else bits
