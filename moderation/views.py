"""The desk over HTTP. Moderators only; everybody else signs in, or is told that this is not theirs."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from civic.lib.errors import Refusal
from civic.lib.forms import as_id
from comments.models import Comment, HouseRule
from comments.models.comments import State
from comments.views.common import see_other
from moderation.case import Case, load_case
from moderation.deciding import can_be_undone, decide
from moderation.filters import Filter, choices
from moderation.forms import WARN, DecisionForm
from moderation.models import Act, Decision, ReadyLine, StandingDecision
from moderation.queue import Listing, load_queue
from moderation.scope import Scope
from moderation.standing import refuse_and_warn, undo_with_warning

_WARNED = Exists(StandingDecision.objects.filter(beside=OuterRef("pk"), act=StandingDecision.Act.WARN))


def moderators_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view finds in `request.scope` which discussions this moderator looks after."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_moderator:
            raise PermissionDenied
        request.scope = Scope.of(request.user)
        return view(request, *args, **kwargs)

    return guarded


@moderators_only
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """A list; on a wide screen with its first case beside it."""
    found = _listing(request)
    case = _case(request, found.pks[0], found) if found.held else None
    return _desk(request, found, case, page="list")


@moderators_only
@require_safe
def case(request: HttpRequest, pk: int) -> HttpResponse:
    found = _listing(request)
    return _desk(request, found, _case(request, pk, found), page="case")


@moderators_only
@require_POST
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide, and go on to what follows in the list that the moderator works through."""
    filter = _filter(request)
    found = _listing(request)
    shown = _case(request, pk, found)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _desk(request, found, shown, page="case", form=form, status=422)
    try:
        made = _decided(shown.comment, form.cleaned_data, by=request.user)
    except Refusal as conflict:
        found = _listing(request)
        shown = _case(request, pk, found)
        return _desk(request, found, shown, page="case", form=form, refusal=conflict, status=conflict.status)
    return see_other(_address(shown.next_pk, filter, done=made))


@moderators_only
@require_POST
def undoing(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a decision back, with a warning that was given in the same breath, and show its comment again."""
    decisions = request.scope.about_comments(Decision.objects.exclude(comment__state=State.UNCONFIRMED))
    made = undo_with_warning(get_object_or_404(decisions.select_related("comment"), pk=pk), by=request.user)
    return see_other(_address(made.comment_id, _filter(request), done=made))


def _decided(comment: Comment, values: dict, *, by: User) -> Decision:
    """Raises `AlreadyDecided`, and with a warning what `refuse_and_warn` does."""
    asked = {name: values[name] for name in ("seen", "words", "rule", "law", "note")}
    if values["act"] == WARN:
        return refuse_and_warn(comment, by=by, **asked)[0]
    return decide(comment, Act(values["act"]), by=by, **asked)


def _address(pk: int | None, filter: Filter, *, done: Decision) -> str:
    path = reverse("moderation:case", args=[pk]) if pk else reverse("moderation:queue")
    return f"{path}{filter.query}{'&' if filter.query else '?'}done={done.pk}"


def _filter(request: HttpRequest) -> Filter:
    return Filter.of(request.GET, blind=request.site.decides_blind)


def _listing(request: HttpRequest) -> Listing:
    return load_queue(_filter(request), request.scope, blind=request.site.decides_blind)


def _case(request: HttpRequest, pk: int, listing: Listing) -> Case:
    return load_case(pk, listing, request.scope, blind=request.site.decides_blind)


def _desk(request, queue, case, *, page, form=None, refusal=None, status=200) -> HttpResponse:
    done = _done(request)
    context = {
        "queue": queue,
        "filter": queue.filter,
        "case": case,
        "page": page,
        "form": form,
        "refusal": refusal,
        "rules": HouseRule.known(request.site),
        "ready_lines": list(ReadyLine.objects.select_related("rule")) if case and case.acts else [],
        "choices": choices(blind=request.site.decides_blind),
        "done": done,
        "undoable": done is not None and can_be_undone(done, done.comment),
    }
    return render(request, "moderation/desk.html", context, status=status)


def _done(request: HttpRequest) -> Decision | None:
    """The decision just made, for the line that says so, with `has_warned`: whether its writer was warned with it."""
    pk = as_id(request.GET.get("done", ""))
    decisions = Decision.objects.select_related("comment__member", "comment__guest").annotate(has_warned=_WARNED)
    decisions = request.scope.about_comments(decisions)
    return decisions.filter(pk=pk, by=request.user).first() if pk else None
