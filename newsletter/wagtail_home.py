"""Letters on the newsroom's first page: what waits for somebody and what is on its way. `wagtail_hooks` imports it."""

from typing import Any

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.urls import reverse
from wagtail import hooks
from wagtail.admin.ui.components import Component

from newsletter.models import Issue

State = Issue.State
_UNDER_WAY = (State.PAUSED, State.SENDING, State.FREEZING)
_BEFORE = (State.APPROVED, State.DRAFT, State.SCHEDULED)
_ORDER = (*_UNDER_WAY, *_BEFORE)


class LettersAtHand(Component):
    """Letters that somebody must do something about stand first, those that went out last. Two queries."""

    name = "letters_at_hand"
    template_name = "newsletter/newsroom/_home.html"
    order = 50
    LISTED = 10
    SENT = 3

    def get_context_data(self, parent_context) -> dict[str, Any]:
        user = parent_context["request"].user
        if not user.has_perm("newsletter.change_issue"):
            return {"may": False}
        lines = [*at_hand()[: self.LISTED], *gone_out()[: self.SENT]]
        return {"may": True, "letters": [_line(issue, user) for issue in lines]}


def at_hand() -> QuerySet[Issue]:
    ranks = Case(*(When(state=state, then=Value(rank)) for rank, state in enumerate(_ORDER)))
    return _rows().filter(state__in=_ORDER).order_by(ranks, F("scheduled_at").asc(nulls_last=True), "-pk")


def gone_out() -> QuerySet[Issue]:
    return _rows().filter(Q(state=State.DONE)).order_by("-sent_at", "-pk")


def _rows() -> QuerySet[Issue]:
    return Issue.objects.select_related("newsletter", "written_by", "changed_by").defer("content", "blocks")


def _line(issue: Issue, user) -> dict[str, Any]:
    name = "newsletter_sending_letter" if issue.has_begun else "newsletter_issue"
    return {"issue": issue, "url": reverse(name, args=[issue.pk]), "next": _next(issue, user)}


def _next(issue: Issue, user) -> str:
    """What this user may do about it, in a few words."""
    match issue.state:
        case State.DRAFT if user in (issue.written_by, issue.changed_by):
            return "Yours. Somebody else must approve it"
        case State.DRAFT:
            return "Read it, and approve it"
        case State.APPROVED:
            return "Say when it goes out"
        case State.PAUSED:
            return issue.pause_reason or "Waits for somebody to let it go on"
    return ""


@hooks.register("construct_homepage_panels")
def show_letters(request: HttpRequest, panels: list) -> None:
    panels.append(LettersAtHand())
