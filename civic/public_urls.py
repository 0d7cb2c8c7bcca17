"""Every address that a letter may lead to: all but those of the newsroom, the API and the workshop.

`civic.urls` has the rest. Jobs know these alone (`civic.lib.jobs`): Wagtail's and the API's take 25 MB.
"""

from django.urls import include, path

from civic import views

urlpatterns = [
    path("health/live", views.health_live),
    path("health/ready", views.health_ready),
    path("robots.txt", views.robots),
    path("media/<path:name>", views.media, name="media"),
    path("pages/<slug:slug>/", views.static_page, name="static_page"),
    path("accounts/", include("accounts.urls")),
    path("me/", include("accounts.me_urls")),
    path("me/", include("comments.me_urls")),
    path("me/", include("moderation.me_urls")),
    path("me/", include("newsletter.me_urls")),
    path("discuss/", include("moderation.discuss_urls")),
    path("discuss/", include("comments.urls")),
    path("moderation/", include("moderation.urls")),
    path("transparency/", include("moderation.transparency_urls")),
    path("newsletter/", include("newsletter.urls")),
    path("", include("articles.urls")),
]
