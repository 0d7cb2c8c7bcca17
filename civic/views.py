"""Pages of the house: static pages, media, health, errors, and the outbox of a laptop."""

import logging
import mimetypes
from datetime import timedelta
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
from civic.models import StaticPage

logger = logging.getLogger(__name__)

# What may be shown in a browser as it is. Anything else is offered as a download: an uploaded HTML page or an SVG
# with a script in it would otherwise speak in our name.
SHOWN_TYPES = {"image/png", "image/jpeg", "image/webp", "image/gif", "image/avif", "application/pdf"}


@require_safe
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
    if not file.is_file():
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
    return render(request, "pages/outbox.html", {"letters": letters.letters()})


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
    return render(request, "pages/outbox_letter.html", context)


@require_safe
def outbox_letter_html(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part as a mail program would show it: with its own styles, in a sandbox."""
    message = letters.letter(name)
    body = message.get_body(("html",)) if message else None
    if body is None:
        raise Http404
    response = HttpResponse(body.get_content())
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
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Needs no database: that may be what failed."""
    return HttpResponse((settings.BASE_DIR / "templates" / "500.html").read_text(), status=500)


def send_again(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A post whose proof of origin failed: what was typed is kept, and may be sent again from here.

    It happens to honest people: a page that was opened as a guest, then signed in to in another tab.
    """
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
    own = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    response = render(
        request, "pages/send_again.html", {"fields": fields if own else [], "own": own}, status=403
    )
    return response
