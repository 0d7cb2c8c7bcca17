"""Reporting a comment, and a member's own reports."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import NON_FIELD_ERRORS
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from civic.lib.errors import Refusal
from civic.lib.origin import prefix_hash
from comments.models import Comment
from comments.models.comments import State
from comments.readers import reader_of
from comments.views.common import private, readable_comment, see_other, wants_json
from moderation.errors import AlreadyReported, OwnComment
from moderation.forms_reports import ReportForm
from moderation.models import Report
from moderation.reporters import Reporter, known_reporter
from moderation.reporting import find_report, may_say_more, report_comment

LISTED = 30


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """GET shows the form, or what this reader has said already; POST reports."""
    comment = readable_comment(pk)
    reader = reader_of(request)
    reporter = known_reporter(reader)
    if comment.state != State.PUBLIC:
        return _gone(request, comment)
    if comment.belongs_to(reader) or (reporter and reporter.wrote(comment)):
        raise OwnComment
    earlier = find_report(comment, reporter) if reporter else None
    if request.method != "POST":
        return _page(request, comment, reporter, earlier, sent="sent" in request.GET)
    form = _form(comment, reporter, earlier, request.POST)
    if _has_said_all(earlier, comment):
        return _not_sent(request, comment, reporter, earlier, form, AlreadyReported())
    if not form.is_valid():
        return _not_sent(request, comment, reporter, earlier, form)
    origin = prefix_hash(request)
    try:
        report_comment(comment, form.who(origin), form.said(), origin=origin)
    except Refusal as refusal:
        earlier = find_report(comment, reporter) if reporter else None
        return _not_sent(request, comment, reporter, earlier, form, refusal)
    url = f"{request.path}?sent"
    if wants_json(request):
        return private(JsonResponse({"url": url}, status=303, headers={"Location": url}))
    return private(see_other(url))


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What this member has reported, and what became of it."""
    reports = Report.objects.filter(member=request.user).exclude(person=None)
    found = reports.select_related("comment__thread", "rule").order_by("-made_at", "-pk")
    page = Paginator(found, LISTED).get_page(request.GET.get("page"))
    return private(render(request, "moderation/my_reports.html", {"page": page}))


def _form(comment: Comment, reporter: Reporter | None, earlier: Report | None, typed=None) -> ReportForm:
    only_illegal = earlier is not None and not may_say_more(earlier, comment)
    return ReportForm(typed, thread=comment.thread, reporter=reporter, only_illegal=only_illegal)


def _has_said_all(earlier: Report | None, comment: Comment) -> bool:
    return earlier is not None and earlier.is_illegal and not may_say_more(earlier, comment)


def _page(request, comment, reporter, earlier, *, form=None, refusal=None, sent=False, status=200) -> HttpResponse:
    """The form, what was said earlier, or both: whoever has reported a rule may still say that it is illegal.

    To somebody who has only typed an address, nothing of what came in from there is shown.
    """
    says_more = form is not None or "more" in request.GET or earlier is None or may_say_more(earlier, comment)
    asks = not sent and says_more and not _has_said_all(earlier, comment)
    context = {
        "comment": comment,
        "thread": comment.thread,
        "reporter": reporter,
        "earlier": earlier,
        "form": (form or _form(comment, reporter, earlier)) if asks else None,
        "refusal": refusal,
        "sent": sent,
        "may_say_illegal": earlier is not None and not earlier.is_illegal and not asks,
    }
    response = private(render(request, "moderation/report.html", context, status=status))
    if refusal and refusal.retry_after:
        response["Retry-After"] = str(refusal.retry_after)
    return response


def _not_sent(request, comment, reporter, earlier, form: ReportForm, refusal: Refusal | None = None) -> HttpResponse:
    """The form with everything that was typed, and what is the matter: as a page, or by field for programs."""
    status = refusal.status if refusal else 422
    if not wants_json(request):
        return _page(request, comment, reporter, earlier, form=form, refusal=refusal, status=status)
    errors = {"form": [refusal.message]} if refusal else {name: list(said) for name, said in form.errors.items()}
    errors |= {"form": errors.pop(NON_FIELD_ERRORS)} if NON_FIELD_ERRORS in errors else {}
    response = private(JsonResponse({"errors": errors}, status=status))
    if refusal and refusal.retry_after:
        response["Retry-After"] = str(refusal.retry_after)
    return response


def _gone(request: HttpRequest, comment: Comment) -> HttpResponse:
    """What readers have seen and what is gone for good is said to be gone; of the rest nobody learns anything here."""
    if comment.state in (State.REMOVED, State.WITHDRAWN) and comment.has_been_public:
        return private(render(request, "comments/gone.html", {"comment": comment}, status=410))
    raise Http404
