"""What pages say to the writer of a comment: a newer text that waits, and which draft has arrived."""

from django import template

from comments.editing import NewerText, newer_texts
from comments.models import Comment

register = template.Library()


@register.simple_tag
def newer_text(comment: Comment) -> NewerText | None:
    """The text of a comment that waits for a moderator while an older one stands."""
    return newer_texts([comment]).get(comment.pk)


@register.simple_tag
def with_newer_texts(comments) -> list[tuple[Comment, NewerText | None]]:
    """Comments of a list, each with its newer text. Two queries more at most, however many there are."""
    listed = list(comments)
    waiting = newer_texts(listed)
    return [(comment, waiting.get(comment.pk)) for comment in listed]


@register.filter
def draft_places(comment: Comment) -> str:
    """The drafts that a comment may have come from, as `WordsForm.place` names them."""
    began = f"r{comment.parent_id}" if comment.parent_id else f"t{comment.thread_id}"
    return f"{began} e{comment.pk}"
