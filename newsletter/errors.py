"""What the newsroom is told when a letter cannot go on as was asked."""

from civic.lib.errors import Refusal


class NotPossibleNow(Refusal):
    """The letter is in another state by now, or other words are in it."""

    status = 409
    title = "Not like this any more"


class NeedsSomebodyElse(Refusal):
    title = "Somebody else must read it"
    message = (
        "You have written in this letter yourself. Before it goes to all readers, a colleague who did not must read "
        "and approve it."
    )


class NotReady(Refusal):
    status = 422
    title = "Not ready yet"
    message = "Something in this letter must be mended first. It stands in the list of what we checked."
