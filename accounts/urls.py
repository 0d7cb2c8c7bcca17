"""Signing in (allauth) below `/accounts/`. Nobody has a password here, so what allauth offers for them is closed."""

from allauth.account.urls import urlpatterns as doors
from django.urls import URLPattern, path, re_path

from accounts import views

urlpatterns = [
    re_path(r"^password/", views.closed),
    path("reauthenticate/", views.closed),  # asks for a password
    path("login/code/", views.ask_again),
    *(URLPattern(door.pattern, views.in_our_house(door.callback), door.default_args, door.name) for door in doors),
]
