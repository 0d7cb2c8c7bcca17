"""What moderators tell one another, and what they often tell authors."""

from django.db import models
from django.utils import timezone

from accounts.models import User
from comments.models import Comment, HouseRule


class Note(models.Model):
    """What a moderator wants the others to know about a comment, and so about its writer. Nobody else ever reads it."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(max_length=1000)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"note {self.pk} on comment {self.comment_id}"


class ReadyLine(models.Model):
    """A line to authors that moderators need often. With a rule: offered where that rule is chosen."""

    rule = models.ForeignKey(HouseRule, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    text = models.CharField(max_length=500)

    class Meta:
        ordering = ["rule__number", "pk"]

    def __str__(self) -> str:
        return self.text[:60]
