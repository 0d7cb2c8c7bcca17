"""A member has read a discussion."""

from datetime import datetime

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from comments import visits
from comments.readers import reader_of
from comments.views.common import private, see_other, visible_thread


@require_POST
def read(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Field `until`: what was published up to then has been on this member's screen. `quiet` is sent by a script, when
    the discussion has been looked at for some time; the button "Mark all as read" takes the marks away at once."""
    thread = visible_thread(thread_id)
    reader = reader_of(request)
    if reader.member is None:
        return redirect_to_login(thread.get_absolute_url())
    quiet = "quiet" in request.POST
    if until := _moment(request.POST.get("until", "")):
        visits.mark_read(reader.member, thread, until, at_once=not quiet)
    return private(HttpResponse(status=204)) if quiet else see_other(f"{thread.address}#discussion")


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment and moment.tzinfo and 2000 <= moment.year < 3000 else None
