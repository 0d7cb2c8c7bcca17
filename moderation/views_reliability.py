"""How far the model can be relied upon, over HTTP. It judges for all spaces: only who looks after all sees it."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from comments.views.common import see_other
from moderation import versions
from moderation.policies import may_change_policies
from moderation.reliability import FEWEST, NAMES, load_reliability
from moderation.views import moderators_only
from screening.model import HEADS

DONE = {"use": "another version is in use.", "off": "switched off.", "on": "switched on."}


def of_everything(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For moderators who look after all spaces."""

    @moderators_only
    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.scope.is_everywhere:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@of_everything
@require_safe
def reliability(request: HttpRequest) -> HttpResponse:
    context = {"heads": load_reliability(), "done": _done(request), "here": "numbers"}
    context |= {"fewest": FEWEST, "may_change_policies": may_change_policies(request.user)}
    return render(request, "moderation/reliability.html", context)


@of_everything
@require_POST
def using(request: HttpRequest, head: str, number: int) -> HttpResponse:
    """Go to another version, back or forth."""
    versions.use(_known(head), number, by=request.user)
    return _back("use", head)


@of_everything
@require_POST
def switching(request: HttpRequest, head: str, on: bool) -> HttpResponse:
    if on:
        versions.switch_on(_known(head), by=request.user)
    else:
        versions.switch_off(_known(head), by=request.user)
    return _back("on" if on else "off", head)


def _known(head: str) -> str:
    if head not in HEADS:
        raise Http404
    return head


def _back(done: str, head: str) -> HttpResponse:
    return see_other(f"{reverse('moderation:reliability')}?done={done}&head={head}")


def _done(request: HttpRequest) -> str:
    """What was just done to which head, in words; "" where the address says nothing."""
    done, name = DONE.get(request.GET.get("done", "")), NAMES.get(request.GET.get("head", ""))
    return f"{name}: {done}" if done and name else ""
