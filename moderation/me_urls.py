"""A member's own page about what moderators decided, below `/me/`."""

from django.urls import path

from moderation import views_standing

urlpatterns = [path("standing/", views_standing.my_standing, name="my_standing")]
