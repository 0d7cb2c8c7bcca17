"""Guests: confirming an address, private links in letters, and leaving a shared computer clean."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from civic.lib import tokens
from civic.lib.origin import prefix_hash
from comments import confirming
from comments.models import Guest
from comments.models.comments import State
from comments.models.guests import LETTER
from comments.quoting import let_quote
from comments.readers import forget_guest, guest_key_of, reader_of, remember_guest
from comments.views.common import bare, private, readable_comment, see_other


@require_POST
def letter_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Another confirmation letter, asked for by whoever wrote the comment."""
    comment = readable_comment(pk)
    if not comment.belongs_to(reader_of(request)) or comment.state != State.UNCONFIRMED:
        raise Http404
    written = confirming.ask_to_confirm(comment.guest, prefix_hash(request))
    return see_other(f"{comment.get_absolute_url()}?letter={'sent' if written else 'later'}")


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """A guest's address. GET shows a button, for programs that scan mail follow links; POST confirms.

    The browser that posted has the key already, for as long as was asked for; any other gets it until it is closed.
    """
    days = settings.COMMENT_CONFIRM_DAYS
    try:
        guest = confirming.guest_in(token)
    except tokens.OldToken:
        return bare(render(request, "comments/confirm_old.html", {"days": days}, status=410))
    except tokens.BadToken:
        raise Http404 from None
    first = guest.comments.select_related("thread").order_by("pk").first()
    if request.method == "POST":
        key = guest_key_of(request)
        guest = confirming.confirm(guest, device_key=key)
        response = see_other(first.get_absolute_url() if first else "/")
        if guest.key != key:
            remember_guest(response, guest, keep=False)
        return response
    return bare(render(request, "comments/confirm.html", {"guest": guest, "first": first, "days": days}))


@require_GET
def by_letter(request: HttpRequest, token: str, pk: int, to: str = "comments:comment") -> HttpResponse:
    """A private link in a letter: gives this browser the guest's key and goes on to a clean address, `to` this page of
    the comment."""
    try:
        guest = Guest.objects.confirmed().get(pk=int(tokens.read(LETTER, token)))
    except (tokens.BadToken, ValueError, Guest.DoesNotExist):
        raise Http404 from None
    response = redirect(to, pk=pk)
    remember_guest(response, guest, keep=False)
    return bare(response)


@require_POST
def quoting(request: HttpRequest) -> HttpResponse:
    """Whether letters may quote what this guest wrote. Members have the same among their settings."""
    let_quote(reader_of(request), request.POST.get("quote") == "yes")
    return see_other(f"{reverse('comments:mine')}#quoting")


@require_http_methods(["GET", "HEAD", "POST"])
def device(request: HttpRequest) -> HttpResponse:
    """What this browser keeps about whoever writes in it. GET shows it, POST has it forgotten."""
    if request.method == "POST":
        response = see_other(f"{request.path}?forgotten=yes")
        forget_guest(response)
        response["Clear-Site-Data"] = '"storage"'  # what scripts keep, for browsers that run none at the moment
        return private(response)
    key = guest_key_of(request)
    names = Guest.objects.filter(key=key).order_by("name").values_list("name", flat=True).distinct() if key else ()
    return private(render(request, "comments/device.html", {"has_key": key is not None, "names": list(names)}))
