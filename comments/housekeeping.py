"""Clock work of discussions: what was never confirmed goes, origins are forgotten, nothing is left hanging."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from civic.lib.jobs import every
from comments.confirming import settle
from comments.models import Comment, CommentOrigin, Guest
from comments.models.comments import State


@every("23 * * * *")
def erase_unconfirmed() -> None:
    """Comments whose address nobody confirmed, and the guests who wrote nothing else."""
    before = timezone.now() - timedelta(days=settings.COMMENT_CONFIRM_DAYS)
    unproven = Comment.objects.filter(guest__confirmed_at=None, published_at=None, created_at__lt=before)
    unproven.filter(state__in=(State.UNCONFIRMED, State.WITHDRAWN)).exclude(guest=None).delete()
    Guest.objects.filter(confirmed_at=None, made_at__lt=before, comments=None).exclude(email="").delete()


@every("29 * * * *")
def forget_origins() -> None:
    before = timezone.now() - timedelta(days=settings.COMMENT_ORIGIN_DAYS)
    CommentOrigin.objects.filter(made_at__lt=before).delete()


@every("* * * * *")
def settle_confirmed() -> None:
    """A guest confirmed, and the process died before the comments went on; or one was sent in just then."""
    for guest in Guest.objects.confirmed().filter(comments__state=State.UNCONFIRMED).distinct()[:100]:
        settle(guest)
