"""How the pages behind a link in a letter are entered."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from newsletter.links import BadToken

View = Callable[..., HttpResponse]


def behind_a_token(view: View) -> View:
    """A page that a link in a letter opens: for its holder alone, and for as long as the token is good.

    No cookie and no proof of origin is asked for. The token is the right itself, nothing rides on a session, and
    RFC 8058 has mail providers post here, who send neither. The address must not travel on: no referrer, no cache,
    no index. (With no referrer browsers also call the origin of a post "null", so such a proof could not work.)
    """

    @csrf_exempt
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        try:
            response = view(request, token)
        except BadToken:
            response = no_link(request)
        response.headers.setdefault("Referrer-Policy", "no-referrer")
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return guarded


def no_link(request: HttpRequest) -> HttpResponse:
    return render(request, "newsletter/no_link.html", status=404)


def see_other(name: str, *args: str, query: str = "") -> HttpResponse:
    return see_other_at(reverse(name, args=args) + query)


def see_other_at(url: str) -> HttpResponse:
    response = redirect(url)
    response.status_code = 303
    return response
