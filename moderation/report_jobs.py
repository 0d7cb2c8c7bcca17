"""Clock work of reports: what its writer took back needs no answer, and what was said is forgotten after a while."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from civic.lib.jobs import every, one_by_one
from comments import visibility
from comments.models import Comment
from comments.models.comments import State
from moderation.models import Report
from moderation.models.reports import ReportQuerySet
from moderation.outcomes import close_as_moot

NOTHING = {"text": "", "place": "", "name": "", "email": "", "person": None, "origin": None}


@every("* * * * *")
def close_withdrawn() -> None:
    """Open reports of comments that their writer has taken back. The door does not know of reports, so they are looked
    for; an urgent one waits for a moderator until the words are erased, too."""
    taken_back = Report.objects.open().filter(comment__state=State.WITHDRAWN)
    over = taken_back.filter(~Q(matter__in=Report.URGENT) | Q(comment__body=""))
    one_by_one(_close, over.order_by("comment").values_list("comment", flat=True).distinct()[:200])


def _close(comment_id: int) -> None:
    thread_id = Comment.objects.values_list("thread_id", flat=True).filter(pk=comment_id).first()
    if thread_id is None:
        return
    with visibility.locked(thread_id):
        comment = Comment.objects.get(pk=comment_id)
        if comment.state == State.WITHDRAWN:
            close_as_moot(comment)


@every("37 * * * *")
def forget_words() -> int:
    """What was said in reports that were answered long ago, and by whom. That there was one, and its answer, stay."""
    before = timezone.now() - timedelta(days=settings.REPORT_WORDS_DAYS)
    old = Report.objects.filter(decided_at__lt=before).exclude(person=None)
    return old.update(**NOTHING, member=None, guest=None)


@every("41 * * * *")
def forget_origins() -> int:
    """Hashes of address prefixes, as soon as those of comments."""
    before = timezone.now() - timedelta(days=settings.COMMENT_ORIGIN_DAYS)
    return Report.objects.filter(made_at__lt=before, origin__isnull=False).update(origin=None)


@every("19 * * * *")
def forget_leavers() -> int:
    """What guests said in reports who have left for good, an hour ago at most. Members: `leavers.py`, at once."""
    by_guests = Report.objects.filter(who=Report.Who.GUEST).exclude(person=None)
    return by_guests.filter(Q(guest=None) | Q(guest__email="")).update(**NOTHING, guest=None)


def forget_address(address: str) -> int:
    """What was sent with an address that somebody typed, proven or not."""
    return notices_of(address).update(**NOTHING)


def notices_of(address: str) -> ReportQuerySet:
    return Report.objects.filter(email__iexact=address)
