"""Pages of the house: static pages, media, health, errors, and the outbox of a laptop."""

import logging
import mimetypes
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.db import DatabaseError, connection
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils._os import safe_join
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from civic.lib import outbox as letters
from civic.lib.pages import kept
from civic.lib.policies import PUBLIC_POLICY
from civic.models import StaticPage
from comments.views.common import wants_json

logger = logging.getLogger(__name__)

# What may be shown in a browser as it is. Anything else is offered as a download: an uploaded HTML page or an SVG
# with a script in it would otherwise speak in our name.
SHOWN_TYPES = {"image/png", "image/jpeg", "image/webp", "image/gif", "image/avif", "application/pdf"}


@require_safe
@kept()
def static_page(request: HttpRequest, slug: str) -> HttpResponse:
    page = get_object_or_404(StaticPage, slug=slug)
    return render(request, "pages/static_page.html", {"page": page})


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponse:
    """A picture. Renditions have a hash in their name and never change, so browsers may keep them."""
    try:
        file = Path(safe_join(settings.MEDIA_ROOT, name))
    except SuspiciousFileOperation:
        raise Http404 from None
    try:
        found = file.is_file()
    except OSError:  # a name that is too long for any file
        found = False
    if not found:
        raise Http404
    kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    shown = kind in SHOWN_TYPES
    response = FileResponse(file.open("rb"), content_type=kind, as_attachment=not shown, filename=file.name)
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    shut = ("/accounts/", "/me/", "/moderation/", "/newsroom/", "/discuss/c/", "/newsletter/confirm/")
    lines = ["User-agent: *", *(f"Disallow: {address}" for address in shut)]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@require_safe
@never_cache
def health_live(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def health_ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and a worker has been heard of lately, else 503; says which part is not."""
    parts = {"database": False, "worker": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - %s)",
                [timedelta(seconds=60)],
            )
            parts = {"database": True, "worker": cursor.fetchone()[0]}
    except DatabaseError:
        logger.warning("health: the database does not answer")
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    shown = [(name, message, _sent_at(name)) for name, message in letters.letters()]
    return render(request, "pages/outbox.html", {"letters": shown})


def _sent_at(name: str) -> datetime | None:
    """A letter's name begins with its time in nanoseconds."""
    first = name.partition("-")[0]
    return datetime.fromtimestamp(int(first) / 1e9, tz=UTC) if first.isdecimal() else None


@require_safe
def outbox_letter(request: HttpRequest, name: str) -> HttpResponse:
    message = letters.letter(name)
    if message is None:
        raise Http404
    text = message.get_body(("plain",))
    context = {
        "name": name,
        "message": message,
        "headers": [(key, value) for key, value in message.items() if key.lower() not in ("mime-version",)],
        "text": text.get_content() if text else "",
        "has_html": message.get_body(("html",)) is not None,
    }
    response = render(request, "pages/outbox_letter.html", context)
    response["Content-Security-Policy"] = f"{PUBLIC_POLICY}; frame-src 'self'"
    return response


@require_safe
def outbox_letter_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part as a mail program would show it: with its own styles, in a sandbox."""
    message = letters.letter(name)
    body = message.get_body(("html",)) if message else None
    if body is None:
        raise Http404
    # A link in a letter leads out of the frame, as it leads out of a mail program.
    response = HttpResponse(body.get_content().replace("<head>", '<head><base target="_top">', 1))
    response["Content-Security-Policy"] = (
        "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
        "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
    )
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"errors": {"form": ["There is nothing at this address, or not any more."]}}, status=404)
    return render(request, "404.html", {"wanted": wanted_words(request.path)}, status=404)


_MIXED = re.compile(r"\d(?=[a-z])|[a-z](?=\d)", re.IGNORECASE)  # where letters and digits meet


def wanted_words(path: str) -> str:
    """What somebody who asked for this address was probably looking for. No keys of links in letters, which would stand
    in the next address.

    >>> wanted_words("/2019/05/the-last-tramway.html")
    'the last tramway'
    """
    parts = [part for part in re.sub(r"\.\w{2,5}$", "", path).split("/") if len(_MIXED.findall(part)) < 3]
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", " ".join(parts))
    return " ".join(words)[:80]


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs no database: that may be what failed."""
    return HttpResponse((settings.BASE_DIR / "templates" / "500.html").read_text(), status=500)


def send_again(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A post whose proof of origin failed: what was typed is kept, and may be sent again from here.

    It happens to honest people: a page that was opened as a guest, then signed in to in another tab.
    """
    if wants_json(request):
        said = f"Say where this comes from: a program sends the header Origin: {settings.SITE_URL}"
        return JsonResponse({"errors": {"form": [said]}}, status=403)
    own = _from_our_page(request)
    fields = [
        (name, value) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken" for value in values
    ]
    context = {
        "own": own,
        "fields": fields if own else [],
        "shown": [value for _, value in fields if len(value.split()) > 1] if own else [],  # sentences, not numbers
    }
    return render(request, "pages/send_again.html", context, status=403)


def _from_our_page(request: HttpRequest) -> bool:
    """Whether a browser vouches that this was sent from a page of ours. Else one click would send a stranger's text."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if origin and origin not in (settings.SITE_URL, f"{request.scheme}://{request.get_host()}"):
        return False
    return site == "same-origin" or (site is None and bool(origin))
