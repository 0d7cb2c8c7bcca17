"""What somebody wants to hear of, whom a member does not want to read, and where a member stopped reading."""

from django.conf import settings
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


class FollowQuerySet(models.QuerySet):
    def able(self):
        """Those whose person may be written to at all: active members, guests who have proven their address; and whose
        letters arrive."""
        reached = self.filter(tries__lt=settings.FOLLOW_LETTER_TRIES)
        return reached.filter(Q(member__is_active=True) | Q(guest__confirmed_at__isnull=False) & ~Q(guest__email=""))

    def concerning(self, comment: Comment):
        """Those of its thread, and of the branches it stands in: below the followed comment, or answering it."""
        above = {*comment.ancestor_ids(), comment.parent_id} - {None}
        return self.filter(thread_id=comment.thread_id).filter(Q(branch=None) | Q(branch__in=above))

    def due(self, at=None):
        return self.filter(due_at__lte=at or timezone.now())


class Follow(models.Model):
    """Letters about new comments in a thread, or in one branch of it: `branch` is the comment it hangs under.

    `told_until` is the publication time up to which this follower has been told. `due_at` is the queue of letters:
    set when there may be something to tell, and from when on; cleared when the letter is written. `tries` counts
    letters in a row that could not be sent: after FOLLOW_LETTER_TRIES no more are written until its person asks again.
    """

    member = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE, related_name="follows")
    guest = models.ForeignKey(Guest, null=True, blank=True, on_delete=models.CASCADE, related_name="follows")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    branch = models.ForeignKey(Comment, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    rhythm = models.CharField(max_length=8, choices=Rhythm.choices, default=Rhythm.AT_ONCE)
    made_at = models.DateTimeField(default=timezone.now)
    told_until = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, blank=True)
    written_at = models.DateTimeField(null=True, blank=True, help_text="When the last letter went out.")
    tries = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)

    objects = FollowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=ONE_PERSON, name="follow_has_one_person"),
            models.UniqueConstraint(
                fields=["member", "guest", "thread", "branch"], nulls_distinct=False, name="followed_once"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="follows_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["thread", "branch"], name="follows_at_once", condition=Q(rhythm="at_once")),
        ]

    def __str__(self) -> str:
        return f"follow of {'comment' if self.branch_id else 'thread'} {self.branch_id or self.thread_id}"

    @property
    def has_failed(self) -> bool:
        """Whether we have given up writing, because no letter arrived."""
        return self.tries >= settings.FOLLOW_LETTER_TRIES


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
    """Up to when a member has read a thread: comments published later are marked as new.

    While a visit lasts (`visits.py` says how long) the marks stay as they were at its beginning, `new_since`, so that
    the second page of a discussion still shows what is new there.
    """

    member = models.ForeignKey(User, on_delete=models.CASCADE, related_name="visits")
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    read_until = models.DateTimeField()
    new_since = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "thread"], name="one_visit_per_member_and_thread")]

    def __str__(self) -> str:
        return f"visit {self.pk}"
