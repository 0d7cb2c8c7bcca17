"""Signing in (allauth) below `/accounts/`. Nobody has a password here, so what allauth offers for them is closed."""

from django.urls import include, path, re_path

from accounts import views

urlpatterns = [
    re_path(r"^password/", views.closed),
    path("reauthenticate/", views.closed),  # asks for a password
    path("login/code/", views.ask_again),
    path("", include("allauth.account.urls")),
]
