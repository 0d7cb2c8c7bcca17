"""A member's own page about what they reported, below `/me/`."""

from django.urls import path

from moderation import views_reports

urlpatterns = [path("reports/", views_reports.mine, name="my_reports")]
