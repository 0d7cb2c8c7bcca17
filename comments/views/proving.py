"""A sum for the browser of somebody who begins to type."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from civic.lib import limits
from civic.lib.origin import prefix_hash
from comments import proving
from comments.readers import Reader, reader_of
from comments.views.common import private, visible_thread
from comments.writers import Member, trust_in
from screening.policy import is_trusted_writer


@require_POST
def proof(request: HttpRequest, thread_id: int) -> HttpResponse:
    """The sum, and for how many seconds it is worth something, as JSON. The form cannot hold one: it is the same for
    everybody. 204 for a member of whom none is asked, 404 where nobody is asked, 429 too often."""
    thread = visible_thread(thread_id)
    if not thread.space.asks_for_work:
        raise Http404
    reader = reader_of(request)
    if reader.member and is_trusted_writer(trust_in(Member(reader.member))):
        return private(HttpResponse(status=204))
    if wait := _too_often(request, reader):
        return private(HttpResponse(status=429, headers={"Retry-After": str(wait)}))
    return private(JsonResponse({"challenge": proving.challenge(thread), "seconds": settings.PROOF_MINUTES * 60}))


def _too_often(request: HttpRequest, reader: Reader) -> int:
    who, times = prefix_hash(request), settings.PROOFS_PER_PREFIX_HOUR
    if reader.member:
        who, times = f"member {reader.member.pk}", settings.PROOFS_AN_HOUR
    return limits.take("sum", who, times=times, within=timedelta(hours=1))
