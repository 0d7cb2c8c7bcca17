"""What the desk keeps about people: taken along by members, forgotten when they or guests leave for good."""

from typing import Any

from django.conf import settings
from django.db.models import Q

from accounts.models import User
from civic.lib.jobs import every
from comments.models import Guest
from moderation.models import Appeal, Report
from moderation.report_jobs import NOTHING, forget_address, forget_leavers


def everything_about(member: User) -> dict[str, Any]:
    """Sections of the export: what they asked to have looked at again and what they reported, also as a guest who has
    proven the same address, and what became of it."""
    appeals = Appeal.objects.filter(decision__comment__member=member).select_related("decision__comment")
    return {
        "appeals": [
            {
                "comment": settings.SITE_URL + appeal.decision.comment.get_absolute_url(),
                "text": appeal.text,
                "state": appeal.get_state_display(),
                "answer": appeal.note,
                "asked_at": appeal.made_at,
                "decided_at": appeal.decided_at,
            }
            for appeal in appeals.order_by("pk")
        ],
        "reports": _reports_by(member),
    }


def _reports_by(member: User) -> list[dict[str, Any]]:
    guests = Guest.objects.confirmed().with_address(member.email)
    own = Report.objects.filter(Q(member=member) | Q(guest__in=guests)).exclude(person=None)
    return [
        {
            "comment": settings.SITE_URL + report.comment.get_absolute_url(),
            "about": report.get_matter_display() if report.is_illegal else report.rule_text,
            "text": report.text,
            "which_words": report.place,
            "state": report.get_state_display(),
            "reported_at": report.made_at,
            "decided_at": report.decided_at,
        }
        for report in own.select_related("comment").order_by("pk")
    ]


@every("17 * * * *")
def forget_appeals() -> int:
    """Erase what nameless people said in appeals: whoever has left, as a member or a guest, an hour ago at most."""
    nameless = Appeal.objects.exclude(text="").filter(decision__comment__guest__email="")
    return nameless.update(text="", note="")


def forget_member(leaving) -> None:
    """The same at once: the comments of a member who leaves are nameless by now. What they reported keeps its answer
    and loses its words, also what was sent with nothing but their address."""
    forget_appeals()
    Report.objects.filter(member=leaving.member_id).update(**NOTHING, member=None)
    forget_address(leaving.address)
    forget_leavers()
