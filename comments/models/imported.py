"""What came from elsewhere, so that bringing it in twice makes nothing twice."""

from django.db import models

from comments.models.comments import Comment
from comments.models.spaces import Thread


class ImportedComment(models.Model):
    """Which comment of ours was made from which of another system: `foreign_id` is its id there, `source` says where.

    Without a `comment` it was brought in once and erased since: it must not come back.
    """

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+", db_index=False)
    source = models.CharField(max_length=20)
    foreign_id = models.CharField(max_length=100)
    comment = models.ForeignKey(Comment, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "foreign_id", "thread"], name="imported_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.foreign_id}"
