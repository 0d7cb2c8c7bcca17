"""What moderators tell one another: claims, notes, lines to authors that are ready, and how it all goes."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comments.models import Comment
from comments.models.comments import State
from comments.views.common import see_other, wants_json
from moderation.claiming import claim
from moderation.filters import Filter
from moderation.forms import NoteForm, ReadyLineForm
from moderation.models import Note, ReadyLine
from moderation.numbers import load_numbers
from moderation.views import moderators_only


@moderators_only
@require_POST
def claiming(request: HttpRequest, pk: int) -> HttpResponse:
    """This moderator looks at it now. The open page says so again and again; a button does where there is no script."""
    held = claim(_comment(request, pk), by=request.user)
    is_mine = held.by_id == request.user.pk
    if wants_json(request):
        since = timezone.localtime(held.since)
        return JsonResponse({"mine": is_mine, "by": held.by.display_name, "since": f"{since:%H:%M}"})
    return see_other(_case(request, pk))


@moderators_only
@require_POST
def notes(request: HttpRequest, pk: int) -> HttpResponse:
    """A note on a comment, for the other moderators."""
    comment = _comment(request, pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return render(request, "moderation/note.html", {"form": form, "comment": comment}, status=422)
    Note.objects.create(comment=comment, by=request.user, text=form.cleaned_data["text"])
    return see_other(f"{_case(request, pk)}#notes")


@moderators_only
@require_safe
def numbers(request: HttpRequest) -> HttpResponse:
    """How moderation goes."""
    return render(request, "moderation/numbers.html", {"numbers": load_numbers(request.scope), "here": "numbers"})


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def ready_lines(request: HttpRequest) -> HttpResponse:
    """The lines that are offered beside a decision; POST adds one."""
    form = ReadyLineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save()
        return see_other(request.path)
    context = {"lines": list(ReadyLine.objects.select_related("rule")), "form": form, "here": "lines"}
    return render(request, "moderation/ready_lines.html", context, status=422 if form.errors else 200)


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def ready_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one of them, or take it away."""
    line = get_object_or_404(ReadyLine, pk=pk)
    form = ReadyLineForm(request.POST or None, instance=line)
    if request.method == "POST" and "delete" in request.POST:
        line.delete()
        return see_other(reverse("moderation:ready_lines"))
    if request.method == "POST" and form.is_valid():
        form.save()
        return see_other(reverse("moderation:ready_lines"))
    context = {"line": line, "form": form, "here": "lines"}
    return render(request, "moderation/ready_line.html", context, status=422 if form.errors else 200)


def _comment(request: HttpRequest, pk: int) -> Comment:
    return get_object_or_404(request.scope.comments(Comment.objects.exclude(state=State.UNCONFIRMED)), pk=pk)


def _case(request: HttpRequest, pk: int) -> str:
    return reverse("moderation:case", args=[pk]) + Filter.of(request.GET).query
