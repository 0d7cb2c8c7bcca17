"""Answering for a decision: the author's page about it, and the second look at the desk."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from civic.lib.errors import Refusal
from comments.models import Comment
from comments.readers import reader_of
from comments.views.common import private, see_other
from moderation.appeals import appeal_of, appeals_until, decide_appeal, may_appeal, open_appeal
from moderation.forms_appeals import AppealForm, SecondLookForm
from moderation.in_force import decision_against
from moderation.second_looks import waiting_for, waiting_for_others
from moderation.statements import statement_of
from moderation.views import moderators_only


@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """To the author of a text that was refused or removed: why, and how to have it looked at again."""
    comment = _comment(pk)
    made = decision_against(comment) if comment.belongs_to(reader_of(request)) else None
    if made is None:
        raise Http404
    form, refusal, status = AppealForm(), None, 200
    if request.method == "POST":
        form = AppealForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                open_appeal(made, text=form.cleaned_data["text"])
                return see_other(request.path)
            except Refusal as found:
                refusal, status = found, found.status
    context = {"comment": comment, "thread": comment.thread, "decision": made, "appeal": appeal_of(made)}
    context |= {"form": form, "refusal": refusal, "until": appeals_until(made), "may_appeal": may_appeal(made, comment)}
    context |= {"statement": statement_of(made, comment), "days": settings.REFUSED_TEXT_DAYS}
    return private(render(request, "moderation/decision.html", context, status=status))


@moderators_only
@require_safe
def appeals(request: HttpRequest) -> HttpResponse:
    """What waits for a second look by this moderator, and how many wait for somebody else."""
    mine = list(waiting_for(request.scope)[:50])
    context = {"appeals": mine, "others": waiting_for_others(request.scope).count()}
    return render(request, "moderation/appeals.html", context | {"here": "appeals", "done": "done" in request.GET})


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """One second look: the comment, the decision, what its author says."""
    found = get_object_or_404(waiting_for(request.scope), pk=pk)
    form, refusal, status = SecondLookForm(), None, 200
    if request.method == "POST":
        form = SecondLookForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                decide_appeal(found, by=request.user, **form.cleaned_data)
                return see_other(reverse("moderation:appeals") + "?done=1")
            except Refusal as conflict:
                refusal, status = conflict, conflict.status
    comment = _comment(found.decision.comment_id)
    context = {"appeal": found, "comment": comment, "form": form, "statement": statement_of(found.decision, comment)}
    return render(request, "moderation/appeal.html", context | {"refusal": refusal, "here": "appeals"}, status=status)


def _comment(pk: int) -> Comment:
    """Also where the discussion is not to be read any more: whoever was refused may still ask why."""
    return get_object_or_404(Comment.objects.with_writers().select_related("thread"), pk=pk)
