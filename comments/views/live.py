"""What has come to a discussion lately, the same for everybody."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from civic.lib.pages import kept, made_of
from comments.live import SECONDS, lately
from comments.views.common import visible_thread


@require_safe
@kept(for_everybody=True)
def live(request: HttpRequest, thread_id: int) -> JsonResponse:
    """Kept in memory like a page, also for members: one query by primary key until something is published or goes."""
    thread = visible_thread(thread_id)
    made_of(request, thread, until=[thread.visible_until])
    response = JsonResponse(lately(thread))
    response["Cache-Control"] = f"public, max-age={SECONDS}"
    return response
