"""Every address of the site; DESIGN's list of them is in docs/addresses.md."""

from django.conf import settings
from django.urls import include, path

from civic import public_urls

handler404 = "civic.views.not_found"
handler500 = "civic.views.server_error"
handler403 = "civic.views.forbidden"
handler400 = "civic.views.bad_request"

urlpatterns = [
    path("newsroom/", include("civic.newsroom")),
    path("api/", include("civic.api")),
    *public_urls.urlpatterns,
]

if settings.NEWSLETTER_TRANSPORT == "anymail":
    urlpatterns.insert(0, path("anymail/", include("anymail.urls")))  # what the provider tells later
if settings.DEBUG:
    urlpatterns.insert(0, path("outbox/", include("civic.outbox_urls")))
