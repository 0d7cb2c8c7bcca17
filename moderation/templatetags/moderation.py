"""What pages say about decisions."""

from datetime import datetime

from django import template
from django.utils import timezone

from accounts.models import Suspension
from comments.models import Comment
from comments.pace import how_long
from comments.writers import writer_of
from moderation import in_force
from moderation.edge import ENOUGH
from moderation.models import Decision

register = template.Library()


@register.simple_tag
def decision_against(comment: Comment) -> Decision | None:
    """Why a comment is gone, or its newer text was refused: for its author, who may know rule and note."""
    return in_force.decision_against(comment)


@register.simple_tag
def limits_on(comment: Comment) -> list[Suspension]:
    """What holds on its writer now: for the writer, who is told why a comment waits."""
    writer = writer_of(comment)
    return list(writer.in_force) if writer and writer.is_confirmed else []


@register.filter
def age(at: datetime) -> str:
    """How long ago, in as little room as possible: 52 min, 3 h, 12 d."""
    return minutes(max(0, int((timezone.now() - at).total_seconds() // 60)))


@register.filter
def ended(name: str) -> str:
    """A name at the end of a sentence: one dot is enough after Jon P."""
    return name if name.endswith(".") else f"{name}."


@register.filter
def minutes(minutes: int) -> str:
    """So many minutes, in as little room."""
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"


@register.filter
def waited(seconds: int) -> str:
    """How long something took: `less than a minute`, `12 minutes`, `3 hours`, `2 days`."""
    if seconds < 60:
        return "less than a minute"
    return how_long(seconds) if seconds < 48 * 3600 else f"{round(seconds / 86_400)} days"


@register.filter
def up_to_many(number: int) -> str:
    """A number as the desk counts: beyond `ENOUGH` it says only that there are more."""
    return f"{ENOUGH:,}+" if number >= ENOUGH else f"{number:,}"
