"""What has come to a discussion lately, in a few bytes: readers' pages ask for it while they are looked at."""

from datetime import UTC, datetime

from comments.models import Comment, Thread

NEWEST = 20  # whoever has missed more reloads the page
SECONDS = 5  # how long browsers and networks may answer by themselves: with a network in front, a reader costs nothing


def lately(thread: Thread) -> dict:
    """`version`, `count` of public comments, and the `newest` of them: `[{"id", "at"}]`, the last published first.

    One query; and none for whoever asks again before the thread has changed, see `civic.pages`.
    """
    newest = Comment.objects.on(thread).public().order_by("-published_at", "-pk").values_list("pk", "published_at")
    return {
        "version": thread.version,
        "count": thread.comment_count,
        "newest": [{"id": pk, "at": stamp(at)} for pk, at in newest[:NEWEST]],
    }


def stamp(at: datetime | None) -> str:
    """A moment to the microsecond, so written that letters sort as times do; "" for none."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z" if at else ""
