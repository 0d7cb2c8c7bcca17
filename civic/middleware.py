"""What happens around every request: compression, content policy, the site's clock, same-origin posts, refusals."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from civic.lib.errors import Refusal
from civic.lib.policies import NEWSROOM_POLICY, PUBLIC_POLICY
from civic.lib.site import SiteSettings
from civic.pages import accepts_gzip, is_personal
from civic.views import not_found

Answer = Callable[[HttpRequest], HttpResponse]


class CompressedPages(GZipMiddleware):
    """Pages that are not kept leave compressed, too. Files have gone their own way, and what is kept is packed already.

    Safe against guessing a secret by the length of an answer (BREACH): the token of a form is masked anew each time,
    Django adds a random length, and no other site can have a browser ask with our cookies, which are SameSite=Lax.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        if not accepts_gzip(request.META.get("HTTP_ACCEPT_ENCODING", "")):  # Django would pass over a refusal, `q=0`
            patch_vary_headers(response, ["Accept-Encoding"])
            return response
        return super().process_response(request, response)


class ContentPolicy:
    """Says on every answer what the page may load. A view may set a policy of its own beforehand."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        newsroom = request.path.startswith("/newsroom/")
        response.headers.setdefault("Content-Security-Policy", NEWSROOM_POLICY if newsroom else PUBLIC_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        return response


class SiteClock:
    """`request.site` for the whole request, and pages in the site's own time zone, whoever reads."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/health/"):
            return self.get_response(request)  # must answer while the database is away
        request.site = SiteSettings.current()
        with timezone.override(request.site.zone):
            return self.get_response(request)


class SameSitePosts(CsrfViewMiddleware):
    """Who may POST. Somebody signed in: Django's token check, as always. Anybody else: the same origin.

    A guest has no session to steal, and public pages are cached without a token. What must not work is a form
    on another site that makes a reader's browser post here: `Sec-Fetch-Site` tells, and `Origin` where a browser
    is too old for it. "Signed in" and not "has a session cookie": signing in starts on a page without a token.
    """

    def has_session_cookie(self, request: HttpRequest) -> bool:
        return settings.SESSION_COOKIE_NAME in request.COOKIES

    def process_request(self, request: HttpRequest) -> None:
        if self.has_session_cookie(request):
            super().process_request(request)

    def process_view(self, request: HttpRequest, callback, args, kwargs) -> HttpResponse | None:
        if (
            request.method in ("GET", "HEAD", "OPTIONS", "TRACE")
            or getattr(callback, "csrf_exempt", False)
            or (self.has_session_cookie(request) and SESSION_KEY in request.session)
        ):
            return super().process_view(request, callback, args, kwargs)
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        if origin and not self._origin_verified(request):
            return self._reject(request, "this origin may not post here")
        if site == "same-origin" or (site is None and origin):
            request.csrf_processing_done = True
            return None
        return self._reject(request, "a post from another site, or from a program that names no origin")

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        return super().process_response(request, response) if self.has_session_cookie(request) else response


class PrivatePages:
    """What is drawn for somebody who brings a session, or a guest's key, is for nobody else: no cache may keep it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if is_personal(request):
            if _is_for_everybody(request):
                _leave_cookie(response)
            if "Cache-Control" not in response:
                response["Cache-Control"] = "private, no-store"
        return response


def _is_for_everybody(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/") or (hasattr(request, "making") and request.making.for_everybody)


def _leave_cookie(response: HttpResponse) -> None:
    """Django takes a session cookie that cannot be one back. Not by an answer that a network may give to others: it
    would sign them out."""
    taken_back = response.cookies.get(settings.SESSION_COOKIE_NAME)
    if taken_back is not None and not taken_back.value:
        del response.cookies[settings.SESSION_COOKIE_NAME]
        del response["Vary"]


class RefusalPages:
    """Turns a `Refusal` raised by a workflow into a page in kind words, with its status."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        return not_found(request) if settings.DEBUG and _is_djangos_404(response) else response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refusal):
            return None
        response = render(request, "refusal.html", {"refusal": error}, status=error.status)
        if error.retry_after:
            response["Retry-After"] = str(error.retry_after)
        return response


def _is_djangos_404(response: HttpResponse) -> bool:
    """In debug Django answers with a list of its routes. Whoever tries the site on a laptop should see the real page;
    nothing else about the list tells it from a page of ours."""
    return response.status_code == 404 and not response.streaming and b"<code>DEBUG = True</code>" in response.content
