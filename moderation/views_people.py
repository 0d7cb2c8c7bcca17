"""People at the desk: who has a standing, one person, measures on them, and second looks at those."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Suspension, User
from civic.lib.errors import Refusal
from comments.models import Guest
from comments.views.common import see_other
from moderation import standing
from moderation.desk_people import find_people, list_standing, load_person
from moderation.errors import StandingChanged
from moderation.forms_appeals import SecondLookAtMeasureForm
from moderation.forms_standing import LiftForm, MeasureForm
from moderation.measure_appeals import decide_measure_appeal, waiting_for
from moderation.models import StandingDecision
from moderation.people import Person
from moderation.standing_letters import desk_path
from moderation.standing_words import meaning_of, title_of
from moderation.views import moderators_only


@moderators_only
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with a standing now; or who is found by a name or an address."""
    query = request.GET.get("q", "").replace("\0", "").strip()[:200]
    lines, page = ([], None) if query else list_standing(request.scope, request.GET.get("page", ""))
    context = {
        "query": query,
        "found": find_people(query, request.scope) if query else [],
        "lines": lines,
        "page": page,
    }
    context |= {"appeals": list(waiting_for(request.scope)), "here": "people", "done": "done" in request.GET}
    return render(request, "moderation/people.html", context)


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def member(request: HttpRequest, pk: int) -> HttpResponse:
    return _person(request, Person.of_member(get_object_or_404(User, pk=pk)))


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def guest(request: HttpRequest, pk: int) -> HttpResponse:
    """A guest who has proven an address. Whoever has an account with it is shown there."""
    person = Person.of_guest(get_object_or_404(Guest, pk=pk))
    if person and person.member and person.is_known_in(request.scope) and request.method != "POST":
        return redirect("moderation:member", pk=person.member.pk)
    return _person(request, person)


@moderators_only
@require_POST
def lifting(request: HttpRequest, pk: int) -> HttpResponse:
    """End a measure."""
    stands = get_object_or_404(Suspension.objects.select_related("member"), pk=pk)
    form = LiftForm(request.POST)
    typed = form.data.get("words", "").replace("\0", "")[:1000]  # where it is too long, as much as fits
    words = form.cleaned_data["words"] if form.is_valid() else typed
    return _decided(request, stands, lambda person: standing.lift(stands, by=request.user, words=words, person=person))


@moderators_only
@require_POST
def confirming(request: HttpRequest, pk: int) -> HttpResponse:
    """The second moderator confirms a ban."""
    banned = get_object_or_404(Suspension.objects.select_related("member"), pk=pk)
    return _decided(request, banned, lambda person: standing.confirm_ban(banned, by=request.user, person=person))


@moderators_only
@require_POST
def undoing(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a decision about somebody back."""
    made = get_object_or_404(StandingDecision.objects.select_related("measure__member"), pk=pk)
    return _decided(request, made.measure, lambda person: standing.undo(made, by=request.user, person=person))


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def measure_appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """One second look at a measure: the person, the measure, what they say."""
    found = get_object_or_404(waiting_for(request.scope), pk=pk)
    person = Person.of_row(found)
    if person is None:
        raise Http404
    form, refusal, status = SecondLookAtMeasureForm(), None, 200
    if request.method == "POST":
        form, status = SecondLookAtMeasureForm(request.POST), 422
        if form.is_valid():
            try:
                decide_measure_appeal(found, by=request.user, **form.cleaned_data)
                return see_other(reverse("moderation:people") + "?done")
            except Refusal as conflict:
                refusal, status = conflict, conflict.status
    measure = found.measure
    context = {"appeal": found, "measure": measure, "person": person, "url": desk_path(person), "form": form}
    context |= {
        "title": title_of(measure.kind, is_unconfirmed=measure.is_unconfirmed),
        "meaning": meaning_of(measure.kind, until=measure.until, is_unconfirmed=measure.is_unconfirmed),
        "refusal": refusal,
        "here": "people",
    }
    return render(request, "moderation/measure_appeal.html", context, status=status)


def _person(request: HttpRequest, person: Person | None) -> HttpResponse:
    """GET shows, POST decides something new."""
    if person is None or not person.is_known_in(request.scope):
        raise Http404
    if request.method != "POST":
        return _drawn(request, person, done="done" in request.GET)
    form = MeasureForm(request.POST)
    if not form.is_valid():
        return _drawn(request, person, form=form, status=422)
    values = form.cleaned_data
    try:
        standing.measure(
            person,
            Suspension.Kind(values["kind"]),
            by=request.user,
            rule=values["rule"],
            until=values["until"],
            words=values["words"],
            seen=values["seen"],
        )
    except Refusal as refusal:
        return _drawn(request, person, form=form, refusal=refusal, status=refusal.status)
    return see_other(desk_path(person) + "?done")


def _decided(request: HttpRequest, stands: Suspension, decide: Callable[[Person], object]) -> HttpResponse:
    """Carry out a decision about a measure and show its person; what cannot be is said there."""
    person = Person.of_key(request.POST.get("of", "")) or Person.of_measure(stands)
    if person is None or not person.is_known_in(request.scope) or not person.measures().filter(pk=stands.pk).exists():
        raise Http404
    try:
        decide(person)
    except Refusal as refusal:
        return _drawn(request, person, refusal=refusal, status=refusal.status)
    return see_other(desk_path(person) + "?done")


def _drawn(request, person, *, form=None, refusal=None, done=False, status=200) -> HttpResponse:
    shown = load_person(person, request.scope)
    if isinstance(refusal, StandingChanged) and form:  # what was typed stays; the next press is about what is shown
        form.data = form.data.copy()
        form.data["seen"] = shown.seen
    context = {
        "shown": shown,
        "person": person,
        "url": desk_path(person),
        "form": form or MeasureForm(initial={"seen": shown.seen}),
        "refusal": refusal,
        "done": done,
        "here": "people",
    }
    return render(request, "moderation/person.html", context, status=status)
