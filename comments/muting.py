"""Muting: a member does not want to read somebody. Their comments are folded, for this member alone."""

from django.db.models import QuerySet

from accounts.models import User
from comments.errors import NotYourself
from comments.models import Comment, Mute


def mute(by: User, comment: Comment) -> Mute:
    """Mute whoever wrote a comment; twice is as good as once. They are not told. Raises `NotYourself`."""
    if comment.member_id == by.pk:
        raise NotYourself
    return Mute.objects.get_or_create(by=by, member=comment.member, guest=comment.guest)[0]


def unmute(by: User, comment: Comment) -> None:
    mutes_on(by, comment).delete()


def mutes_on(by: User, comment: Comment) -> QuerySet[Mute]:
    return Mute.objects.filter(by=by, member=comment.member_id, guest=comment.guest_id)
