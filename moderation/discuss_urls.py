"""What the desk answers for beside the comments themselves."""

from django.urls import path

from comments.views import guests
from moderation import views_appeals

app_name = "answering"
urlpatterns = [
    path("c/<int:pk>/decision/", views_appeals.decision, name="decision"),
    path(
        "by-letter/<str:token>/<int:pk>/decision/",
        guests.by_letter,
        {"to": "answering:decision"},
        name="decision_by_letter",
    ),
]
