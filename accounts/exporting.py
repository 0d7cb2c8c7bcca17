"""All that the paper knows about a member, gathered from every app, to be taken along."""

from typing import Any

from accounts.models import Suspension, User
from civic.lib.registry import exports


def everything_about(member: User) -> dict[str, Any]:
    """Sections by name, in plain values (text, numbers, lists, times as ISO 8601). Nobody else's data is in it."""
    found: dict[str, Any] = {"account": _account(member), "standing": _standing(member)}
    for sections in exports.ask(member):
        found |= sections
    return found


def _account(member: User) -> dict[str, Any]:
    badge = getattr(member, "badge", None)
    return {
        "name": member.display_name,
        "email": member.email,
        "about_you": member.bio,
        "may_be_quoted_in_newsletters": member.may_be_quoted,
        "joined_at": member.joined_at,
        "last_sign_in": member.last_login,
        "roles": sorted(member.groups.values_list("name", flat=True)),
        "badge": {"label": badge.label, "given_at": badge.given_at} if badge else None,
    }


def _standing(member: User) -> list[dict[str, Any]]:
    """What limits or has limited the member. A moderator's inner note is not among it; the rule is."""
    fields = ("kind", "rule", "words", "made_at", "until", "is_unconfirmed", "acknowledged_at", "lifted_at")
    return list(Suspension.objects.of(member).order_by("made_at").values(*fields))
