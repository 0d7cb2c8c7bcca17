"""Following a discussion or the answers to a comment; the list of it all; the way out by a link in a letter."""

from collections.abc import Callable, Iterable
from functools import wraps

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from civic.lib import tokens
from comments import following
from comments.errors import NotConfirmed
from comments.models import Comment, Follow, Guest, Rhythm, Thread
from comments.models.comments import State
from comments.models.guests import LETTER
from comments.readers import Reader, reader_of, remember_guest
from comments.views.common import bare, private, readable_comment, see_other, visible_thread

LISTED = 50


@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Letters about a whole discussion. GET shows the choice and how it stands, POST sets or stops."""
    thread = visible_thread(thread_id)
    return _follow_page(request, thread, None, back=f"{thread.address}#discussion")


@require_http_methods(["GET", "HEAD", "POST"])
def branch(request: HttpRequest, pk: int) -> HttpResponse:
    """Letters about the answers to one comment."""
    comment = readable_comment(pk)
    reader = reader_of(request)
    if comment.state != State.PUBLIC and not (comment.is_waiting and comment.belongs_to(reader)):
        raise Http404
    return _follow_page(request, comment.thread, comment, back=f"{comment.get_absolute_url()}#c-{pk}")


@require_safe
def follows(request: HttpRequest) -> HttpResponse:
    """All that this reader follows: a member, or the guest of this device."""
    reader = reader_of(request)
    found = following.follows_of(reader).select_related("thread", "branch__member", "branch__guest")
    page = Paginator(found.order_by("-made_at", "-pk"), LISTED).get_page(request.GET.get("page"))
    page.object_list = with_visibility(page.object_list)
    context = {"page": page, "notice": _notice(request)}
    return private(render(request, "comments/follows.html", context))


my_follows = login_required(follows)


@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another rhythm for one of the reader's follows, or its end; also when what it is about is gone."""
    reader = reader_of(request)
    follow = get_object_or_404(following.follows_of(reader), pk=pk)
    rhythm = request.POST.get("rhythm", "")
    if "stop" in request.POST:
        follow.delete()
    elif rhythm in Rhythm.values:
        following.change(follow, rhythm)
    notice = "stopped" if "stop" in request.POST else "saved"
    return see_other(f"{reverse('my_follows' if reader.member else 'comments:follows')}?{notice}")


@require_GET
def follows_by_letter(request: HttpRequest, token: str) -> HttpResponse:
    """A guest's private link in a letter: gives this browser the key and goes on to the clean address of the list."""
    try:
        guest = Guest.objects.confirmed().get(pk=int(tokens.read(LETTER, token)))
    except (tokens.BadToken, ValueError, Guest.DoesNotExist):
        raise Http404 from None
    response = redirect("comments:follows")
    remember_guest(response, guest, keep=False)
    return bare(response)


def behind_a_token(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For whoever holds the link. No cookie and no origin is asked for: the token is the right itself, and RFC 8058 has
    mail providers post here, who send neither. The address must not travel on: no referrer, no cache, no index."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        try:
            response = view(request, token)
        except tokens.BadToken:
            raise Http404 from None
        response["Referrer-Policy"] = "no-referrer"
        return bare(response)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@behind_a_token
def unfollow(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button and changes nothing, for programs that scan mail follow links. POST stops the letters, pressed
    here or sent by a mail provider."""
    leaving = following.read_leave(token)
    if request.method == "POST":
        leaving.end()
        if request.POST.get("List-Unsubscribe") == "One-Click":  # a program asks, and may not be redirected
            return HttpResponse("You get no more of these letters.\n", content_type="text/plain")
        return see_other(request.path)
    found = leaving.follows().select_related("thread", "branch__member", "branch__guest").order_by("pk")[:LISTED]
    return render(request, "comments/unfollow.html", {"leaving": leaving, "follows": with_visibility(found)})


def with_visibility(follows: Iterable[Follow]) -> list[Follow]:
    """Each with `is_visible`: whether what it is about may still be named. One query for all."""
    follows = list(follows)
    threads = Thread.objects.visible().filter(pk__in={follow.thread_id for follow in follows})
    visible = set(threads.values_list("pk", flat=True))
    for follow in follows:
        follow.is_visible = follow.thread_id in visible
    return follows


def _follow_page(request: HttpRequest, thread: Thread, branch: Comment | None, *, back: str) -> HttpResponse:
    reader = reader_of(request)
    if request.method == "POST":
        return _set(request, reader, thread, branch)
    follow = following.follows_of(reader).filter(thread=thread, branch=branch).first()
    guest = following.following_guest(reader)
    context = {
        "thread": thread,
        "comment": branch,
        "follow": follow,
        "able": reader.member or guest,
        "address": reader.member.email if reader.member else guest.email if guest else "",
        "waits": reader.guest_key is not None and guest is None,
        "chosen": follow.rhythm if follow else Rhythm.AT_ONCE,
        "notice": _notice(request),
        "back": back,
        "all_follows": reverse("my_follows" if reader.member else "comments:follows"),
    }
    return private(render(request, "comments/follow.html", context))


def _set(request: HttpRequest, reader: Reader, thread: Thread, branch: Comment | None) -> HttpResponse:
    if reader.is_anybody:
        return redirect_to_login(request.path)
    if "stop" in request.POST:
        following.follows_of(reader).filter(thread=thread, branch=branch).delete()
        return see_other(f"{request.path}?stopped")
    rhythm = request.POST.get("rhythm", "")
    if rhythm not in Rhythm.values:
        return see_other(request.path)
    if following.follow(reader, thread, branch, rhythm) is None:
        raise NotConfirmed
    return see_other(f"{request.path}?saved")


def _notice(request: HttpRequest) -> str:
    return next((word for word in ("saved", "stopped") if word in request.GET), "")
