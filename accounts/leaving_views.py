"""`/me/leave/`: leaving for good, and taking along what is known."""

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import leaving
from accounts.exporting import everything_about
from accounts.forms import LeaveForm
from accounts.leaving import Choice, LastAdmin
from civic.lib import tokens


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """What happens to whom leaves, and the choice. POST has the letter written that does it."""
    form = LeaveForm(request.POST if request.method == "POST" else None)
    try:
        leaving.check_may_leave(request.user)
    except LastAdmin as refusal:
        return render(request, "accounts/leave.html", {"refusal": refusal})
    if form.is_valid():
        leaving.ask(request.user, Choice(form.words_go, form.cleaned_data["letters"]))
        return redirect(f"{reverse('leave')}?sent=1")
    sent = "sent" in request.GET and not form.is_bound
    return render(request, "accounts/leave.html", {"form": form, "sent": sent}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """From the letter. GET shows, for programs that check mail follow links; POST does it.

    The link itself is the right to do so: the letter may be read on a telephone where nobody is signed in.
    """
    try:
        member, choice = leaving.read_token(token)
    except tokens.OldToken:
        return _bare(render(request, "leave_old.html", {"again": reverse("leave")}, status=410))
    except tokens.BadToken:
        raise Http404 from None
    if request.method != "POST":
        return _bare(render(request, "accounts/leave_by_letter.html", {"member": member, "choice": choice}))
    leaving.leave(member, choice)
    if request.user.is_authenticated and request.user.pk == member.pk:
        logout(request)
    return redirect("left")


@never_cache
@require_safe
def left(request: HttpRequest) -> HttpResponse:
    return _bare(render(request, "left.html"))


@login_required
@never_cache
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """All that is known about a member, as a file to take along."""
    response = JsonResponse(everything_about(request.user), json_dumps_params={"indent": 2, "ensure_ascii": False})
    name = f"{timezone.localdate():%Y-%m-%d}-{request.site.name}.json"
    response["Content-Disposition"] = f'attachment; filename="{_plain(name)}"'
    return response


def _plain(name: str) -> str:
    return "".join(sign if (sign.isalnum() and sign.isascii()) or sign in "-." else "-" for sign in name)


def _bare(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response
