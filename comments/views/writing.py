"""Writing: posting, answering, changing, taking back."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civic.lib import limits
from civic.lib.errors import Refusal, TooFast
from civic.lib.markdown import render as render_markdown
from civic.lib.origin import prefix_hash
from comments import editing, following, visibility
from comments.drafts import mark_of
from comments.errors import ChangedElsewhere, LookAgain, NotEditable, NotYourComment, WarningUnread
from comments.forms import CommentForm, EditForm, new_form
from comments.models import Comment
from comments.pace import how_long
from comments.posting import Origin, post_comment
from comments.readers import Reader, reader_of, remember_guest
from comments.views.common import private, readable_comment, see_other, visible_thread, wants_json


@require_POST
def post(request: HttpRequest, thread_id: int) -> HttpResponse:
    thread = visible_thread(thread_id)
    reader = reader_of(request)
    form = CommentForm(request.POST, thread=thread, reader=reader)
    wants_preview = request.POST.get("preview")
    if wants_preview:
        _ask_for_words_only(form)
    if not form.is_valid():
        return _not_posted(request, thread, form, status=422)
    origin = Origin(prefix_hash(request), browser_family(request.headers.get("User-Agent", "")))
    try:
        if wants_preview:
            return _not_posted(request, thread, form, status=200, preview=_preview(request, reader, form))
        comment = post_comment(
            thread=thread,
            writer=form.writer(),
            body=form.cleaned_data["body"],
            parent=form.cleaned_data["parent"],
            origin=origin,
            site=request.site,
            acknowledge=form.cleaned_data["acknowledge"],
            prompted=form.prompted,
            solution=form.cleaned_data["proof"] or "",
        )
    except Refusal as refusal:
        return _not_posted(request, thread, form, status=refusal.status, refusal=refusal)
    following.follow_answers(comment, form.cleaned_data["answers"])
    return _posted(request, comment, keep=form.cleaned_data.get("remember", False))


@require_safe
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """The form to answer a comment, with the comment above it."""
    parent = readable_comment(pk)
    reader = reader_of(request)
    if not parent.is_answerable:
        if parent.has_been_public or parent.belongs_to(reader):
            return redirect(parent)
        raise Http404  # nobody learns from here that it waits, or was refused
    form = new_form(parent.thread, reader, parent=parent)
    context = {"thread": parent.thread, "parent": parent, "form": form}
    return private(render(request, "comments/reply.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Its writer puts other words into a comment: a form, and for a little while only."""
    comment = readable_comment(pk)
    reader = reader_of(request)
    if not comment.belongs_to(reader):
        return _not_known(request, comment, reader)
    typed = request.POST if request.method == "POST" else None
    form = EditForm(typed, comment=comment, newest=editing.newest_text(comment))
    try:
        if typed is None:
            editing.check_may_edit(comment)
            return _not_edited(request, comment, form, status=200)
        if not form.is_valid():
            return _not_edited(request, comment, form, status=422)
        if typed.get("preview"):
            return _not_edited(request, comment, form, status=200, preview=_preview(request, reader, form))
        edited = editing.edit_comment(comment, **form.cleaned_data)
    except Refusal as refusal:
        return _not_edited(request, comment, form, status=refusal.status, refusal=refusal)
    return _posted(request, edited, keep=None)


@require_POST
def forget_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Its writer would rather leave the older text standing than wait for the newer one to be read."""
    comment = readable_comment(pk)
    if not comment.belongs_to(reader_of(request)):
        raise Http404
    editing.forget_edit(comment)
    return see_other(comment.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Its writer takes a comment back. GET asks, POST does it."""
    comment = readable_comment(pk)
    if not comment.belongs_to(reader_of(request)):
        raise Http404
    if request.method == "POST":
        visibility.withdraw(comment)
        return see_other(comment.thread.address + "#discussion")
    context = {"comment": comment, "thread": comment.thread, "days": settings.COMMENT_WITHDRAWN_DAYS}
    return private(render(request, "comments/withdraw.html", context))


def browser_family(agent: str) -> str:
    """The family of a browser, never its version: enough to see a flood, too little to know somebody."""
    known = ("Firefox", "Edg", "OPR", "Chrome", "Safari", "curl", "python")
    return next((name for name in known if name.lower() in agent.lower()), "other" if agent else "")


def _posted(request: HttpRequest, comment: Comment, *, keep: bool | None) -> HttpResponse:
    """303 to the comment, in HTML and in JSON alike; a guest's device gets the key to it, unless `keep` is None.

    A form that was sent in place is told the same by 201: it decides for itself where the comment is drawn.
    """
    url = comment.get_absolute_url()
    told = {"id": comment.pk, "state": comment.state, "url": url}
    if request.headers.get("X-Requested-With") == "fetch":
        response: HttpResponse = JsonResponse({**told, "waits": comment.edit_waits}, status=201)
    elif wants_json(request):
        response = JsonResponse(told, status=303)
    else:
        response = see_other(url)
    response["Location"] = url
    if keep is not None and comment.guest and reader_of(request).member is None:
        remember_guest(response, comment.guest, keep=keep)
    return response


