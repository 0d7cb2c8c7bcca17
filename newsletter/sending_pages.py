"""What newsletter editors see while a letter goes out, and afterwards. Below `/newsroom/sending/`."""

import csv
import logging
from collections.abc import Iterator
from functools import wraps

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from civic.lib.forms import as_id
from newsletter import figures, readers, sending
from newsletter.figures import Figures
from newsletter.guarding import View, for_newsletter_editors
from newsletter.models import Issue
from newsletter.models.deliveries import State

logger = logging.getLogger(__name__)

LETTERS = 20  # on a page
_UNDER_WAY = (Issue.State.FREEZING, Issue.State.SENDING, Issue.State.PAUSED)
_AGAIN = (Issue.State.SENDING, Issue.State.PAUSED, Issue.State.DONE)
_BELOW = "newsletter/newsroom"


def sees_addresses(request: HttpRequest) -> bool:
    return request.user.has_perm("newsletter.change_subscriber")


# --- looking --------------------------------------------------------------------------------------


@require_safe
@for_newsletter_editors
def letters(request: HttpRequest) -> HttpResponse:
    """Letters on their way and done, the newest first, with their figures."""
    known = Q(frozen_at__isnull=False) | Q(state__in=_UNDER_WAY)
    rows = Issue.objects.filter(known).select_related("newsletter", "figures", "mailing").order_by("-pk")
    rows = rows.defer("blocks", "content")
    if before := as_id(request.GET.get("before", "")):
        rows = rows.filter(pk__lt=min(before, 2**31 - 1))
    found = list(rows[: LETTERS + 1])
    shown = found[:LETTERS]
    counts = figures.counts_of_each(shown)
    listed = [(issue, Figures(counts.get(issue.pk, {}))) for issue in shown]
    context = {"listed": listed, "more": shown[-1].pk if len(found) > LETTERS else None}
    return _page(request, "sending_letters", "On their way", context)


@require_safe
@for_newsletter_editors
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """One letter: how far it is, at what speed, what went wrong, and the buttons."""
    issue = _issue(pk)
    found = figures.figures_of(issue)
    return _page(request, "sending_letter", issue.subject, {**_state_of(issue, found), "is_whole_page": True})


