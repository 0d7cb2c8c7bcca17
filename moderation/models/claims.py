"""Who is looking at what, for the few minutes that it takes."""

from django.db import models

from accounts.models import User
from comments.models import Comment


class Claim(models.Model):
    """A moderator looks at a comment, so that two do not do the same work. It ends by itself.

    One for each comment and one for each moderator: whoever turns to the next has let go of the one before.
    """

    comment = models.OneToOneField(Comment, on_delete=models.CASCADE, related_name="claim")
    by = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"comment {self.comment_id}, by member {self.by_id}"
