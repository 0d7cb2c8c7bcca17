"""What the desk can refuse."""

from civic.lib.errors import Refusal


class AlreadyDecided(Refusal):
    """Somebody else was faster, or the writer took the comment back."""

    status = 409
    title = "Somebody was faster"
    message = "This comment has changed since you opened it. Look at it once more before you decide."
