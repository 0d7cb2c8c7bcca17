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


class NotEditable(Refusal):
    """Too late, or gone meanwhile; the message says which. What was typed is kept."""

    status = 403
    title = "This comment cannot be changed any more"


class ChangedElsewhere(Refusal):
    """Its writer has changed it in another tab since this form was opened."""

    status = 409
    title = "You have changed it meanwhile"
    message = (
        "Since you opened this form, the comment was changed in another tab or on another device. "
        "What you typed here is kept below; save again, and it takes the place of the other."
    )


class NotYourComment(Refusal):
    """The browser has lost what made it the writer's: a session that ended, a cookie that was erased."""

    status = 403
    title = "Is this your comment?"
    message = (
        "This browser does not know you as its writer any more. What you typed is kept below. Sign in, or open the "
        "private link in our letter to you, in another tab; then save again here."
    )


class NotYourself(Refusal):
    status = 403
    title = "That would be you"
    message = "You wrote this comment yourself. Muting is for the words of others."


class NotConfirmed(Refusal):
    status = 403
    title = "One thing first"
    message = (
        "Letters go to proven addresses only. Press the button in the letter that we wrote to you about your comment, "
        "and then come back here."
    )


class TextRefused(Refusal):
    """The gate of screening turned a text away; the message says why."""

    status = 422
    title = "This cannot be posted as it is"


class LookAgain(Refusal):
    """A question rather than a refusal: as it is, or changed? `reasons` are sentences; whoever sends `mark` along with
    the text has been asked, and is not asked again."""

    status = 422
    title = "Would you like to look at it once more?"
    message = "Nothing is posted yet, and your text is safe. You decide; this is asked only once."

    def __init__(self, reasons: list[str], *, mark: str) -> None:
        super().__init__()
        self.reasons, self.mark = reasons, mark


class MoveNotAllowed(Exception):
    """A comment cannot go from its state to that one. A moderator sees it when somebody else was faster."""


__all__ = [
    "CannotRecommend",
    "ChangedElsewhere",
    "CommentingClosed",
    "HasLeft",
    "LookAgain",
    "MembersOnly",
    "MoveNotAllowed",
    "NotConfirmed",
    "NotEditable",
    "NotYourComment",
    "NotYours",
    "NotYourself",
    "NothingToAnswer",
    "Suspended",
    "TextRefused",
    "TooFast",
]
