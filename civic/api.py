"""The API, `/api/v1/`: what each app offers to programs, and how every answer under `/api/` leaves the house.

It is for reading, says only what anybody may read, and looks at no cookie: so any page may ask it, and any cache may
keep the answer for a few seconds.
"""

import hashlib
from collections.abc import Callable
from http import HTTPStatus
from typing import ClassVar

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import path, re_path
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.renderers import JSONRenderer

from comments.api import router as discussions

SECONDS_KEPT = 10  # by browsers and networks: what is removed must not stay for longer
SCHEMA = "/api/v1/openapi.json"


class Utf8(JSONRenderer):
    json_dumps_params: ClassVar = {"ensure_ascii": False}  # half the bytes of a text in Greek


api = NinjaAPI(
    title="Civic",
    version="1",
    description="What anybody may read of this paper's discussions. Nothing here needs a key, and nothing changes.",
    urls_namespace="api",
    renderer=Utf8(),
    docs_url=None,  # its page would load scripts from elsewhere
)
api.add_router("", discussions)


@api.exception_handler(ValidationError)
def not_understood(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """422, and what is the matter with each parameter."""
    errors: dict[str, list[str]] = {}
    for one in error.errors:
        said = one["msg"].removeprefix("Input ").replace("Field required", "is missing")
        errors.setdefault(str(one["loc"][-1]), []).append(said)
    detail = "; ".join(f"{name} {sentences[0]}" for name, sentences in errors.items())
    return JsonResponse({"detail": detail, "errors": errors}, status=422)


@api.exception_handler(Http404)
def nothing_here(request: HttpRequest, error: Http404) -> HttpResponse:
    return JsonResponse({"detail": SAID[404]}, status=404)


@csrf_exempt
def no_such_address(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"detail": SAID[404]}, status=404)


# The last one, so that nothing else of the site answers here.
urlpatterns = [path("v1/", api.urls), re_path("", no_such_address)]

SAID = {
    400: "This is no question that we understand.",
    404: f"Nothing is here for everybody to read. What there is, says {SCHEMA}",
    405: "This address is for reading: GET or HEAD.",
    500: "Something broke on our side. We have been told; please try again later.",
}


class ApiAnswers:
    """Every answer under `/api/` may be read by pages of others, is JSON also when something is wrong, and need not be
    sent again to somebody who has it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith("/api/"):
            return self.get_response(request)
        response = HttpResponse(status=204) if request.method == "OPTIONS" else _in_json(self.get_response(request))
        if response.status_code == HTTPStatus.OK:
            response["Cache-Control"] = f"public, max-age={SECONDS_KEPT}"
            response["ETag"] = f'"{hashlib.blake2b(response.content, digest_size=12).hexdigest()}"'
            response = get_conditional_response(request, etag=response["ETag"], response=response)
        elif request.method != "OPTIONS":
            response["Cache-Control"] = "no-store"
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Allow-Methods"] = "GET, HEAD"
        response["X-Robots-Tag"] = "noindex"
        return response


def _in_json(response: HttpResponse) -> HttpResponse:
    status = response.status_code
    if status < 400 or response.get("Content-Type", "").startswith("application/json"):
        return response
    said = JsonResponse({"detail": SAID.get(status, HTTPStatus(status).description)}, status=status)
    for name in ("Allow", "Retry-After"):
        if name in response:
            said[name] = response[name]
    return said
