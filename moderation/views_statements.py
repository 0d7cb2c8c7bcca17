"""Statements of reasons as a file. Moderators only."""

from datetime import date
from zoneinfo import ZoneInfo

from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from moderation.counting import Span
from moderation.statements_csv import statements
from moderation.views import moderators_only
from moderation.views_transparency import month_asked_for


@moderators_only
@require_safe
def statements_csv(request: HttpRequest) -> StreamingHttpResponse:
    """All of a month, by default of this one. Sent while it is read: it may be long."""
    zone = request.site.zone
    month: date = month_asked_for(request) or timezone.now().astimezone(ZoneInfo(zone)).date()
    lines = statements(Span.of(month, ZoneInfo(zone)), zone, request.scope)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="statements-{month:%Y-%m}.csv"'
    return answer
