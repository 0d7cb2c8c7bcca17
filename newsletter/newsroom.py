"""The page of one letter in the newsroom: how it looks, what was checked, and what happens to it next.

Below `/newsroom/letters/`. Everybody here may change issues; what else is asked of them, `newsletter.approving` says.
"""

from functools import wraps
from smtplib import SMTPException
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from civic.lib.errors import Refusal
from civic.lib.forms import as_id
from civic.lib.site import SiteSettings
from newsletter import approving, linting, preview, visiting
from newsletter.editions import edition_of
from newsletter.forms_newsroom import ScheduleForm
from newsletter.guarding import View, for_newsletter_editors
from newsletter.models import Cadence, Issue, Subscription
from newsletter.slots import comes_twice


def act(view: View) -> View:
    """Something is done with a letter. What forbids it is said on the page of the letter, to which one comes back."""

    @require_POST
    @for_newsletter_editors
    @wraps(view)
    def done(request: HttpRequest, pk: int) -> HttpResponse:
        try:
            answer = view(request, get_object_or_404(Issue.objects.select_related("newsletter"), pk=pk))
        except Refusal as refusal:
            messages.error(request, f"{refusal.title}: {refusal.message}")
            answer = None
        if answer is None:
            answer = redirect("newsletter_issue", pk)
            answer.status_code = 303
        return answer

    return done


@require_safe
@for_newsletter_editors
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    return issue_page(request, _with_people(pk))


def issue_page(
    request: HttpRequest,
    issue: Issue,
    *,
    form: ScheduleForm | None = None,
    visits: list[visiting.Visit] | None = None,
    status: int = 200,
) -> HttpResponse:
    """All about one letter. About twenty queries, however many readers it has but for their number."""
    zone = SiteSettings.current().zone
    readers = Subscription.objects.active().filter(newsletter=issue.newsletter, cadence=issue.cadence)
    before_it_goes = issue.can_be_cancelled
    findings = linting.lint(issue) if before_it_goes else []
    with timezone.override(zone):
        context = {
            "issue": issue,
            "newsletter": issue.newsletter,
            "zone": zone,
            "readers": readers.count(),
            "later": 0 if issue.is_automatic else _readers_later(issue),
            "findings": findings,
            "must_be_mended": [finding for finding in findings if finding.blocks],
            "advice": [finding for finding in findings if not finding.blocks],
            "kilobytes": max(1, edition_of(issue).html_bytes // 1024),
            "before_it_goes": before_it_goes,
            "is_on_the_web": issue.sent_at is not None and Issue.objects.readable().filter(pk=issue.pk).exists(),
            "is_own": issue.was_written_by(request.user),
            "form": form or ScheduleForm(zone=zone, initial={"at": issue.scheduled_at}),
            "now": timezone.localtime(),
            "visits": visits,
            "dead": [visit for visit in visits or [] if visit.trouble],
            "modes": Issue.preview_modes,
            "edit_url": reverse(Issue.snippet_viewset.get_url_name("edit"), args=[issue.pk]),
            "breadcrumbs_items": [
                {"url": reverse("wagtailadmin_home"), "label": "Home"},
                {"url": reverse(Issue.snippet_viewset.get_url_name("list")), "label": "Letters"},
                {"url": "", "label": str(issue)},
            ],
            "header_title": str(issue),
            "header_icon": "mail",
        }
        return render(request, "newsletter/newsroom/issue.html", context, status=status)


@require_safe
@for_newsletter_editors
def shown(request: HttpRequest, pk: int, mode: str) -> HttpResponse:
    """The letter itself, for a frame on that page or a window of its own."""
    if mode not in dict(Issue.preview_modes):
        raise Http404
    return preview.shown(request, get_object_or_404(Issue.objects.select_related("newsletter__reward"), pk=pk), mode)


@act
def test_letter(request: HttpRequest, issue: Issue) -> None:
    try:
        preview.send_test_letter(issue, request.user)
    except (SMTPException, OSError) as error:
        messages.error(request, f"The mail server did not take the test letter: {error}")
    else:
        messages.success(request, f"A test letter is on its way to {request.user.email}.")


@act
def visit_links(request: HttpRequest, issue: Issue) -> HttpResponse:
    """Asks every address in the letter whether it is there. It changes nothing, and takes as long as the slowest."""
    visits = visiting.visit_all(linting.links_of(issue))
    return issue_page(request, _with_people(issue.pk), visits=visits)


@act
def approve(request: HttpRequest, issue: Issue) -> None:
    approving.approve(issue.pk, request.user, version=as_id(request.POST.get("version", "")) or 0)
    messages.success(request, "Approved. Now say when it shall go out.")


@act
def schedule(request: HttpRequest, issue: Issue) -> HttpResponse | None:
    zone = SiteSettings.current().zone
    form = ScheduleForm(request.POST, zone=zone)
    if not form.is_valid():
        return issue_page(request, _with_people(issue.pk), form=form, status=422)
    at = form.cleaned_data["at"]
    approving.schedule(issue.pk, at)
    local = at.astimezone(ZoneInfo(zone))
    if form.cleaned_data["now"]:
        messages.success(request, "It goes out now.")
        return None
    words = f"It goes out on {local:%A}, {local.day} {local:%B} at {local:%H:%M}, by the clock of the paper."
    if comes_twice(local.date(), local.time(), zone):
        words += " That hour comes twice in that night: it will be the first of the two."
    messages.success(request, words)
    return None


@act
def take_back(request: HttpRequest, issue: Issue) -> HttpResponse:
    approving.take_back(issue.pk)
    messages.success(request, "It is a draft again. Once it is changed, somebody must approve it anew.")
    return redirect(reverse(Issue.snippet_viewset.get_url_name("edit"), args=[issue.pk]))


@act
def cancel(request: HttpRequest, issue: Issue) -> None:
    approving.cancel(issue.pk)
    messages.success(request, "Cancelled. This letter will not go out.")


def _readers_later(issue: Issue) -> int:
    """How many want letters more seldom: see `newsletter.roundups`."""
    more_seldom = Cadence.values[Cadence.values.index(issue.cadence) + 1 :]
    rows = Subscription.objects.active().filter(newsletter=issue.newsletter, cadence__in=more_seldom)
    return rows.count()


def _with_people(pk: int) -> Issue:
    found = Issue.objects.select_related("newsletter__reward", "written_by", "changed_by", "approved_by")
    return get_object_or_404(found, pk=pk)
