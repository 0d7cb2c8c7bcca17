"""What moderators share among themselves: who looks at what, notes, what they were told of the queue."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from comments.models import Comment
from moderation.models.decisions import Act


class Claim(models.Model):
    """Who is looking at a comment, for a few minutes, so that two do not read the same."""

    comment = models.OneToOneField(Comment, primary_key=True, on_delete=models.CASCADE, related_name="claim")
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"claim of comment {self.comment_id}"


class DeskNote(models.Model):
    """A line from one moderator to the others, about a comment or about a writer. Never shown to anybody else.

    A guest is known by the keyed hash of the address, as in `Suspension`.
    """

    comment = models.ForeignKey(Comment, null=True, blank=True, on_delete=models.CASCADE, related_name="desk_notes")
    member = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    address_hash = models.BinaryField(max_length=16, null=True, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(max_length=1000)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(comment__isnull=False) | Q(member__isnull=False) | Q(address_hash__isnull=False),
                name="desk_note_is_about_something",
            )
        ]
        indexes = [models.Index(fields=["address_hash"], name="desk_notes_by_address")]

    def __str__(self) -> str:
        return f"note {self.pk}"


class CannedNote(models.Model):
    """A line to authors that is often needed. Offered beside the box, put in by one press, and changed at will."""

    title = models.CharField(max_length=60, unique=True)
    text = models.TextField(max_length=1000)
    act = models.CharField(max_length=12, choices=Act.choices, blank=True, help_text="Offered with it; empty: always.")

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class QueueWatch(models.Model):
    """One row: what moderators have been told since the queue was last empty."""

    told_at = models.DateTimeField(null=True)
    told_late_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_queue_watch")]
