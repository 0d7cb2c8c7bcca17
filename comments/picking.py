"""What moderators recommend: comments pinned to the head of a discussion, and comments picked for all to read.

Only public comments are recommended. One that goes loses both, at the door (`visibility.py`), and the database sees to
it; one that comes back is recommended again by somebody, or not at all.
"""

from django.db.models import F

from comments.errors import CannotRecommend
from comments.models import Comment, Thread
from comments.visibility import locked

PINNED_AT_MOST = 3  # more, and the first page of a discussion is ours instead of the readers'


def pin(comment: Comment) -> bool:
    """Put a conversation first in its discussion. Returns whether that changed anything.

    Raises `CannotRecommend` for an answer, for what is not public, and when there are three already.
    """
    if comment.parent_id is not None:
        raise CannotRecommend("Only a comment that begins a conversation can stand at the head.")
    return _set(comment, is_pinned=True)


def unpin(comment: Comment) -> bool:
    return _set(comment, is_pinned=False)


def pick(comment: Comment) -> bool:
    """Recommend a comment to all readers, also outside its discussion. Raises `CannotRecommend` unless it is public."""
    return _set(comment, is_picked=True)


def unpick(comment: Comment) -> bool:
    return _set(comment, is_picked=False)


def pinned_on(thread: Thread):
    """What stands at the head, in its order there."""
    return Comment.objects.on(thread).filter(is_pinned=True).order_by("created_at", "pk")


def picked_on(thread: Thread):
    """What is picked, the newest first."""
    return Comment.objects.on(thread).filter(is_picked=True).order_by("-published_at", "-pk")


def _set(comment: Comment, **mark: bool) -> bool:
    """Under the thread's lock, so that two moderators cannot both pin the last one, nor one what another removes."""
    with locked(comment.thread_id) as thread:
        now = Comment.objects.get(pk=comment.pk)
        ((name, wanted),) = mark.items()
        if getattr(now, name) == wanted:
            return False
        if wanted and not now.is_answerable:
            raise CannotRecommend("It is not public any more.")
        if mark.get("is_pinned") and pinned_on(thread).count() >= PINNED_AT_MOST:
            raise CannotRecommend(f"{PINNED_AT_MOST} comments are pinned here already. Let go of one of them first.")
        Comment.objects.filter(pk=now.pk).update(**mark)
        Thread.objects.filter(pk=thread.pk).update(version=F("version") + 1)
        return True
