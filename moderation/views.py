"""The desk over HTTP. Moderators only; everybody else signs in, or is told that this is not theirs."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from civic.lib.forms import as_id
from comments.models import Comment, HouseRule
from comments.models.comments import State
from moderation.deciding import can_be_undone, decide, undo
from moderation.errors import AlreadyDecided
from moderation.forms import DecisionForm
from moderation.models import Act, Decision
from moderation.queue import load_case, load_queue


def moderators_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_moderator:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@moderators_only
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The list; on a wide screen with the first case beside it."""
    waiting = load_queue()
    case = load_case(waiting.held[0].comment.pk, waiting) if waiting.held else None
    return _desk(request, waiting, case, page="list")


@moderators_only
@require_safe
def case(request: HttpRequest, pk: int) -> HttpResponse:
    waiting = load_queue()
    return _desk(request, waiting, load_case(pk, waiting), page="case")


@moderators_only
@require_POST
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    comments = Comment.objects.exclude(state=State.UNCONFIRMED)
    comment = get_object_or_404(comments, pk=pk)
    waiting = load_queue()
    shown = load_case(pk, waiting)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _desk(request, waiting, shown, page="case", form=form, status=422)
    values = form.cleaned_data
    try:
        made = decide(
            comment,
            Act(values["act"]),
            by=request.user,
            seen=values["seen"],
            words=values["words"],
            rule=values["rule"],
            note=values["note"],
        )
    except AlreadyDecided as conflict:
        waiting = load_queue()
        return _desk(request, waiting, load_case(pk, waiting), page="case", form=form, refusal=conflict, status=409)
    address = reverse("moderation:case", args=[shown.next_pk]) if shown.next_pk else reverse("moderation:queue")
    return HttpResponse(status=303, headers={"Location": f"{address}?done={made.pk}"})


@moderators_only
@require_POST
def undoing(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a decision back, and show its comment again."""
    decisions = Decision.objects.exclude(comment__state=State.UNCONFIRMED)
    made = undo(get_object_or_404(decisions.select_related("comment"), pk=pk), by=request.user)
    address = reverse("moderation:case", args=[made.comment_id])
    return HttpResponse(status=303, headers={"Location": f"{address}?done={made.pk}"})


def _desk(request, waiting, case, *, page, form=None, refusal=None, status=200) -> HttpResponse:
    done = _done(request)
    context = {
        "queue": waiting,
        "case": case,
        "page": page,
        "form": form,
        "refusal": refusal,
        "rules": list(HouseRule.objects.all()) if case else [],
        "done": done,
        "undoable": done is not None and can_be_undone(done, done.comment),
    }
    return render(request, "moderation/desk.html", context, status=status)


def _done(request: HttpRequest) -> Decision | None:
    """The decision just made, for the line that says so."""
    decisions = Decision.objects.select_related("comment__member", "comment__guest")
    return decisions.filter(pk=as_id(request.GET.get("done", "")), by=request.user).first()
