"""What the desk keeps about people: taken along by members, forgotten when they or guests leave for good."""

from typing import Any

from django.conf import settings

from accounts.models import User
from civic.lib.jobs import every
from moderation.models import Appeal


def everything_about(member: User) -> dict[str, Any]:
    """The section of the export: what they asked to have looked at again, and what became of it."""
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
        ]
    }


@every("17 * * * *")
def forget_appeals() -> int:
    """Erase what nameless people said in appeals: whoever has left, as a member or a guest, an hour ago at most."""
    nameless = Appeal.objects.exclude(text="").filter(decision__comment__guest__email="")
    return nameless.update(text="", note="")


def forget_member(leaving) -> None:
    """The same at once: the comments of a member who leaves are nameless by now."""
    forget_appeals()
