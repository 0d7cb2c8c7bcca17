"""A member's own page, and what of allauth is closed."""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from accounts.forms import ProfileForm
from accounts.models import Suspension
from accounts.profile import save_profile


@login_required
@never_cache
def me(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        save_profile(form.save(commit=False))
        return redirect(f"{reverse('me')}?saved=1")
    if form.errors:
        request.user.refresh_from_db(fields=["display_name"])  # the head of the page shows the name as it is
    context = {
        "form": form,
        "saved": "saved" in request.GET and not form.is_bound,
        "standing": Suspension.objects.of(request.user).in_force().order_by("-made_at"),
    }
    return render(request, "accounts/me.html", context, status=422 if form.errors else 200)


def in_our_house(door: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """One of allauth's views, as a page of ours: never kept by a browser or a proxy, and `site` is the paper.

    allauth hands its own `site`, the host's name, to some templates, where ours is meant.
    """

    @never_cache
    @wraps(door)
    def page(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = door(request, *args, **kwargs)
        if getattr(response, "context_data", None):
            response.context_data["site"] = request.site
        return response

    return page


def ask_again(request: HttpRequest) -> HttpResponse:
    """allauth sends people here whose code has ended. There is one door: the first page, which says so."""
    query = {"ended": "1"}
    if request.GET.get("next"):
        query["next"] = request.GET["next"]
    return redirect(f"{reverse('account_login')}?{urlencode(query)}")


def closed(request: HttpRequest) -> HttpResponse:
    raise Http404
