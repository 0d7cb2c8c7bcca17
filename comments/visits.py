"""Where a member stopped reading: what was published since the last visit is marked as new.

A visit lasts until its member has been away for `VISIT_MINUTES`. While it lasts the marks stay as they were at its
beginning, though `read_until` moves along: the second page still shows what is new there, and so does a reload.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from comments.models import Thread, Visit


def new_since(visit: Visit | None) -> datetime | None:
    """What was published later is new to the member. None on the first visit: then nothing is, for all would be."""
    if visit is None:
        return None
    return visit.new_since if _lasts(visit) and visit.new_since else visit.read_until


def mark_read(member: User, thread: Thread, until: datetime, *, at_once: bool = False) -> None:
    """The member has read the thread up to a time of publication. It never moves backwards, whichever tab says so.

    The marks stay for this visit; `at_once` takes them away.
    """
    now = timezone.now()
    until = min(until, now)
    with transaction.atomic():
        visit, is_first = Visit.objects.select_for_update(no_key=True).get_or_create(
            member=member, thread=thread, defaults={"read_until": until, "new_since": until, "seen_at": now}
        )
        if is_first:
            return
        begun = new_since(visit)
        visit.read_until = max(visit.read_until, until)
        visit.new_since = visit.read_until if at_once else begun
        visit.seen_at = now
        visit.save(update_fields=["read_until", "new_since", "seen_at"])


def _lasts(visit: Visit) -> bool:
    return visit.seen_at > timezone.now() - timedelta(minutes=settings.VISIT_MINUTES)
