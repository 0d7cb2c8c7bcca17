"""Addresses of the letters. What a token opens comes first; the name of a letter takes what is left."""

from django.urls import path

from newsletter import feeds, views, views_choice, views_leaving

app_name = "newsletter"
urlpatterns = [
    path("", views.letters, name="list"),
    path("subscribe/", views.subscribe, name="subscribe"),
    path("asked/", views.asked, name="asked"),
    path("again/", views.again, name="again"),
    path("erased/", views.erased, name="erased"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("report/<str:token>/", views.report, name="report"),
    path("not-me/<str:token>/", views_leaving.not_me, name="not_me"),
    path("leave/<str:token>/", views_leaving.leave, name="leave"),
    path("leave/<str:token>", views_leaving.leave),  # a slash that got lost must not redirect a post (RFC 8058)
    path("leave/<str:token>/return/", views_leaving.come_back, name="return"),
    path("preferences/<str:token>/", views_choice.preferences, name="preferences"),
    path("preferences/<str:token>/erase/", views_choice.erase, name="erase"),
    path("preferences/<str:token>/download/", views_choice.download, name="download"),
    path("<slug:slug>/", views.newsletter, name="newsletter"),
    path("<slug:slug>/feed.xml", feeds.Rss(), name="rss"),
    path("<slug:slug>/atom.xml", feeds.Atom(), name="atom"),
    path("<slug:slug>/feed.json", feeds.as_json, name="json_feed"),
    path("<slug:slug>/<slug:slot>/", views.issue, name="issue"),
    path("<slug:slug>/<slug:slot>/three/", views.issue, {"cadence": "three"}, name="issue_for_three"),
]
