"""What pages say about decisions."""

from datetime import datetime

from django import template
from django.utils import timezone

from comments.models import Comment
from moderation.counts import ENOUGH
from moderation.models import Decision

register = template.Library()


@register.simple_tag
def decision_on(comment: Comment) -> Decision | None:
    """The latest decision about a comment: for its author, who may know rule and note."""
    return Decision.objects.about(comment).first()


@register.filter
def age(at: datetime) -> str:
    """How long ago, in as little room as possible: 52 min, 3 h, 12 d."""
    return minutes(max(0, int((timezone.now() - at).total_seconds() // 60)))


@register.filter
def minutes(minutes: int) -> str:
    """So many minutes, in as little room."""
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"


@register.filter
def up_to_many(number: int) -> str:
    """A number as the desk counts: beyond `ENOUGH` it says only that there are more."""
    return f"{ENOUGH:,}+" if number >= ENOUGH else f"{number:,}"
