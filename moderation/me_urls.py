"""A member's own pages about what moderators decided and what they reported, below `/me/`."""

from django.urls import path

from moderation import views_reports, views_standing

urlpatterns = [
    path("standing/", views_standing.my_standing, name="my_standing"),
    path("reports/", views_reports.mine, name="my_reports"),
]
