"""Muting somebody, and the list of those one has muted. Members only."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from civic.lib.forms import as_id
from comments import muting
from comments.errors import NotYourself
from comments.models.comments import State
from comments.views.common import private, readable_comment, see_other

LISTED = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mute(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks, POST mutes whoever wrote this comment, or takes it back."""
    comment = readable_comment(pk)
    if comment.state != State.PUBLIC:
        raise Http404
    if comment.member_id == request.user.pk:
        raise NotYourself
    back = f"{comment.get_absolute_url()}#c-{pk}"
    if request.method == "POST":
        muting.unmute(request.user, comment) if "stop" in request.POST else muting.mute(request.user, comment)
        return see_other(back)
    is_muted = muting.mutes_on(request.user, comment).exists()
    context = {"comment": comment, "thread": comment.thread, "is_muted": is_muted, "back": back}
    return private(render(request, "comments/mute.html", context))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def muted(request: HttpRequest) -> HttpResponse:
    """Whom this member has muted. POST hears one of them again."""
    mutes = request.user.mutes
    if request.method == "POST":
        mutes.filter(pk=as_id(request.POST.get("mute", ""))).delete()
        return see_other(f"{reverse('my_muted')}?saved")
    found = mutes.select_related("member", "guest").order_by("-made_at", "-pk")
    page = Paginator(found, LISTED).get_page(request.GET.get("page"))
    return private(render(request, "comments/muted.html", {"page": page, "saved": "saved" in request.GET}))
