"""What a rule forbids, said kindly. One middleware turns a `Refusal` into a page."""


class Refusal(Exception):
    """A rule forbids what was asked. Subclasses say what happened and what to do next, in a reader's words.

    `status` is the HTTP status of the page; `title` and `message` stand on it.
    """

    status = 403
    title = "That is not possible"
    message = ""

    def __init__(self, message: str = "", *, title: str = "", retry_after: int | None = None) -> None:
        self.message = message or self.message
        self.title = title or self.title
        self.retry_after = retry_after  # seconds
        super().__init__(self.message)


class TooFast(Refusal):
    """Something was done more often than a limit allows."""

    status = 429
    title = "A little too fast"
    message = "That was more than we can take at once. Please try again later."
