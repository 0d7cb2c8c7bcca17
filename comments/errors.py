"""What a discussion can refuse, in a reader's words. The text is kept in every case."""

from civic.lib.errors import Refusal, TooFast


class CommentingClosed(Refusal):
    status = 403
    title = "This discussion is closed"


class MembersOnly(Refusal):
    status = 403
    title = "Members only"
    message = "Only members write in this discussion. Sign in, or open an account, and post your text then."


class Suspended(Refusal):
    status = 403
    title = "You cannot write at the moment"


class NothingToAnswer(Refusal):
    status = 422
    title = "That comment is gone"
    message = (
        "The comment you are answering is not there any more. Post your text as a comment of its own, "
        "or answer somebody else."
    )


class HasLeft(Refusal):
    status = 403
    title = "This account is closed"
    message = "You have left for good, so nothing more can be posted in your name."


class NotYours(Refusal):
    status = 403
    title = "Your own comment"
    message = "What you think of it, others know already: you wrote it. Votes are for the comments of others."


class CannotRecommend(Refusal):
    """A moderator wants to pin or pick what cannot be."""

    status = 409
    title = "This cannot be pinned or picked"


class TextRefused(Refusal):
    """The gate of screening turned a text away; the message says why."""

    status = 422
    title = "This cannot be posted as it is"


class MoveNotAllowed(Exception):
    """A comment cannot go from its state to that one. A moderator sees it when somebody else was faster."""


__all__ = [
    "CannotRecommend",
    "CommentingClosed",
    "HasLeft",
    "MembersOnly",
    "MoveNotAllowed",
    "NotYours",
    "NothingToAnswer",
    "Suspended",
    "TextRefused",
    "TooFast",
]
