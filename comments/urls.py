"""Addresses of discussions."""

from django.urls import path

from civic.lib.pages import kept
from comments.feeds import CommentFeed
from comments.views import following, guests, leaving, live, muting, proving, reading, visits, voting, writing

app_name = "comments"
urlpatterns = [
    path("mine/", reading.mine, name="mine"),
    path("device/", guests.device, name="device"),
    path("<int:thread_id>/", reading.thread, name="thread"),
    path("<int:thread_id>/comments.xml", kept()(CommentFeed()), name="feed"),
    path("<int:thread_id>/live/", live.live, name="live"),
    path("<int:thread_id>/post/", writing.post, name="post"),
    path("<int:thread_id>/proof/", proving.proof, name="proof"),
    path("<int:thread_id>/follow/", following.thread, name="follow"),
    path("<int:thread_id>/read/", visits.read, name="read"),
    path("c/<int:pk>/", reading.comment, name="comment"),
    path("c/<int:pk>/reply/", writing.reply, name="reply"),
    path("c/<int:pk>/edit/", writing.edit, name="edit"),
    path("c/<int:pk>/edit/forget/", writing.forget_edit, name="forget_edit"),
    path("c/<int:pk>/vote/", voting.vote, name="vote"),
    path("c/<int:pk>/follow/", following.branch, name="follow_answers"),
    path("c/<int:pk>/mute/", muting.mute, name="mute"),
    path("c/<int:pk>/withdraw/", writing.withdraw, name="withdraw"),
    path("c/<int:pk>/letter/", guests.letter_again, name="letter_again"),
    path("confirm/<str:token>/", guests.confirm, name="confirm"),
    path("by-letter/<str:token>/<int:pk>/", guests.by_letter, name="by_letter"),
    path("by-letter/<str:token>/follows/", following.follows_by_letter, name="follows_by_letter"),
    path("mine/quoting/", guests.quoting, name="quoting"),
    path("mine/follows/", following.follows, name="follows"),
    path("mine/follows/<int:pk>/", following.change, name="follow_change"),
    path("unfollow/<str:token>/", following.unfollow, name="unfollow"),
    path("leave/", leaving.ask, name="leave"),
    path("leave/<str:token>/", leaving.leave, name="leave_by_letter"),
    path("left/", leaving.left, name="left"),
]
