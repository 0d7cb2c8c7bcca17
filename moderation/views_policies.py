"""Policies of spaces: what is in force, trying another one, saving it. For those who may also change them in the
newsroom and look after all discussions."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civic.lib.forms import as_id
from comments.models import Space
from comments.phrases import phrases_of
from comments.thresholds import thresholds_in
from comments.views.common import see_other
from moderation.errors import PolicyChanged
from moderation.forms_policies import PolicyForm, SaveForm, mark_of_policy
from moderation.models import PolicyTrial, PolicyVersion
from moderation.policies import Meanwhile, all_in_force, changes, in_force, may_change_policies, save_version
from moderation.replaying import begin_trial, stop_trial
from moderation.trials import load_result
from moderation.views import moderators_only

SHOWN = 50  # versions; all of them are kept
TRIALS = 10


def policy_makers_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A policy holds for everybody who writes in a space: who looks after some spaces only does not set it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.scope.is_everywhere or not may_change_policies(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return moderators_only(guarded)


@policy_makers_only
@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    return render(request, "moderation/policies.html", {"spaces": all_in_force(), "here": "policies"})


@policy_makers_only
@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: HttpRequest, space: int) -> HttpResponse:
    """The policy of a space, to be changed and tried. `?from=` begins with what a trial tried."""
    space = get_object_or_404(Space, pk=space)
    thresholds, phrases = thresholds_in(space), phrases_of(space)
    seen = mark_of_policy(thresholds, phrases)
    if request.method != "POST":
        if tried := _trial_to_change(request, space):
            thresholds, phrases = tried.thresholds, tried.phrases
        return _policy(request, space, PolicyForm.showing(thresholds, phrases, seen))
    form = PolicyForm(request.POST)
    is_stale = request.POST.get("seen") != seen
    if is_stale or not form.is_valid():
        form.data = form.data.copy()
        form.data["seen"] = seen  # whoever presses again has seen what changed
        return _policy(request, space, form, is_stale=is_stale, status=422)
    with transaction.atomic():
        tried = {"thresholds": form.thresholds, "phrases": form.cleaned_data["phrases"]}
        trial = begin_trial(space, by=request.user, base=in_force(space.pk), **tried)
    return see_other(reverse("moderation:policy_trial", args=[space.pk, trial.pk]))


@policy_makers_only
@require_POST
def restored(request: HttpRequest, space: int) -> HttpResponse:
    """Put an older version in force again, as a new one."""
    number, base = as_id(request.POST.get("number", "")), as_id(request.POST.get("base", ""))
    old = get_object_or_404(PolicyVersion, space=space, number=number)
    name = f"Again: {old.name.removeprefix('Again: ')}"[:80]
    try:
        save_version(space, name=name, by=request.user, thresholds=old.thresholds, phrases=old.phrases, base=base or 0)
    except Meanwhile:
        raise PolicyChanged from None
    return see_other(reverse("moderation:policy", args=[space]) + "?saved=1")


@policy_makers_only
@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: HttpRequest, space: int, pk: int) -> HttpResponse:
    """How far it is, or what it found; POST stops it or saves what was tried."""
    known = PolicyTrial.objects.select_related("space", "base", "by")
    tried = get_object_or_404(known, pk=pk, space=space)
    if request.method != "POST":
        return _trial(request, tried, SaveForm(initial={"base": tried.base_id}))
    if "stop" in request.POST:
        stop_trial(tried)
        return see_other(request.path)
    form = SaveForm(request.POST)
    if tried.state != PolicyTrial.State.DONE:
        raise Http404
    if not form.is_valid():
        return _trial(request, tried, form, status=422)
    try:
        policy = {"thresholds": tried.thresholds, "phrases": tried.phrases}
        save_version(space, by=request.user, **policy, **form.cleaned_data)
    except Meanwhile as meanwhile:
        form.data = form.data.copy()
        form.data["base"] = meanwhile.version.pk
        return _trial(request, tried, form, meanwhile=meanwhile.version, status=422)
    return see_other(reverse("moderation:policy", args=[space]) + "?saved=1")


def _trial_to_change(request: HttpRequest, space: Space) -> PolicyTrial | None:
    wanted = as_id(request.GET.get("from", ""))
    return PolicyTrial.objects.filter(pk=wanted, space=space).first() if wanted else None


def _policy(
    request: HttpRequest, space: Space, form: PolicyForm, *, is_stale: bool = False, status: int = 200
) -> HttpResponse:
    versions = list(PolicyVersion.objects.filter(space=space).select_related("by")[: SHOWN + 1])
    pairs = zip(versions, [*versions, None][1:], strict=True)
    listed = [(version, changes(before, version)) for version, before in pairs][:SHOWN]
    trials = PolicyTrial.objects.filter(space=space).select_related("by").order_by("-pk")[:TRIALS]
    context = {"space": space, "form": form, "versions": listed, "trials": trials, "here": "policies"}
    context |= {"is_stale": is_stale, "saved": request.method != "POST" and request.GET.get("saved") == "1"}
    return render(request, "moderation/policy.html", context, status=status)


def _trial(
    request: HttpRequest,
    tried: PolicyTrial,
    form: SaveForm,
    *,
    meanwhile: PolicyVersion | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"trial": tried, "space": tried.space, "form": form, "here": "policies", "meanwhile": meanwhile}
    context |= {"changes": changes(tried.base, tried)}
    if meanwhile:
        context["changed"] = changes(tried.base, meanwhile)
    if tried.state == PolicyTrial.State.DONE:
        context["result"] = load_result(tried)
    return render(request, "moderation/policy_trial.html", context, status=status)
