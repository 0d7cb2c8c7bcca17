"""Clock work of discussions: what was never confirmed goes, origins are forgotten, nothing is left hanging."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from civic.lib.jobs import every
from comments.confirming import settle
from comments.erasing import erase_words
from comments.models import Comment, CommentOrigin, Fingerprint, Guest
from comments.models.comments import State

ERASED_AT_ONCE = 500


@every("23 * * * *")
def erase_unconfirmed() -> None:
    """Comments whose address nobody confirmed, and the guests who wrote nothing else."""
    before = timezone.now() - timedelta(days=settings.COMMENT_CONFIRM_DAYS)
    unproven = Comment.objects.filter(guest__confirmed_at=None, published_at=None, created_at__lt=before)
    # Not those of somebody who has left, without an address: what moderators decided about them stays.
    typed = unproven.exclude(guest=None).exclude(guest__email="")
    typed.filter(state__in=(State.UNCONFIRMED, State.WITHDRAWN)).not_kept().delete()
    Guest.objects.filter(confirmed_at=None, made_at__lt=before, comments=None).exclude(email="").delete()


@every("47 * * * *")
def erase_withdrawn() -> None:
    """Words that their writer took back, after the days in which a moderator may still have to know them."""
    before = timezone.now() - timedelta(days=settings.COMMENT_WITHDRAWN_DAYS)
    taken_back = Comment.objects.filter(state=State.WITHDRAWN).exclude(body="").not_kept()
    # Those without a date were withdrawn before we noted it.
    old = taken_back.filter(Q(withdrawn_at__lt=before) | Q(withdrawn_at=None, created_at__lt=before))
    while ids := list(old.values_list("pk", flat=True)[:ERASED_AT_ONCE]):
        erase_words(ids)


@every("29 * * * *")
def forget_origins() -> None:
    """And what texts are known again by."""
    before = timezone.now() - timedelta(days=settings.COMMENT_ORIGIN_DAYS)
    CommentOrigin.objects.filter(made_at__lt=before).delete()
    Fingerprint.objects.filter(made_at__lt=before).delete()


@every("* * * * *")
def settle_confirmed() -> None:
    """A guest confirmed, and the process died before the comments went on; or one was sent in just then."""
    for guest in Guest.objects.confirmed().filter(comments__state=State.UNCONFIRMED).distinct()[:100]:
        settle(guest)
