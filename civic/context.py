"""What every page knows: the paper, its sections, and who is signed in, each asked only when a page uses it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from articles.models import Section
from civic.lib.site import SiteSettings
from civic.models import StaticPage


def paper(request: HttpRequest) -> dict[str, Any]:
    """`site`, `sections`, `footer_pages`, `today`, `signed_in`.

    `signed_in` is the user, or None. Without a session cookie the session is not touched at all: a public page
    must neither set a cookie nor vary on one.
    """
    return {
        "site": getattr(request, "site", None) or SimpleLazyObject(SiteSettings.current),
        "site_url": settings.SITE_URL,
        "sections": SimpleLazyObject(lambda: list(Section.objects.in_order())),
        "footer_pages": SimpleLazyObject(lambda: list(StaticPage.objects.filter(in_footer=True))),
        "today": SimpleLazyObject(timezone.localdate),
        "signed_in": SimpleLazyObject(lambda: signed_in(request)),
        "debug": settings.DEBUG,
    }


def signed_in(request: HttpRequest):
    """The member who is signed in, or None; without touching the session of somebody who has none."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None
