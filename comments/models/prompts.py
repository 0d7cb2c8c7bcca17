"""How often writers were asked to look at a text once more, and what they did then. Numbers, and nobody's."""

from django.db import models
from django.db.models import F, Q


class PromptCount(models.Model):
    """What came of the prompts of one day about one kind of thing. All three belong to the day on which was asked.

    Counted by `prompting.py` only. Whoever was asked and did neither has given up, or has the form still open.
    """

    day = models.DateField(help_text="In the zone of the site.")
    rule = models.CharField(max_length=40, help_text="The signal that asked; the gravest where there were several.")
    asked = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0, help_text="Posted with other words.")
    as_it_was = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "rule"], name="one_count_of_prompts_a_day"),
            models.CheckConstraint(
                condition=Q(asked__gte=F("changed") + F("as_it_was")), name="answers_follow_questions"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} on {self.day}"
