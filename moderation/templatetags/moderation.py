"""What pages say about decisions."""

from django import template

from comments.models import Comment
from moderation.models import Decision

register = template.Library()


@register.simple_tag
def decision_on(comment: Comment) -> Decision | None:
    """The latest decision about a comment: for its author, who may know rule and note."""
    return Decision.objects.about(comment).first()


@register.filter
def firing(signals: list[dict]) -> list[dict]:
    """Signals that asked for a look, the strongest first."""
    return sorted((s for s in signals if s["score"] >= 0.5), key=lambda s: -s["score"])
