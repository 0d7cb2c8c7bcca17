"""Looking at a comment without somebody else doing the same: a claim of a few minutes, which hinders nobody."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone

from accounts.models import User
from comments.models import Comment
from moderation.models import Claim

TRIES = 3


def claim(comment: Comment, *, by: User) -> Claim:
    """Say that `by` looks at a comment, for `CLAIM_SECONDS` from now; whose claim it is, theirs or another's.

    A claim that stands is another's until it ends: it tells, and forbids nothing. Whoever looks at something new lets
    go of what they looked at before.
    """
    now = timezone.now()
    wanted = Claim(comment=comment, by=by, since=now, until=now + timedelta(seconds=settings.CLAIM_SECONDS))
    for _ in range(TRIES):
        held = Claim.objects.select_related("by").filter(comment=comment, until__gt=now).first()
        if held and held.by_id != by.pk:
            return held
        try:
            return _take(wanted, since=held.since if held else now)
        except (IntegrityError, OperationalError):  # somebody else came at the same moment, or another tab: look again
            continue
    return wanted  # not kept: the page that stays open asks again soon


def looked_at_by(comment: Comment, member: User | None) -> User | None:
    """Who else than this member looks at a comment just now. It was read with its claim."""
    claim = getattr(comment, "claim", None)
    return claim.by if claim and claim.by != member and claim.until > timezone.now() else None


def let_go(comment: Comment) -> None:
    """It has been decided: nobody looks at it any more."""
    Claim.objects.filter(comment=comment).delete()


def _take(wanted: Claim, *, since: datetime) -> Claim:
    taken = {"comment": wanted.comment, "since": since, "until": wanted.until}
    with transaction.atomic():
        Claim.objects.filter(comment=wanted.comment, until__lte=wanted.since).delete()
        return Claim.objects.update_or_create(by=wanted.by, defaults=taken)[0]
