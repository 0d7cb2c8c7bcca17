"""Evidence over HTTP: what is kept, why, until when. Moderators only."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from civic.lib.errors import Refusal
from comments.models import Comment
from comments.models.comments import State
from comments.views.common import see_other
from moderation.forms import EvidenceForm
from moderation.keeping import keep_evidence, let_go
from moderation.models import EvidenceHold
from moderation.views import moderators_only

LISTED = 30


@moderators_only
@require_safe
def evidence(request: HttpRequest) -> HttpResponse:
    """All that is kept at the moment, what ends first on top."""
    holds = request.scope.about_comments(EvidenceHold.objects.standing())
    holds = holds.select_related("comment__thread", "comment__member", "comment__guest", "by")
    page = Paginator(holds.order_by("until", "pk"), LISTED).get_page(request.GET.get("page"))
    return render(
        request, "moderation/evidence.html", {"page": page, "saved": "saved" in request.GET, "here": "evidence"}
    )


@moderators_only
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a comment as evidence: GET asks why and for how long, POST does it."""
    comments = request.scope.comments(Comment.objects.exclude(state=State.UNCONFIRMED))
    comment = get_object_or_404(comments.with_writers().select_related("thread"), pk=pk)
    form, refusal, status = EvidenceForm(), None, 200
    if request.method == "POST":
        form = EvidenceForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                keep_evidence(comment, by=request.user, **form.cleaned_data)
                return see_other(reverse("moderation:evidence") + "?saved=1")
            except Refusal as found:
                refusal, status = found, found.status
    context = {"comment": comment, "form": form, "refusal": refusal}
    return render(request, "moderation/keep_evidence.html", context, status=status)


@moderators_only
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """It need not be kept any longer."""
    holds = request.scope.about_comments(EvidenceHold.objects.standing())
    hold = get_object_or_404(holds.select_related("comment"), pk=pk)
    let_go(hold, by=request.user)
    return see_other(reverse("moderation:evidence") + "?saved=1")
