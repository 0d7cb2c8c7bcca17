"""Addresses of the letters. What a token opens comes first; the name of a letter takes what is left."""

from django.urls import path

from newsletter import feeds, views

app_name = "newsletter"
urlpatterns = [
    path("", views.letters, name="list"),
    path("subscribe/", views.subscribe, name="subscribe"),
    path("asked/", views.asked, name="asked"),
    path("erased/", views.erased, name="erased"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("report/<str:token>/", views.report, name="report"),
    path("leave/<str:token>/", views.leave, name="leave"),
    path("leave/<str:token>/return/", views.come_back, name="return"),
    path("preferences/<str:token>/", views.preferences, name="preferences"),
    path("preferences/<str:token>/erase/", views.erase, name="erase"),
    path("<slug:slug>/", views.newsletter, name="newsletter"),
    path("<slug:slug>/feed.xml", feeds.Rss(), name="rss"),
    path("<slug:slug>/atom.xml", feeds.Atom(), name="atom"),
    path("<slug:slug>/feed.json", feeds.as_json, name="json_feed"),
    path("<slug:slug>/<slug:slot>/", views.issue, name="issue"),
    path("<slug:slug>/<slug:slot>/three/", views.issue, {"cadence": "three"}, name="issue_for_three"),
]
