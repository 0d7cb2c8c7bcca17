"""Every address of the site, as the URLconf has it."""

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver


def every_route(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """All routes from the root on, as they are written: `discuss/c/<int:pk>/reply/`. Regular expressions lose their
    anchors and keep the names of their parts: `<year>/<month>/<slug>/`."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + readable(str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from every_route(pattern, route)


def readable(route: str) -> str:
    return re.sub(r"\(\?P(<\w+>)(?:[^()]|\([^()]*\))*\)", r"\1", route.removeprefix("^").removesuffix("$"))
