"""Spaces and threads, people who write, comments and what is known about each."""

from comments.models.comments import Comment, CommentOrigin, CommentRevision, Screening, Tally
from comments.models.fingerprints import Fingerprint
from comments.models.following import Follow, Mute, Rhythm, Visit
from comments.models.guests import Guest
from comments.models.imported import ImportedComment
from comments.models.learned import ScoringModel
from comments.models.phrases import PhraseList
from comments.models.prompts import PromptCount
from comments.models.spaces import HouseRule, Space, Thread
from comments.models.votes import Opinion, Vote

__all__ = [
    "Comment",
    "CommentOrigin",
    "CommentRevision",
    "Fingerprint",
    "Follow",
    "Guest",
    "HouseRule",
    "ImportedComment",
    "Mute",
    "Opinion",
    "PhraseList",
    "PromptCount",
    "Rhythm",
    "ScoringModel",
    "Screening",
    "Space",
    "Tally",
    "Thread",
    "Visit",
    "Vote",
]
