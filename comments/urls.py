"""Addresses of discussions."""

from django.urls import path

from comments import views
from comments.feeds import CommentFeed

app_name = "comments"
urlpatterns = [
    path("mine/", views.mine, name="mine"),
    path("<int:thread_id>/", views.thread, name="thread"),
    path("<int:thread_id>/comments.xml", CommentFeed(), name="feed"),
    path("<int:thread_id>/post/", views.post, name="post"),
    path("c/<int:pk>/", views.comment, name="comment"),
    path("c/<int:pk>/reply/", views.reply, name="reply"),
    path("c/<int:pk>/vote/", views.vote, name="vote"),
    path("c/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("c/<int:pk>/letter/", views.letter_again, name="letter_again"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("by-letter/<str:token>/<int:pk>/", views.by_letter, name="by_letter"),
]
