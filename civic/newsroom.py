"""`/newsroom/`: Wagtail as the editors' desk, entered through our own sign-in only."""

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path, re_path
from wagtail.admin import urls as wagtail_urls


def login(request: HttpRequest) -> HttpResponse:
    """Wagtail sends everybody without rights here. Sending a signed-in reader on to sign in would never end."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next") or "/newsroom/")


def logout(request: HttpRequest) -> HttpResponse:
    return redirect("account_logout")


def closed(request: HttpRequest, **kwargs) -> HttpResponse:
    raise Http404


urlpatterns = [
    path("login/", login, name="wagtailadmin_login"),
    path("logout/", logout, name="wagtailadmin_logout"),
    re_path(r"^password_reset/", closed),
    re_path(r"^pages/", closed),  # there is no page tree
    path("", include(wagtail_urls)),
]
