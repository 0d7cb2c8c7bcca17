"""What the views of discussions share: fetching what this reader may see, and answering."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import patch_cache_control

from civic.lib import sql
from comments.models import Comment, Space, Thread


def visible_thread(thread_id: int) -> Thread:
    visible = "WHERE id = %s AND (visible_until IS NULL OR visible_until > %s)"
    thread = sql.get(Thread, visible, [thread_id, timezone.now()])
    if thread is None:
        raise Http404
    thread.space = sql.get(Space, "WHERE id = %s", [thread.space_id])
    return thread


def readable_comment(pk: int) -> Comment:
    comments = Comment.objects.with_writers().select_related("thread__space")
    return get_object_or_404(comments.filter(thread__in=Thread.objects.visible()), pk=pk)


def wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def see_other(url: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": url})


def private(response: HttpResponse) -> HttpResponse:
    """Drawn for one reader: no cache may keep it."""
    patch_cache_control(response, private=True, no_store=True)
    return response


def bare(response: HttpResponse) -> HttpResponse:
    """A page whose address is a secret: not kept, not indexed. (No page of ours tells its address to others.)"""
    response["X-Robots-Tag"] = "noindex"
    return private(response)
