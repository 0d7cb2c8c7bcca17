"""Leaving by the link in a letter, the way back, and "this was not me"."""

from contextlib import suppress

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from civic.lib.origin import prefix_hash
from newsletter import consent, links, subscribing
from newsletter.doors import behind_a_token, see_other
from newsletter.links import BadToken, Leaving
from newsletter.models import LEFT_ALONE, Subscriber, Subscription, Suppression

ONE_CLICK = "List-Unsubscribe=One-Click"


@require_http_methods(["GET", "HEAD", "POST"])
@behind_a_token
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows a button and changes nothing. POST leaves, pressed here or sent by a mail provider (RFC 8058).

    A provider is told the same for every token, ours or not, used or not: it could do nothing with the difference, and
    somebody who tries tokens could.
    """
    if request.method == "POST" and not _was_pressed(request):
        return _one_click(request, token)
    leaving = links.read_leave(token)
    if request.method == "POST":
        _leave(request, leaving, wording="[Leave]", page="/newsletter/leave/")
        return see_other("newsletter:leave", token)
    rows = leaving.subscriber.subscriptions.in_order() if leaving.subscriber else []
    rows = [row for row in rows if row.newsletter in leaving.newsletters]
    left = [row for row in rows if row.state == Subscription.State.LEFT]
    context = {
        "token": token,
        "is_back": "back" in request.GET,
        "newsletters": leaving.newsletters,
        "coming": [row for row in rows if row.is_active],
        "open": [row.newsletter for row in rows if row not in left],
        "left": [consent.return_offer(row.newsletter) for row in left],
        "seldomer": left[0].newsletter.seldomer(left[0].cadence) if len(left) == 1 else [],
        "preferences_url": links.preferences_url(leaving.subscriber) if leaving.subscriber else "",
    }
    return render(request, "newsletter/leave.html", context)


@require_POST
@behind_a_token
def come_back(request: HttpRequest, token: str) -> HttpResponse:
    """The letters of the link begin again, with `cadence` less often than before."""
    leaving = links.read_leave(token)
    if leaving.subscriber is None:
        raise BadToken
    cadence = request.POST.get("cadence", "")
    subscribing.come_back(leaving.subscriber, leaving.newsletters, cadence=cadence, prefix=prefix_hash(request))
    return see_other("newsletter:leave", token, query="?back")


@require_http_methods(["GET", "HEAD", "POST"])
@behind_a_token
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """The other link in a confirmation letter. POST erases the request and has the address left alone, or undoes it."""
    key = links.read_not_me(token)
    if request.method == "POST":
        subscribing.own(key) if "undo" in request.POST else subscribing.disown(key)
        return see_other("newsletter:not_me", token)
    subscriber = Subscriber.objects.filter(key=key).first()
    is_suppressed = Suppression.objects.filter(key=key).disowned().final().exists()
    context = {
        "days": LEFT_ALONE.days,
        "is_left_alone": is_suppressed or (subscriber is not None and subscriber.is_left_alone),
        "is_waiting": subscriber is not None and subscriber.subscriptions.pending().exists(),
        "gets_letters": subscriber is not None and subscriber.state == Subscriber.State.ACTIVE,
    }
    return render(request, "newsletter/not_me.html", context)


def _was_pressed(request: HttpRequest) -> bool:
    """Whether it is the button of our page. All other posts are of programs: they may send the words of RFC 8058 or
    none, in another alphabet, as no form at all, as a broken one or an endless one."""
    try:
        return "pressed" in request.POST
    except (MultiPartParserError, BadRequest, SuspiciousOperation):
        return False


def _one_click(request: HttpRequest, token: str) -> HttpResponse:
    with suppress(BadToken):
        _leave(request, links.read_leave(token), wording=ONE_CLICK, page="")
    return HttpResponse("You have left.\n", content_type="text/plain")


def _leave(request: HttpRequest, leaving: Leaving, *, wording: str, page: str) -> None:
    if leaving.subscriber:
        prefix = prefix_hash(request)
        subscribing.leave(leaving.subscriber, leaving.newsletters, wording=wording, page=page, prefix=prefix)