@require_safe
@for_newsletter_editors
def now(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of that page that changes, for its script to ask while somebody looks."""
    issue = _issue(pk)
    answer = render(request, f"{_BELOW}/_sending_now.html", _state_of(issue, figures.figures_of(issue, slow=False)))
    answer["X-Sending-State"] = issue.state
    return answer


def _state_of(issue: Issue, found: Figures) -> dict:
    return {
        "issue": issue,
        "figures": found,
        "is_under_way": issue.state in _UNDER_WAY,
        "can_pause": issue.state == Issue.State.SENDING,
        "can_resume": issue.state == Issue.State.PAUSED,
        "can_cancel": issue.state in _UNDER_WAY,
        "failed": found.of(State.FAILED),
        "unknown": found.of(State.UNKNOWN),
        "deferred": found.of(State.DEFERRED),
        "left_out": found.of(State.SKIPPED),
        "now": timezone.now(),
        "why": [
            (label, found.reasons[state])
            for state, label in (
                (State.FAILED, "Refused"),
                (State.DEFERRED, "To be tried again"),
                (State.SKIPPED, "Left out"),
            )
            if found.reasons.get(state)
        ],
        "domains": [_domain(domain, counts) for domain, counts in found.domains],
    }


def _domain(domain: str, counts: dict[str, int]) -> dict:
    own = Figures(counts)
    return {
        "name": domain,
        "readers": own.to_go,
        "sent": own.sent,
        "failed": own.of(State.FAILED),
        "deferred": own.of(State.DEFERRED),
        "unknown": own.of(State.UNKNOWN),
        "waiting": own.waiting,
    }


# --- doing ----------------------------------------------------------------------------------------


def act(view: View) -> View:
    """Something is done with a letter; one comes back to its page."""

    @require_POST
    @for_newsletter_editors
    @wraps(view)
    def done(request: HttpRequest, pk: int) -> HttpResponse:
        issue = _issue(pk)
        view(request, issue)
        return _back(issue)

    return done


@act
def pause(request: HttpRequest, issue: Issue) -> None:
    if sending.pause(issue, f"Paused by {request.user}."):
        _note(request, issue, "paused")
        messages.success(request, "Paused. Nothing more goes out until you go on.")
    else:
        messages.error(request, "It was not on its way, so there was nothing to pause.")


@act
def resume(request: HttpRequest, issue: Issue) -> None:
    if sending.resume(issue):
        _note(request, issue, "resumed")
        messages.success(request, "It goes on where it was paused.")
    else:
        messages.error(request, "It was not paused.")


@require_http_methods(["GET", "HEAD", "POST"])
@for_newsletter_editors
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Asked once more before: it cannot be taken back."""
    issue = _issue(pk)
    if issue.state not in _UNDER_WAY:
        messages.error(request, "It is over already.")
        return _back(issue)
    if request.method == "POST":
        if sending.cancel(issue):
            _note(request, issue, "cancelled")
            messages.success(request, "Cancelled. Who has not got it by now never will.")
        return _back(issue)
    context = {"issue": issue, "figures": figures.figures_of(issue, slow=False)}
    return _page(request, "sending_cancel", "Cancel this letter?", context)


@act
def again(request: HttpRequest, issue: Issue) -> None:
    """To readers of whom nobody knows whether they got it: those that were ticked, and no others."""
    chosen = [number for one in request.POST.getlist("reader") if (number := as_id(one))]
    if issue.state not in _AGAIN:
        messages.error(request, "It was cancelled, so it goes to nobody any more.")
    elif not chosen:
        messages.error(request, "Nobody was ticked, so nothing was sent.")
    elif number := sending.resend_unknown(issue, chosen):
        _note(request, issue, f"sent again to {number} unknown")
        messages.success(request, f"It goes again to {number} reader{'' if number == 1 else 's'}.")
    else:
        messages.error(request, "None of them is unknown any more, so nothing was sent.")


def _note(request: HttpRequest, issue: Issue, what: str) -> None:
    logger.info("issue %s: %s by member %s", issue.pk, what, request.user.pk)


# --- readers --------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@for_newsletter_editors
def readers_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Readers in one state, or all, by pages. A search is posted, for an address does not belong into one of ours,
    where logs would keep it; nothing is changed by it."""
    issue, whole = _issue(pk), sees_addresses(request)
    state = request.GET.get("state", "")
    state = state if state in readers.LISTED else ""
    context = {"issue": issue, "state": state, "whole": whole, "states": readers.LISTED}
    if request.method == "POST":
        address = request.POST.get("address", "").replace("\0", "").strip()[:254]
        one = readers.find(issue, address, whole=whole)
        context |= {"searched": address, "rows": [one] if one else []}
    else:
        after = as_id(request.GET.get("after", "")) or 0
        rows, more = readers.page_of(issue, state, after, whole=whole)
        context |= {"rows": rows, "more": more, "after": after}
    context["can_send_again"] = state == State.UNKNOWN and issue.state in _AGAIN and bool(context["rows"])
    return _page(request, "sending_readers", f"Readers of “{issue.subject}”", context)


@require_safe
@for_newsletter_editors
def readers_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """What became of every letter, a row for each reader, as it is read from the database."""
    issue = _issue(pk)
    answer = StreamingHttpResponse(_csv(issue, whole=sees_addresses(request)), content_type="text/csv; charset=utf-8")
    name = f"{issue.newsletter.slug}-{issue.slot}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    _note(request, issue, "CSV read")
    return answer


class _Echo:
    def write(self, value: str) -> str:
        return value


def _csv(issue: Issue, *, whole: bool) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(
        ["address", "domain", "outcome", "why", "code", "words of the server", "attempts", "at"]
    )
    for one in readers.each(issue, whole=whole):
        at = one.at.isoformat(timespec="seconds") if one.at else ""
        cells = [one.address, one.domain, one.words, one.why, one.code or "", one.said, one.attempts, at]
        yield writer.writerow([safe_cell(cell) for cell in cells])


def safe_cell(value: object) -> str:
    """A cell that no spreadsheet takes for a formula: addresses and the words of servers are written by strangers."""
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


# --- for all --------------------------------------------------------------------------------------


def _issue(pk: int) -> Issue:
    rows = Issue.objects.select_related("newsletter", "figures").defer("blocks", "content")
    return get_object_or_404(rows.exclude(state=Issue.State.DRAFT), pk=pk)


def _back(issue: Issue) -> HttpResponse:
    answer = redirect("newsletter_sending_letter", issue.pk)
    answer.status_code = 303
    return answer


def _page(request: HttpRequest, template: str, title: str, context: dict) -> HttpResponse:
    trail = [{"url": reverse("wagtailadmin_home"), "label": "Home"}]
    trail += [{"url": reverse("newsletter_sending"), "label": "On their way"}]
    if issue := context.get("issue"):
        trail += [{"url": reverse("newsletter_sending_letter", args=[issue.pk]), "label": issue.subject}]
    if title not in (trail[-1]["label"],):
        trail += [{"url": "", "label": title}]
    known = {"breadcrumbs_items": trail, "header_title": title, "page_title": title, "header_icon": "mail"}
    return render(request, f"{_BELOW}/{template}.html", known | context)
