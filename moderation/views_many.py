"""Many comments at once: choose, look at what would happen, do it, take it back."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comments.models import Comment, HouseRule
from comments.models.comments import State
from comments.views.common import see_other
from moderation.batches import can_be_undone, decide_many, decided_in, plan, recent_batches, undo_many
from moderation.filters import Filter, choices
from moderation.forms import ManyForm
from moderation.models import Batch
from moderation.queue import load_queue
from moderation.views import moderators_only


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def many(request: HttpRequest) -> HttpResponse:
    """What a filter means, to be chosen from. POST shows what would happen, and does it when that was looked at."""
    if request.method != "POST":
        return _choosing(request, ManyForm())
    form = ManyForm(request.POST)
    if not form.is_valid():
        return _choosing(request, form, status=422)
    values = form.cleaned_data
    comments = request.scope.comments(Comment.objects.exclude(state=State.UNCONFIRMED)).with_writers()
    found = plan(comments.filter(pk__in=[one.pk for one in values["chosen"]]), values["wish"], values["chosen"])
    if not found.acts or "look" in request.POST:
        context = {"plan": found, "form": form, "filter": Filter.of(request.GET, blind=request.site.decides_blind)}
        return render(request, "moderation/many_looked.html", context)
    batch = decide_many(found, by=request.user, rule=values["rule"], note=values["note"])
    return see_other(reverse("moderation:batch", args=[batch.pk]))


@moderators_only
@require_safe
def batches(request: HttpRequest) -> HttpResponse:
    """What was decided in batches, by whom."""
    return render(request, "moderation/batches.html", {"batches": recent_batches(request.scope), "here": "many"})


@moderators_only
@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """What was decided at once, and the button that takes it back."""
    found = _batch(request, pk)
    decisions = list(decided_in(found)[: settings.BATCH_AT_MOST])
    context = {"batch": found, "decisions": decisions, "undoable": bool(decisions) and can_be_undone(found)}
    return render(request, "moderation/batch.html", context | {"here": "many"})


@moderators_only
@require_POST
def batch_undoing(request: HttpRequest, pk: int) -> HttpResponse:
    made = undo_many(_batch(request, pk), by=request.user)
    return see_other(reverse("moderation:batch", args=[made.pk]))


def _batch(request: HttpRequest, pk: int) -> Batch:
    return get_object_or_404(request.scope.batches(Batch.objects.select_related("by", "undoes")), pk=pk)


def _choosing(request: HttpRequest, form: ManyForm, status: int = 200) -> HttpResponse:
    queue = load_queue(
        Filter.of(request.GET, blind=request.site.decides_blind).at(), request.scope, at_most=settings.BATCH_AT_MOST
    )
    chosen = set(form.data.getlist("chosen")) if form.is_bound else None
    context = {
        "queue": queue,
        "filter": queue.filter,
        "form": form,
        "chosen": chosen,
        "all_chosen": "all" in request.GET and not form.is_bound,
        "rules": HouseRule.known(request.site),
        "choices": choices(blind=request.site.decides_blind),
        "at_most": settings.BATCH_AT_MOST,
    }
    return render(request, "moderation/many.html", context, status=status)
