"""Discussions as a whole, at the desk: the list, one of them, what is recommended, the switches over all."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civic.lib.forms import as_path
from comments.errors import CannotRecommend
from comments.models import Comment, Thread
from comments.models.comments import State
from comments.picking import PINNED_AT_MOST, pinned_on
from moderation.discussions import list_discussions, load_discussion, recommend, set_policy, switch_all
from moderation.errors import AlreadySet
from moderation.forms_discussions import PolicyForm
from moderation.policies import may_change_policies
from moderation.views import moderators_only

MAY_SWITCH = "civic.change_sitesettings"


@moderators_only
@require_safe
def discussions(request: HttpRequest) -> HttpResponse:
    """All discussions, those with the newest talk first."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:200]
    lines, page = list_discussions(request.site, request.scope, query=query, page=request.GET.get("page", ""))
    context = {"lines": lines, "page": page, "query": query, "may_switch": request.user.has_perm(MAY_SWITCH)}
    context |= {"saved": "saved" in request.GET, "here": "discussions"}
    context |= {"may_change_policies": request.scope.is_everywhere and may_change_policies(request.user)}
    return render(request, "moderation/discussions.html", context)


@moderators_only
@require_POST
def all_discussions(request: HttpRequest) -> HttpResponse:
    """The switches over all discussions, for whoever may change the site."""
    if not request.user.has_perm(MAY_SWITCH):
        raise PermissionDenied
    switch_all(closed="closed" in request.POST, read_first="read_first" in request.POST, by=request.user)
    return _see_other(reverse("moderation:discussions") + "?saved=1")


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def discussion(request: HttpRequest, pk: int) -> HttpResponse:
    """One discussion: who may write, how fast, until when; what is pinned and picked; who decided what."""
    thread = get_object_or_404(request.scope.threads(Thread.objects.select_related("space")), pk=pk)
    if request.method != "POST":
        return _discussion(request, thread, saved="saved" in request.GET)
    form = PolicyForm(request.POST, thread=thread)
    if not form.is_valid():
        return _discussion(request, thread, form=form, status=422)
    try:
        set_policy(thread, by=request.user, **form.cleaned_data)
    except AlreadySet as conflict:
        return _discussion(request, Thread.objects.get(pk=pk), refusal=conflict, status=409)
    return _see_other(reverse("moderation:discussion", args=[pk]) + "?saved=1")


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def recommendation(request: HttpRequest, pk: int, mark: str) -> HttpResponse:
    """Pin a comment or pick it (`mark`), or let go of it again. GET asks, POST does."""
    comments = Comment.objects.exclude(state=State.UNCONFIRMED).with_writers().select_related("thread")
    comments = request.scope.comments(comments)
    comment = get_object_or_404(comments, pk=pk)
    back = as_path(request.POST.get("back") or request.GET.get("back", ""), comment.get_absolute_url())
    refusal = None
    if request.method == "POST":
        try:
            recommend(comment, mark, request.POST.get("on") == "1", by=request.user)
            return _see_other(back)
        except CannotRecommend as forbidden:
            refusal = forbidden
            comment.refresh_from_db()
    context = {
        "comment": comment,
        "thread": comment.thread,
        "mark": mark,
        "is_on": comment.is_pinned if mark == "pin" else comment.is_picked,
        "pinned": list(pinned_on(comment.thread).exclude(pk=pk).with_writers()),
        "at_most": PINNED_AT_MOST,
        "back": back,
        "refusal": refusal,
    }
    return render(request, "moderation/mark.html", context, status=refusal.status if refusal else 200)


def _discussion(request, thread, *, form=None, refusal=None, saved=False, status=200) -> HttpResponse:
    shown = load_discussion(thread, request.site)
    context = {
        "shown": shown,
        "thread": thread,
        "form": form or PolicyForm.of(shown),
        "refusal": refusal,
        "saved": saved,
    }
    return render(request, "moderation/discussion.html", context, status=status)


def _see_other(url: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": url})
