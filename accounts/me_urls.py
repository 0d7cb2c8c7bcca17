"""`/me/`: a member's own pages."""

from django.urls import path

from accounts import leaving_views, views

urlpatterns = [
    path("", views.me, name="me"),
    path("leave/", leaving_views.ask, name="leave"),
    path("leave/<str:token>/", leaving_views.leave, name="leave_by_letter"),
    path("left/", leaving_views.left, name="left"),
    path("data/", leaving_views.data, name="my_data"),
]
