"""What somebody wants to hear of, whom a member does not want to read, and where a member stopped reading."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from comments.models.comments import Comment
from comments.models.guests import Guest
from comments.models.spaces import Thread

ONE_PERSON = Q(member=None) ^ Q(guest=None)


class Rhythm(models.TextChoices):
    AT_ONCE = "at_once", "at once"
    DAILY = "daily", "in one letter a day"


class Follow(models.Model):
    """Letters about new comments in a thread, or in one branch of it: `branch` is the comment it hangs under.

    `told_until` is the publication time up to which this follower has been told.
    """

    member = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="follows")
    guest = models.ForeignKey(Guest, null=True, blank=True, on_delete=models.CASCADE, related_name="follows")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    branch = models.ForeignKey(Comment, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    rhythm = models.CharField(max_length=8, choices=Rhythm.choices, default=Rhythm.AT_ONCE)
    made_at = models.DateTimeField(default=timezone.now)
    told_until = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ONE_PERSON, name="follow_has_one_person"),
            models.UniqueConstraint(
                fields=["member", "guest", "thread", "branch"], nulls_distinct=False, name="followed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"follow of {'comment' if self.branch_id else 'thread'} {self.branch_id or self.thread_id}"


class Mute(models.Model):
    """A member does not want to read somebody, another member or a guest: folded, for this member only."""

    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="mutes")
    member = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    guest = models.ForeignKey(Guest, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ONE_PERSON, name="mute_has_one_person"),
            models.CheckConstraint(condition=~Q(by=models.F("member")), name="nobody_mutes_themselves"),
            models.UniqueConstraint(fields=["by", "member", "guest"], nulls_distinct=False, name="muted_once"),
        ]

    def __str__(self) -> str:
        return f"mute {self.pk}"


class Visit(models.Model):
    """Up to when a member has read a thread: comments published later are marked as new."""

    member = models.ForeignKey(User, on_delete=models.CASCADE, related_name="visits")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    read_until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "thread"], name="one_visit_per_member_and_thread")]

    def __str__(self) -> str:
        return f"visit {self.pk}"
