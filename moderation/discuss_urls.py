"""What the desk answers for beside the comments themselves."""

from django.urls import path

from comments.views import guests
from moderation import views_appeals, views_reports, views_standing

app_name = "answering"
urlpatterns = [
    path("c/<int:pk>/decision/", views_appeals.decision, name="decision"),
    path("c/<int:pk>/report/", views_reports.report, name="report"),
    path("mine/standing/", views_standing.guest_standing, name="standing"),
    path("by-letter/<str:token>/standing/", views_standing.standing_by_letter, name="standing_by_letter"),
    path(
        "by-letter/<str:token>/<int:pk>/decision/",
        guests.by_letter,
        {"to": "answering:decision"},
        name="decision_by_letter",
    ),
]
