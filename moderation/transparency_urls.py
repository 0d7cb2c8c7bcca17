"""Addresses of what the desk answers for in public. No `app_name`: these are the site's own."""

from django.urls import path

from moderation import views_transparency

urlpatterns = [
    path("", views_transparency.transparency, name="transparency"),
    path("log/", views_transparency.public_log, name="public_log"),
    path("log.json", views_transparency.public_log_feed, name="public_log_feed"),
]
