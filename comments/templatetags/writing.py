"""What pages say to the writer of a comment: a newer text that waits, and which draft has arrived."""

from django import template

from comments.editing import NewerText, newer_texts
from comments.models import Comment
from comments.waiting import reasons_to_wait

register = template.Library()


@register.simple_tag
def newer_text(comment: Comment) -> NewerText | None:
    """The text of a comment that waits for a moderator while an older one stands."""
    return newer_texts([comment]).get(comment.pk)


@register.simple_tag
def with_what_waits(comments) -> list[tuple[Comment, NewerText | None, list[str]]]:
    """Comments of a list, each with its newer text, and why it waits itself. Five queries more at most, however many
    there are."""
    listed = list(comments)
    newer, reasons = newer_texts(listed), reasons_to_wait(listed)
    return [(comment, newer.get(comment.pk), reasons.get(comment.pk, [])) for comment in listed]


@register.simple_tag
def why_it_waits(comment: Comment) -> list[str]:
    """The reasons, for its writer."""
    return reasons_to_wait([comment]).get(comment.pk, [])


@register.filter
def draft_places(comment: Comment) -> str:
    """The drafts that a comment may have come from, as `WordsForm.place` names them."""
    began = f"r{comment.parent_id}" if comment.parent_id else f"t{comment.thread_id}"
    return f"{began} e{comment.pk}"
