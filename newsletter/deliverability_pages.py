"""`/newsroom/deliverability/`: do letters arrive, and what do the providers hold against us?"""

from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from django.db.models import Count, Max, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from civic.lib import limits
from newsletter import complaints, deliverability, floods
from newsletter.dkim import BadKey
from newsletter.guarding import for_newsletter_editors
from newsletter.models import Bounce, SignupFlood, Stray
from newsletter.trying import send_test_letter

REFUSALS_SHOWN = 10
CHECKS_AN_HOUR = 30  # each asks a dozen questions of other people's servers
TEST_LETTERS_AN_HOUR = 10


@require_safe
@for_newsletter_editors
def page(request: HttpRequest) -> HttpResponse:
    """Shows what was found when somebody last asked. Opening it asks nobody but our own database."""
    whole, by_issue = complaints.lately()
    since = timezone.localdate() - timedelta(days=complaints.DAYS)
    strays = Stray.objects.filter(day__gte=since).exclude(kind="ignore").aggregate(number=Sum("number"))
    return render(
        request,
        "newsletter/newsroom/deliverability.html",
        {
            "page_title": "Deliverability",
            "header_title": "Deliverability",
            "header_icon": "mail",
            "breadcrumbs_items": [
                {"url": "/newsroom/", "label": "Home"},
                {"url": "", "label": "Deliverability"},
            ],
            "report": deliverability.last_report(),
            "names": deliverability.Names.ours(),
            "whole": whole,
            "by_issue": by_issue,
            "days": complaints.DAYS,
            "refusals": refusals(since),
            "came_back": dict(Bounce.objects.since(since).values_list("kind").annotate(number=Count("pk"))),
            "strays": strays["number"] or 0,
            "signups": signups(timezone.now()),
        },
    )


@require_POST
@for_newsletter_editors
def check(request: HttpRequest) -> HttpResponse:
    if _too_often(request, "checks", CHECKS_AN_HOUR):
        return _back()
    deliverability.check()
    return _back()


@require_POST
@for_newsletter_editors
def test_letter(request: HttpRequest) -> HttpResponse:
    """To the address of whoever presses: nobody can write to others with it."""
    if _too_often(request, "test-letters", TEST_LETTERS_AN_HOUR):
        return _back()
    try:
        send_test_letter(request.user.email)
    except (SMTPException, OSError, BadKey) as error:
        messages.error(request, f"It could not be sent: {error}")
    else:
        messages.success(request, f"A test letter is on its way to {request.user.email}.")
    return _back()


def refusals(since) -> QuerySet:
    """What servers said when they refused us rather than a reader, most frequent first: `said`, `number`, `last`."""
    rows = Bounce.objects.at_fault().since(since).exclude(said="").values("said", "status")
    return rows.annotate(number=Count("pk"), last=Max("day")).order_by("-number", "-last")[:REFUSALS_SHOWN]


def signups(now) -> dict[str, Any]:
    """`flood`: whether confirmation letters are held back, since when, how many. `letters` and `proven`: of the last
    that had time to be answered, how many were."""
    letters, proven = floods.answers(now)
    return {"flood": SignupFlood.now(), "letters": letters, "proven": proven, "trickle": floods.TRICKLE_AN_HOUR}


def _too_often(request: HttpRequest, what: str, times: int) -> bool:
    wait = limits.take(f"newsletter.{what}", str(request.user.pk), times=times, within=timedelta(hours=1))
    if wait:
        messages.warning(request, f"That was often enough for now. Please try again in {-(-wait // 60)} minutes.")
    return bool(wait)


def _back() -> HttpResponse:
    answer = redirect("newsletter_deliverability")
    answer.status_code = 303
    return answer
