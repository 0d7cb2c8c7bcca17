"""All addresses, with the outbox, which is there in debug only."""

from django.urls import include, path

from civic.urls import handler400, handler403, handler404, handler500  # noqa: F401
from civic.urls import urlpatterns as known

urlpatterns = [path("outbox/", include("civic.outbox_urls")), *known]
