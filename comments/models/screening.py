"""What screening asks for besides a text: words on lists, texts that were nearly the same, and how prompts fared."""

from django.db import models
from django.utils import timezone

from accounts.models import User
from comments.models.comments import Comment
from comments.models.spaces import Space


class PhraseList(models.Model):
    """Words that call for a look, one phrase a line; `*` stands for any letters of a word. Edited by moderators."""

    name = models.CharField(max_length=60, unique=True)
    space = models.ForeignKey(
        Space,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="phrase_lists",
        help_text="Empty: everywhere.",
    )
    phrases = models.TextField(blank=True)
    changed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name


class TextPrint(models.Model):
    """A SimHash of a text, 64 bits, by which nearly the same words are found again. Erased after COMMENT_ORIGIN_DAYS.

    Two texts within three bits of each other share one of the four bands.
    """

    comment = models.OneToOneField(Comment, primary_key=True, on_delete=models.CASCADE, related_name="print")
    simhash = models.BigIntegerField()
    band0 = models.SmallIntegerField(db_index=True)
    band1 = models.SmallIntegerField(db_index=True)
    band2 = models.SmallIntegerField(db_index=True)
    band3 = models.SmallIntegerField(db_index=True)
    made_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"print of comment {self.comment_id}"


class PromptCount(models.Model):
    """How often a signal made us ask writers whether to change a text before it is posted, and what they did."""

    class Outcome(models.TextChoices):
        SHOWN = "shown", "asked"
        AS_IT_WAS = "as_it_was", "posted as it was"
        CHANGED = "changed", "changed and posted"

    day = models.DateField()
    rule = models.CharField(max_length=40)
    outcome = models.CharField(max_length=9, choices=Outcome.choices)
    times = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "rule", "outcome"], name="one_count_of_prompts")]

    def __str__(self) -> str:
        return f"{self.day} {self.rule} {self.outcome}: {self.times}"
