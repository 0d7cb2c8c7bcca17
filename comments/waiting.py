"""Why comments wait for a moderator, in plain words for their writers."""

from collections.abc import Iterable

from civic.lib.registry import holds
from comments.models import Comment, Screening
from comments.models.comments import State


def reasons_to_wait(comments: Iterable[Comment]) -> dict[int, list[str]]:
    """By id, of those that wait: what the newest screening said; where somebody took it off the page since, why that
    was. Three queries at most, none where nothing waits."""
    waiting = [comment.pk for comment in comments if comment.state == State.IN_REVIEW]
    if not waiting:
        return {}
    reasons = Screening.newest_reasons(waiting)
    for held in holds.ask(waiting):
        reasons |= held
    return reasons
