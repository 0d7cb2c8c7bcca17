"""A member's own pages about discussions, below `/me/`."""

from django.urls import path

from comments.views import following, muting

urlpatterns = [
    path("follows/", following.my_follows, name="my_follows"),
    path("muted/", muting.muted, name="my_muted"),
]
