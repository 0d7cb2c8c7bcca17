"""Discussions over HTTP."""

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from civic.lib import tokens
from civic.lib.errors import Refusal
from civic.lib.markdown import render as render_markdown
from civic.lib.origin import prefix_hash
from comments import confirming, visibility, voting
from comments.drawing import draw_votes
from comments.forms import CommentForm
from comments.models import Comment, Guest, Thread
from comments.models.comments import State
from comments.models.guests import LETTER
from comments.posting import Origin, post_comment
from comments.readers import Reader, reader_of, remember_guest
from comments.threads import SORTS, load_branch, load_thread
from comments.writers import Member, check_may_write

OWN_LISTED = 100  # the newest comments of a reader


@require_safe
def thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """A discussion on a page of its own: for paging, and for what this reader has waiting."""
    thread = _visible_thread(thread_id)
    reader = reader_of(request)
    page = load_thread(thread, reader, sort=request.GET.get("sort", ""), after=request.GET.get("after", ""))
    form = new_form(thread, reader)
    context = {"thread": thread, "page": page, "form": form, "after": request.GET.get("after", ""), "sorts": SORTS}
    return _private(render(request, "comments/thread_page.html", context))


@require_POST
def post(request: HttpRequest, thread_id: int) -> HttpResponse:
    thread = _visible_thread(thread_id)
    reader = reader_of(request)
    form = CommentForm(request.POST, thread=thread, reader=reader)
    if not form.is_valid():
        return _not_posted(request, thread, form, status=422)
    if request.POST.get("preview"):
        preview = render_markdown(form.cleaned_data["body"])
        return _not_posted(request, thread, form, status=200, preview=preview)
    origin = Origin(prefix_hash(request), browser_family(request.headers.get("User-Agent", "")))
    try:
        comment = post_comment(
            thread=thread,
            writer=form.writer(),
            body=form.cleaned_data["body"],
            parent=form.cleaned_data["parent"],
            origin=origin,
        )
    except Refusal as refusal:
        return _not_posted(request, thread, form, status=refusal.status, refusal=refusal)
    return _posted(request, comment, keep=form.cleaned_data.get("remember", False))


@require_safe
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """The permalink: a comment in its context, or the placeholder that stands for it."""
    reader = reader_of(request)
    comment = _comment(pk)
    own = comment.belongs_to(reader)
    if not (comment.shown or own):
        if comment.state in (State.REMOVED, State.WITHDRAWN) and comment.has_been_public:
            return render(request, "comments/gone.html", {"comment": comment}, status=410)
        raise Http404
    branch = load_branch(comment, reader, after=request.GET.get("after", ""))
    context = {"branch": branch, "comment": comment, "thread": comment.thread, "own": own}
    return _private(render(request, "comments/comment_page.html", context))


@require_safe
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """The form to answer a comment, with the comment above it."""
    parent = _comment(pk)
    if not parent.is_answerable:
        return redirect(parent)
    reader = reader_of(request)
    form = new_form(parent.thread, reader, parent=parent)
    context = {"thread": parent.thread, "parent": parent, "form": form}
    return _private(render(request, "comments/reply.html", context))


