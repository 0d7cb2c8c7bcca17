"""Who comes into the rooms of letters in the newsroom."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

View = Callable[..., HttpResponse]


def for_newsletter_editors(view: View) -> View:
    """Wagtail lets everybody in who works at the paper; letters are for those who may change them."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.has_perm("newsletter.change_issue"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
