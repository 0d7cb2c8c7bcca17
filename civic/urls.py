"""Every address of the site; DESIGN's list of them is in docs/addresses.md."""

from django.conf import settings
from django.urls import include, path

from civic import views

handler404 = "civic.views.not_found"
handler500 = "civic.views.server_error"
handler403 = "civic.views.forbidden"
handler400 = "civic.views.bad_request"

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
    path("newsroom/", include("civic.newsroom")),
    path("api/", include("civic.api")),
    path("", include("articles.urls")),
]

if settings.NEWSLETTER_TRANSPORT == "anymail":
    urlpatterns.insert(0, path("anymail/", include("anymail.urls")))  # what the provider tells later
if settings.DEBUG:
    urlpatterns.insert(0, path("outbox/", include("civic.outbox_urls")))
