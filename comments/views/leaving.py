"""A guest leaves for good: with the key of this browser at once, with the whole address after a letter."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from civic.lib import tokens
from comments import leaving
from comments.leave_form import LeaveForm
from comments.models import Guest
from comments.readers import Reader, forget_guest, reader_of
from comments.views.common import bare, private, see_other


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """What happens to whom leaves, and the choice. Members have a page of their own for it."""
    reader = reader_of(request)
    if reader.member:
        return redirect("leave")
    guest = _guest_of(reader)
    if guest is None:
        return private(render(request, "comments/leave.html"))
    form = LeaveForm(request.POST if request.method == "POST" else None, guest=guest)
    if form.is_valid():
        if form.asks_for_letter:
            leaving.ask(guest, words_go=form.words_go)
            return see_other(f"{reverse('comments:leave')}?sent=1")
        leaving.let_go(leaving.with_key(reader.guest_key), words_go=form.words_go)
        return _gone()
    context = {"guest": guest, "form": form, "sent": "sent" in request.GET and not form.is_bound}
    return private(render(request, "comments/leave.html", context, status=422 if form.errors else 200))


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """From the letter, which has proven the address anew. GET shows, POST does it."""
    try:
        guest, words_go = leaving.read_token(token)
    except tokens.OldToken:
        return bare(render(request, "leave_old.html", {"again": reverse("comments:leave")}, status=410))
    except tokens.BadToken:
        raise Http404 from None
    if request.method != "POST":
        return bare(render(request, "comments/leave_by_letter.html", {"guest": guest, "words_go": words_go}))
    leaving.let_go(leaving.with_key(guest.key) | leaving.with_address(guest.email), words_go=words_go)
    return _gone()


@require_safe
def left(request: HttpRequest) -> HttpResponse:
    return bare(render(request, "left.html"))


def _guest_of(reader: Reader) -> Guest | None:
    """The newest name of this browser; one with a proven address first."""
    names = Guest.objects.filter(key=reader.guest_key) if reader.guest_key else Guest.objects.none()
    return max(names, key=lambda name: (name.is_confirmed, name.pk), default=None)


def _gone() -> HttpResponse:
    response = see_other(reverse("comments:left"))
    forget_guest(response)
    return response
