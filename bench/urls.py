"""All addresses of the site, and two below `/health/`, where no query is made: the least that Django can do."""

import os

from django.http import HttpRequest, HttpResponse
from django.urls import path

from civic.urls import handler400, handler403, handler404, handler500  # noqa: F401
from civic.urls import urlpatterns as known


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def which_process(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{os.getpid()}\n")


urlpatterns = [path("health/empty", empty), path("health/process", which_process), *known]
