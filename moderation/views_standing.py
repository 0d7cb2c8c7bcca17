"""One's own standing over HTTP: what was decided, "I have read this", and asking for a second look."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from civic.lib import tokens
from civic.lib.errors import Refusal
from civic.lib.forms import as_id
from comments.models import Guest
from comments.models.guests import LETTER
from comments.readers import reader_of, remember_guest
from comments.views.common import bare, private, see_other
from moderation import standing
from moderation.forms_appeals import AppealForm
from moderation.measure_appeals import open_measure_appeal
from moderation.own_standing import load_own_standing, persons_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_standing(request: HttpRequest) -> HttpResponse:
    """A member's own standing."""
    return _standing(request)


@require_http_methods(["GET", "HEAD", "POST"])
def guest_standing(request: HttpRequest) -> HttpResponse:
    """The standing of the guest of this browser. Members have a page of their own."""
    if reader_of(request).member:
        return redirect("my_standing")
    return _standing(request)


@require_GET
def standing_by_letter(request: HttpRequest, token: str) -> HttpResponse:
    """A guest's private link in a letter: gives this browser the key and goes on to the clean address."""
    try:
        guest = Guest.objects.confirmed().get(pk=int(tokens.read(LETTER, token)))
    except (tokens.BadToken, ValueError, Guest.DoesNotExist):
        raise Http404 from None
    response = redirect("answering:standing")
    remember_guest(response, guest, keep=False)
    return bare(response)


def _standing(request: HttpRequest) -> HttpResponse:
    """POST: `acknowledge` names a warning that was read, `appeal` a measure, with `text`."""
    persons = persons_of(reader_of(request))
    shown = load_own_standing(persons)
    form, refusal, status, about = AppealForm(), None, 200, None
    if request.method == "POST":
        about = as_id(request.POST.get("acknowledge") or request.POST.get("appeal", ""))
        own = next((one for one in shown if one.measure.pk == about), None)
        if own is None:
            raise Http404
        if "acknowledge" in request.POST:
            standing.acknowledge(own.measure, person=own.person)
            return see_other(f"{request.path}?read")
        form, status = AppealForm(request.POST), 422
        if form.is_valid():
            try:
                open_measure_appeal(own.measure, person=own.person, text=form.cleaned_data["text"])
                return see_other(f"{request.path}#m{about}")
            except Refusal as found:
                refusal, status = found, found.status
    context = {
        "known": bool(persons),
        "shown": [(one, _form_for(one, form if one.measure.pk == about else None)) for one in shown],
        "refusal": refusal,
        "read": "read" in request.GET,
    }
    return private(render(request, "moderation/standing.html", context, status=status))


def _form_for(one, posted: AppealForm | None) -> AppealForm | None:
    """Each measure has a form of its own on the page, with ids of its own."""
    if not one.may_appeal:
        return None
    form = posted or AppealForm()
    form.auto_id = f"m{one.measure.pk}-%s"
    return form
