"""What the desk can refuse."""

from civic.lib.errors import Refusal, TooFast


class AlreadyDecided(Refusal):
    """Somebody else was faster, or the writer took the comment back."""

    status = 409
    title = "Somebody was faster"
    message = "This comment has changed since you opened it. Look at it once more before you decide."


class NotUndone(Refusal):
    """A decision that cannot be taken back: too old, taken back before, or the comment has changed since."""

    status = 409
    title = "This cannot be undone any more"
    message = "The comment has changed since, somebody has undone this before, or it is too long ago. Decide afresh."


class OwnWords(AlreadyDecided, NotUndone):
    """What moderators wrote themselves is let through, put back or kept by another one, where there is another."""

    status = 403
    title = "Somebody else has to decide this"
    message = "You wrote it yourself. It waits for another moderator."


class AlreadySet(Refusal):
    """Somebody else has set this discussion since it was opened."""

    status = 409
    title = "Somebody was faster"
    message = (
        "This discussion has been set since you opened it. It is shown as it stands now: what you chose is not kept."
    )


class AlreadyAppealed(Refusal):
    """One decision, one second look."""

    status = 409
    title = "You have asked already"
    message = "Somebody else looks at it again. You get a letter when that is decided."


class AppealTooLate(Refusal):
    """The time is over, or the comment does not stand as decided any more."""

    status = 409
    title = "It is too late for that"
    message = "A second look can be asked for in the first days after a decision, for as long as it stands."


class OwnDecision(Refusal):
    """Nobody judges their own decision, nor their own words."""

    status = 403
    title = "Somebody else has to look at this"
    message = "You decided it the first time, or wrote it yourself. It waits for another moderator."


class NothingToKeep(Refusal):
    """The words have been erased: there is nothing that could be evidence."""

    status = 409
    title = "The words are gone"
    message = "They were erased before you asked for them to be kept. What was decided is still there."


class OwnComment(Refusal):
    status = 403
    title = "Your own comment"
    message = "You cannot report what you wrote yourself. You can withdraw it, from its page."


class AlreadyReported(Refusal):
    status = 409
    title = "You have reported it already"
    message = "We have what you said about this comment. It is not lost, and saying it once is enough."


class NothingToReport(Refusal):
    status = 410
    title = "It is not on the page any more"
    message = "It was taken off the page meanwhile: nobody reads it any more. Your report is not needed."


class TooManyReports(TooFast):
    title = "That is a lot of reports"
    message = "What you wrote is safe on this page. We take a limited number at once; please send it again later."


class NotOverThem(Refusal):
    """Nobody decides about themselves, nor about somebody who is as high in the house as they are."""

    status = 403
    title = "This is not for you to decide"
    message = "About yourself, and about people of your own or a higher role here, somebody above you decides."


class HoldsEverywhere(Refusal):
    """A moderator of some spaces wants to decide what holds in all of them."""

    status = 403
    title = "That holds in every discussion"
    message = (
        "You look after some spaces. You can warn people who wrote there; to read their comments first, to suspend and "
        "to ban them holds everywhere, so somebody who looks after all discussions decides it."
    )


class StandingChanged(Refusal):
    """Another moderator has decided about this person since the page was opened."""

    status = 409
    title = "Somebody was faster"
    message = (
        "Another moderator has decided about this person since you opened the page. It is shown below as it stands "
        "now. What you wrote is kept: look once more before you decide."
    )


class StandsAlready(Refusal):
    status = 409
    title = "This stands already"
    message = "The same measure is in force. Lift it first if you want to set it anew."


class OwnBan(Refusal):
    """A ban takes two."""

    status = 403
    title = "Somebody else has to confirm this"
    message = "You asked for this ban yourself. It takes a second person; until then the comments are read first."


class StandingNotUndone(Refusal):
    """Too old, undone before, over, or something was decided about it since."""

    status = 409
    title = "This cannot be undone any more"
    message = (
        "Something was decided about it since, it is over, or it is too long ago. What is still in force can be lifted."
    )


class NobodyThere(Refusal):
    """The person has left, or never proved an address."""

    status = 409
    title = "There is nobody to decide about"
    message = "Whoever wrote this has left, or has not confirmed the address."


class MeasureAppealTooLate(Refusal):
    status = 409
    title = "It is too late for that"
    message = "A second look can be asked for in the first days after a decision, for as long as it stands."


class OwnMeasure(Refusal):
    """Nobody looks again at what they decided themselves, nor at what is about them."""

    status = 403
    title = "Somebody else has to look at this"
    message = "You decided it the first time, or it is about you. It waits for another moderator."


class NoSuchVersion(Refusal):
    status = 404
    title = "This version is not kept any more"
    message = "The five newest versions that were in use are kept, and the one that comes with the program."


class PolicyChanged(Refusal):
    """Another version has come into force since the page was opened."""

    status = 409
    title = "Somebody was faster"
    message = "Another version has come into force since you opened the page. Look at it before you go back to one."
