"""Addresses of the paper. No `app_name`: these are the site's own, and they come last."""

from django.urls import path, re_path

from articles import views

urlpatterns = [
    path("", views.front, name="front"),
    re_path(r"^(?P<year>\d{4})/(?P<month>\d{2})/(?P<slug>[-\w]+)/$", views.article, name="article"),
    path("authors/", views.authors, name="authors"),
    path("authors/<slug:slug>/", views.author, name="author"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("corrections/", views.corrections, name="corrections"),
    path("archive/", views.archive, name="archive"),
    path("search/", views.search, name="search"),
    path("<slug:slug>/", views.section, name="section"),
]
