"""What members think of a comment."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from comments.models.comments import Comment


class Opinion(models.TextChoices):
    AGREE = "agree", "Agree"
    DISAGREE = "disagree", "Disagree"
    UNSURE = "unsure", "Unsure"


class Vote(models.Model):
    """One row for a person and a comment: an opinion, respect, or both. Respect says "well put" and never ranks.

    A row that says nothing any more is deleted. `voting.py` alone writes here, and moves the tally along.
    Without a member it is the vote of somebody who has left and let it stand: a number that belongs to nobody.
    """

    Opinion = Opinion

    # Never CASCADE: the tally would go on counting what is not there.
    member = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="votes")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="votes")
    opinion = models.CharField(max_length=8, choices=Opinion.choices, blank=True)
    respect = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "comment"], name="one_vote_per_member_and_comment"),
            models.CheckConstraint(condition=~Q(opinion="") | Q(respect=True), name="vote_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.opinion or 'respect'} on comment {self.comment_id}"