def _ask_for_words_only(form: CommentForm) -> None:
    """Who looks at a text before it is sent may leave name, address and house rules for later."""
    for name in ("name", "email", "website", "rules"):
        form.errors.pop(name, None)


def _preview(request: HttpRequest, reader: Reader, form: CommentForm | EditForm) -> SafeString:
    """What would be stored, drawn. Raises `TooFast`: drawing a long text costs more than sending it."""
    who = f"member {reader.member.pk}" if reader.member else prefix_hash(request)
    if wait := limits.take("preview", who, times=settings.PREVIEWS_PER_MINUTE, within=timedelta(minutes=1)):
        raise TooFast(
            "Your text is safe. That was one preview after the other; you can post the text as it is, "
            f"or look at it again in {how_long(wait)}.",
            retry_after=wait,
        )
    return render_markdown(form.cleaned_data["body"])


def _not_posted(request, thread, form, *, status, refusal=None, preview=None) -> HttpResponse:
    """The form again with everything that was typed, and what is the matter."""
    form.data = form.data.copy()
    form.data["subject"] = ""  # nobody sees the trap: a person could not empty it
    if form.lost_parent:
        form.data["parent"] = ""
    if isinstance(refusal, LookAgain):
        form.data["asked"] = refusal.mark
    if wants_json(request) and status != 200:
        return _refused_in_json(form, refusal, status)
    parent = form.cleaned_data.get("parent") if hasattr(form, "cleaned_data") else None
    context = {"thread": thread, "form": form, "refusal": refusal, "preview": preview, "parent": parent}
    return _drawn(request, "comments/not_posted.html", context, status, refusal)


def _not_edited(request, comment, form, *, status, refusal=None, preview=None) -> HttpResponse:
    """The form to change a comment, with what was typed and what is the matter. Too late: the form to answer it."""
    if wants_json(request) and status != 200:
        return _refused_in_json(form, refusal, status)
    if isinstance(refusal, ChangedElsewhere):
        form.data = form.data.copy()
        form.data["seen"] = mark_of(editing.newest_text(readable_comment(comment.pk)))
    context = {"thread": comment.thread, "comment": comment, "refusal": refusal, "preview": preview}
    too_late = isinstance(refusal, NotEditable)
    if too_late and form.is_bound and comment.is_answerable:
        answer = new_form(comment.thread, reader_of(request), parent=comment, body=form.data.get("body", ""))
        context |= {"form": answer, "parent": comment}
        return _drawn(request, "comments/not_posted.html", context, status, refusal)
    context |= {"form": form, "final": too_late or (refusal and not form.is_bound)}
    return _drawn(request, "comments/edit.html", context, status, refusal)


def _not_known(request: HttpRequest, comment: Comment, reader: Reader) -> HttpResponse:
    """Somebody who is not known as the writer: perhaps they were, until a session ended. What was typed is kept."""
    if reader.member or not comment.is_answerable:
        raise Http404
    if request.method == "POST":
        form = EditForm(request.POST, comment=comment, newest=comment.body)
        refusal = NotYourComment()
        return _not_edited(request, comment, form, status=refusal.status, refusal=refusal)
    if comment.guest:
        raise Http404
    return redirect_to_login(request.path)


def _refused_in_json(form, refusal: Refusal | None, status: int) -> HttpResponse:
    """What is the matter, in sentences: by field, or under `form` what concerns the whole."""
    errors = {"form": [refusal.message]} if refusal else {name: list(said) for name, said in form.errors.items()}
    errors |= {"form": errors.pop(NON_FIELD_ERRORS)} if NON_FIELD_ERRORS in errors else {}
    told = {"errors": errors, "body": form.data.get("body", "")}
    if isinstance(refusal, WarningUnread):  # sent again with this, the text is taken
        told["acknowledge"] = refusal.acknowledge
    if isinstance(refusal, LookAgain):
        told |= {"reasons": refusal.reasons, "asked": refusal.mark}
    return _with_wait(JsonResponse(told, status=status), refusal)


def _drawn(request, template: str, context: dict, status: int, refusal: Refusal | None) -> HttpResponse:
    return _with_wait(render(request, template, context, status=status), refusal)


def _with_wait(response: HttpResponse, refusal: Refusal | None) -> HttpResponse:
    if refusal and refusal.retry_after:
        response["Retry-After"] = str(refusal.retry_after)
    return private(response)