@require_POST
def vote(request: HttpRequest, pk: int) -> HttpResponse:
    """A member presses Agree, Disagree, Unsure or Respect. Back to where the button stood, or its new state alone."""
    comment = _comment(pk)
    if not comment.is_answerable:
        raise Http404
    reader = reader_of(request)
    if reader.member is None:
        return redirect_to_login(comment.get_absolute_url())
    button = request.POST.get("button", "")
    if button not in voting.BUTTONS:
        return _see_other(comment.get_absolute_url())
    check_may_write(Member(reader.member))
    voting.press(comment, reader.member, button)
    if request.headers.get("X-Requested-With") == "fetch":
        return _private(HttpResponse(draw_votes(comment, reader, get_token(request))))
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return _see_other(f"{back}#c-{pk}" if safe else comment.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Its writer takes a comment back. GET asks, POST does it."""
    comment = _comment(pk)
    if not comment.belongs_to(reader_of(request)):
        raise Http404
    if request.method == "POST":
        visibility.withdraw(comment)
        return _see_other(comment.thread.address + "#discussion")
    return _private(render(request, "comments/withdraw.html", {"comment": comment, "thread": comment.thread}))


@require_POST
def letter_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Another confirmation letter, asked for by whoever wrote the comment."""
    comment = _comment(pk)
    if not comment.belongs_to(reader_of(request)) or comment.state != State.UNCONFIRMED:
        raise Http404
    written = confirming.ask_to_confirm(comment.guest, prefix_hash(request))
    return _see_other(f"{comment.get_absolute_url()}?letter={'sent' if written else 'later'}")


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A guest's address. GET shows a button, for programs that scan mail follow links; POST confirms."""
    try:
        guest = confirming.guest_in(token)
    except tokens.OldToken:
        return _bare(render(request, "comments/confirm_old.html", status=410))
    except tokens.BadToken:
        raise Http404 from None
    first = guest.comments.select_related("thread").order_by("pk").first()
    if request.method == "POST":
        guest = confirming.confirm(guest, device_key=reader_of(request).guest_key)
        response = _see_other(first.get_absolute_url() if first else "/")
        remember_guest(response, guest, keep=True)
        return response
    return _bare(render(request, "comments/confirm.html", {"guest": guest, "first": first}))


@require_GET
def by_letter(request: HttpRequest, token: str, pk: int) -> HttpResponse:
    """A private link in a letter: gives this browser the guest's key and goes on to a clean address."""
    try:
        guest = Guest.objects.confirmed().get(pk=int(tokens.read(LETTER, token)))
    except (tokens.BadToken, ValueError, Guest.DoesNotExist):
        raise Http404 from None
    response = redirect("comments:comment", pk=pk)
    remember_guest(response, guest, keep=False)
    return _bare(response)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What this reader wrote, with how each comment stands."""
    comments = Comment.objects.written_by(reader_of(request)).select_related("thread", "gone_rule")
    return _private(render(request, "comments/mine.html", {"comments": comments[:OWN_LISTED]}))


def new_form(thread: Thread, reader: Reader, parent: Comment | None = None) -> CommentForm:
    """An empty form, with what is known of the writer filled in."""
    initial: dict = {"parent": parent.pk if parent else None}
    if guest := reader.guest():
        initial |= {"name": guest.name, "email": guest.email, "website": guest.website}
    return CommentForm(thread=thread, reader=reader, initial=initial)


def browser_family(agent: str) -> str:
    """The family of a browser, never its version: enough to see a flood, too little to know somebody."""
    known = ("Firefox", "Edg", "OPR", "Chrome", "Safari", "curl", "python")
    return next((name for name in known if name.lower() in agent.lower()), "other" if agent else "")


def _visible_thread(thread_id: int) -> Thread:
    return get_object_or_404(Thread.objects.visible().select_related("space"), pk=thread_id)


def _comment(pk: int) -> Comment:
    comments = Comment.objects.with_writers().select_related("thread__space")
    return get_object_or_404(comments.filter(thread__in=Thread.objects.visible()), pk=pk)


def _posted(request: HttpRequest, comment: Comment, *, keep: bool) -> HttpResponse:
    """303 to the comment, in HTML and in JSON alike; a guest's device gets the key to it."""
    url = comment.get_absolute_url()
    if _wants_json(request):
        response: HttpResponse = JsonResponse({"id": comment.pk, "state": comment.state, "url": url}, status=303)
        response["Location"] = url
    else:
        response = _see_other(url)
    if comment.guest and reader_of(request).member is None:
        remember_guest(response, comment.guest, keep=keep)
    return response


def _not_posted(request, thread, form, *, status, refusal=None, preview=None) -> HttpResponse:
    """The form again with everything that was typed, and what is the matter."""
    if form.lost_parent:
        form.data = form.data.copy()
        form.data["parent"] = ""
    if _wants_json(request) and status != 200:
        errors = {"form": [refusal.message]} if refusal else form.errors.get_json_data()
        response: HttpResponse = JsonResponse({"errors": errors, "body": form.data.get("body", "")}, status=status)
    else:
        parent = form.cleaned_data.get("parent") if hasattr(form, "cleaned_data") else None
        context = {"thread": thread, "form": form, "refusal": refusal, "preview": preview, "parent": parent}
        response = render(request, "comments/not_posted.html", context, status=status)
    if refusal and refusal.retry_after:
        response["Retry-After"] = str(refusal.retry_after)
    return _private(response)


def _wants_json(request: HttpRequest) -> bool:
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _see_other(url: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": url})


def _private(response: HttpResponse) -> HttpResponse:
    """Drawn for one reader: no cache may keep it."""
    patch_cache_control(response, private=True, no_store=True)
    return response


def _bare(response: HttpResponse) -> HttpResponse:
    """A page whose address is a secret: not kept, not indexed. (No page of ours tells its address to others.)"""
    response["X-Robots-Tag"] = "noindex"
    return _private(response)
