"""Questions that a lower app asks and higher apps answer, since imports go one way only.

reserved_names.answer(lambda: [...])   # in an app's ready()
reserved_names.ask()                   # [[…], […]], one answer for each app that knows something
"""

from collections.abc import Callable
from typing import Any


class Question:
    """One question. `meaning` says what an answer is given and what it returns."""

    def __init__(self, meaning: str) -> None:
        self.meaning = meaning
        self._answers: list[Callable[..., Any]] = []

    def answer(self, function: Callable[..., Any]) -> Callable[..., Any]:
        self._answers.append(function)
        return function

    def ask(self, *args: Any, **kwargs: Any) -> list[Any]:
        return [answer(*args, **kwargs) for answer in self._answers]


reserved_names = Question("no arguments; the names (list[str]) that readers may not take")
erasers = Question(
    "a `Leaving` (accounts.models); erases what the app keeps about that member, in short transactions. "
    "Asked again after a kill, so it must be harmless twice"
)
exports = Question("a member; all that the app keeps about them, as a dict of plain values, sections by name")
holds = Question(
    "ids of comments that wait; why those of them wait that a person or readers took off the page, in words for their "
    "writers (dict[int, list[str]])"
)
