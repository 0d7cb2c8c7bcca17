"""Signing in (allauth) below `/accounts/`."""

from django.urls import include, path

urlpatterns = [path("", include("allauth.account.urls"))]
