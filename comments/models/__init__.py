"""Spaces and threads, people who write, comments and what is known about each."""

from comments.models.comments import Comment, CommentOrigin, Screening, Tally
from comments.models.guests import Guest
from comments.models.spaces import HouseRule, Space, Thread
from comments.models.votes import Opinion, Vote

__all__ = [
    "Comment",
    "CommentOrigin",
    "Guest",
    "HouseRule",
    "Opinion",
    "Screening",
    "Space",
    "Tally",
    "Thread",
    "Vote",
]
