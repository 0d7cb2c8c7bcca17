"""Reading: a thread alone, one comment in its context, what one wrote oneself."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from civic.lib.pages import kept, made_of
from comments.forms import new_form
from comments.models import Comment
from comments.models.comments import State
from comments.quoting import may_be_quoted
from comments.readers import reader_of
from comments.threads import SORTS, load_branch, load_thread
from comments.views.common import private, readable_comment, visible_thread

OWN_LISTED = 100  # the newest comments of a reader


@require_safe
@kept("sort", "after", "part")
def thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """A discussion on a page of its own: for paging, and for what this reader has waiting.

    `?part=list` answers with the list alone, to be put into a page that stands already.
    """
    thread = visible_thread(thread_id)
    reader = reader_of(request)
    made_of(request, thread, until=[thread.visible_until, thread.closing_time])
    page = load_thread(thread, reader, sort=request.GET.get("sort", ""), after=request.GET.get("after", ""))
    context = {
        "thread": thread,
        "page": page,
        "form": SimpleLazyObject(lambda: new_form(thread, reader)),
        "after": request.GET.get("after", ""),
        "sorts": SORTS,
        "anybody": reader.is_anybody,
    }
    template = "comments/_list.html" if request.GET.get("part") == "list" else "comments/thread_page.html"
    response = render(request, template, context)
    return response if reader.is_anybody else private(response)


@require_safe
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """The permalink: a comment in its context, or the placeholder that stands for it. `?part=list`: as above."""
    reader = reader_of(request)
    comment = readable_comment(pk)
    own = comment.belongs_to(reader)
    if not (comment.shown or own):
        if comment.state in (State.REMOVED, State.WITHDRAWN) and comment.has_been_public:
            return render(request, "comments/gone.html", {"comment": comment}, status=410)
        raise Http404
    branch = load_branch(comment, reader, after=request.GET.get("after", ""))
    context = {"branch": branch, "comment": comment, "thread": comment.thread, "own": own}
    template = "comments/_branch.html" if request.GET.get("part") == "list" else "comments/comment_page.html"
    return private(render(request, template, context))


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What this reader wrote, with how each comment stands."""
    reader = reader_of(request)
    comments = Comment.objects.written_by(reader).select_related("thread", "gone_rule")
    context = {"comments": comments[:OWN_LISTED], "may_be_quoted": may_be_quoted(reader)}
    return private(render(request, "comments/mine.html", context))
