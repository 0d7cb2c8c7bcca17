"""The page "Your letters": which come, how often, what we know. It has two doors, a link in a letter and `/me/`."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.profile import has_proven_address
from civic.lib.origin import prefix_hash
from newsletter import consent, links, members, outcomes, subscribing
from newsletter.doors import behind_a_token, see_other, see_other_at
from newsletter.forms import ChoiceForm
from newsletter.links import BadToken
from newsletter.models import Newsletter, Subscriber, Suppression


@dataclass(frozen=True)
class Door:
    """How somebody came to the page. `subscriber` is None for a member who never asked for letters."""

    subscriber: Subscriber | None
    email: str
    page: str  # as it is noted with a consent, without any token
    home: str
    erase: str
    download: str
    is_member: bool


# --- by the link in a letter ----------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@behind_a_token
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    return your_letters(request, by_link(token))


@require_http_methods(["GET", "HEAD", "POST"])
@behind_a_token
def erase(request: HttpRequest, token: str) -> HttpResponse:
    return erase_it_all(request, by_link(token))


@require_safe
@behind_a_token
def download(request: HttpRequest, token: str) -> HttpResponse:
    return take_along(by_link(token))


def by_link(token: str) -> Door:
    """Raises `BadToken`, also for an address that has been erased since."""
    subscriber = links.read_preferences(token)
    if subscriber is None:
        raise BadToken
    return Door(
        subscriber=subscriber,
        email=subscriber.email,
        page="/newsletter/preferences/",
        home=reverse("newsletter:preferences", args=[token]),
        erase=reverse("newsletter:erase", args=[token]),
        download=reverse("newsletter:download", args=[token]),
        is_member=False,
    )


# --- for members ----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def my_letters(request: HttpRequest) -> HttpResponse:
    """Signing in proved the address, so nothing has to be confirmed. Who came by another door proves it first."""
    if not has_proven_address(request.user):
        return render(request, "newsletter/unproven.html", status=403)
    return your_letters(request, of_member(request))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def my_erase(request: HttpRequest) -> HttpResponse:
    door = of_member(request)
    if door.subscriber is None or not has_proven_address(request.user):
        return see_other("my_letters")
    return erase_it_all(request, door)


@require_safe
@never_cache
@login_required
def my_download(request: HttpRequest) -> HttpResponse:
    door = of_member(request)
    if door.subscriber is None or not has_proven_address(request.user):
        return see_other("my_letters")
    return take_along(door)


def of_member(request: HttpRequest) -> Door:
    return Door(
        subscriber=Subscriber.objects.at(request.user.email).first(),
        email=request.user.email,
        page="/me/letters/",
        home=reverse("my_letters"),
        erase=reverse("my_letters_erase"),
        download=reverse("my_letters_download"),
        is_member=True,
    )


# --- the same for both ----------------------------------------------------------------------------


def your_letters(request: HttpRequest, door: Door) -> HttpResponse:
    rows = {row.newsletter_id: row for row in door.subscriber.subscriptions.in_order()} if door.subscriber else {}
    letters = [(letter, rows.get(letter.pk)) for letter in Newsletter.objects.in_order()]
    if request.method == "POST" and "leave" in request.POST:
        if door.subscriber:
            subscribing.leave_all(door.subscriber, page=door.page, prefix=prefix_hash(request))
        return see_other_at(f"{door.home}?left")
    form = ChoiceForm(request.POST if request.method == "POST" else None, letters=letters)
    if form.is_valid():
        wishes = form.wishes()
        if door.subscriber or any(wish.cadence for wish in wishes):
            subscriber = door.subscriber or Subscriber.objects.take_in(door.email)
            subscribing.choose(subscriber, wishes, page=door.page, prefix=prefix_hash(request))
        return see_other_at(f"{door.home}?saved")
    context = {
        "door": door,
        "subscriber": door.subscriber,
        "form": form,
        "coming": [row for row in rows.values() if row.is_active],
        "terms": consent.SWITCH_TERMS,
        "notice": next((word for word in ("saved", "left", "erased") if word in request.GET and not form.errors), ""),
        **(what_we_know(door.subscriber) if door.subscriber else {}),
    }
    return render(request, "newsletter/preferences.html", context, status=422 if form.errors else 200)


def what_we_know(subscriber: Subscriber) -> dict:
    """Three queries, however much it is."""
    return {
        "consents": list(subscriber.consents()),
        "suppressed": Suppression.objects.filter(key=subscriber.key).first(),
        "sent": outcomes.letters_to(subscriber),
    }


def erase_it_all(request: HttpRequest, door: Door) -> HttpResponse:
    """GET says what will be gone, POST erases."""
    if request.method == "POST":
        subscribing.erase(door.subscriber)
        return see_other_at(f"{door.home}?erased") if door.is_member else see_other("newsletter:erased")
    return render(request, "newsletter/erase.html", {"door": door, "subscriber": door.subscriber})


def take_along(door: Door) -> HttpResponse:
    """All of it, for programs and other papers."""
    response = JsonResponse(members.everything_of(door.subscriber), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = 'attachment; filename="letters.json"'
    return response
