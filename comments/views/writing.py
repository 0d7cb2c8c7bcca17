"""Writing: posting, answering, taking back."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civic.lib.errors import Refusal
from civic.lib.markdown import render as render_markdown
from civic.lib.origin import prefix_hash
from comments import visibility
from comments.forms import CommentForm, new_form
from comments.models import Comment
from comments.posting import Origin, post_comment
from comments.readers import reader_of, remember_guest
from comments.views.common import private, readable_comment, see_other, visible_thread, wants_json


@require_POST
def post(request: HttpRequest, thread_id: int) -> HttpResponse:
    thread = visible_thread(thread_id)
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
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """The form to answer a comment, with the comment above it."""
    parent = readable_comment(pk)
    if not parent.is_answerable:
        return redirect(parent)
    reader = reader_of(request)
    form = new_form(parent.thread, reader, parent=parent)
    context = {"thread": parent.thread, "parent": parent, "form": form}
    return private(render(request, "comments/reply.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Its writer takes a comment back. GET asks, POST does it."""
    comment = readable_comment(pk)
    if not comment.belongs_to(reader_of(request)):
        raise Http404
    if request.method == "POST":
        visibility.withdraw(comment)
        return see_other(comment.thread.address + "#discussion")
    return private(render(request, "comments/withdraw.html", {"comment": comment, "thread": comment.thread}))


def browser_family(agent: str) -> str:
    """The family of a browser, never its version: enough to see a flood, too little to know somebody."""
    known = ("Firefox", "Edg", "OPR", "Chrome", "Safari", "curl", "python")
    return next((name for name in known if name.lower() in agent.lower()), "other" if agent else "")


def _posted(request: HttpRequest, comment: Comment, *, keep: bool) -> HttpResponse:
    """303 to the comment, in HTML and in JSON alike; a guest's device gets the key to it."""
    url = comment.get_absolute_url()
    if wants_json(request):
        response: HttpResponse = JsonResponse({"id": comment.pk, "state": comment.state, "url": url}, status=303)
        response["Location"] = url
    else:
        response = see_other(url)
    if comment.guest and reader_of(request).member is None:
        remember_guest(response, comment.guest, keep=keep)
    return response


def _not_posted(request, thread, form, *, status, refusal=None, preview=None) -> HttpResponse:
    """The form again with everything that was typed, and what is the matter."""
    if form.lost_parent:
        form.data = form.data.copy()
        form.data["parent"] = ""
    if wants_json(request) and status != 200:
        errors = {"form": [refusal.message]} if refusal else form.errors.get_json_data()
        response: HttpResponse = JsonResponse({"errors": errors, "body": form.data.get("body", "")}, status=status)
    else:
        parent = form.cleaned_data.get("parent") if hasattr(form, "cleaned_data") else None
        context = {"thread": thread, "form": form, "refusal": refusal, "preview": preview, "parent": parent}
        response = render(request, "comments/not_posted.html", context, status=status)
    if refusal and refusal.retry_after:
        response["Retry-After"] = str(refusal.retry_after)
    return private(response)
