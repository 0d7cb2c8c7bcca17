"""Addresses of letters in the newsroom, below `/newsroom/`."""

from django.urls import path

from newsletter import newsroom

urlpatterns = [
    path("letters/<int:pk>/", newsroom.issue, name="newsletter_issue"),
    path("letters/<int:pk>/shown/<slug:mode>/", newsroom.shown, name="newsletter_issue_shown"),
    path("letters/<int:pk>/test-letter/", newsroom.test_letter, name="newsletter_issue_test"),
    path("letters/<int:pk>/links/", newsroom.visit_links, name="newsletter_issue_links"),
    path("letters/<int:pk>/approval/", newsroom.approve, name="newsletter_issue_approve"),
    path("letters/<int:pk>/time/", newsroom.schedule, name="newsletter_issue_schedule"),
    path("letters/<int:pk>/draft/", newsroom.take_back, name="newsletter_issue_take_back"),
    path("letters/<int:pk>/end/", newsroom.cancel, name="newsletter_issue_cancel"),
]
