"""A text made from another one, which knows from where each of its characters came."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Mapped:
    """`text`, and for each of its characters the offset in the original it came from."""

    text: str
    at: Sequence[int]
    original: str

    @classmethod
    def of(cls, text: str) -> "Mapped":
        return cls(text, range(len(text)), text)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `text[start:end]` stands in the original, accents that hang on its last letter included."""
        last = self.at[end - 1] + 1
        while last < len(self.original) and unicodedata.combining(self.original[last]):
            last += 1
        return self.at[start], last

    def each(self, becomes: Mapping[str, str]) -> "Mapped":
        """Every character replaced by what it becomes, which may be nothing or several."""
        parts = [becomes[sign] for sign in self.text]
        text = "".join(parts)
        if len(text) == len(parts) and all(parts):
            return Mapped(text, self.at, self.original)
        at = [place for place, part in zip(self.at, parts, strict=True) for _ in part]
        return Mapped(text, at, self.original)

    def replace(
        self, pattern: re.Pattern[str], other: Callable[[re.Match[str]], tuple[str, Sequence[int]]]
    ) -> "Mapped":
        """Each match replaced. `other` says by what, and the offset in `text` of each of the new characters."""
        texts: list[str] = []
        at: list[int] = []
        done = 0
        for found in pattern.finditer(self.text):
            text, places = other(found)
            texts += self.text[done : found.start()], text
            at += self.at[done : found.start()]
            at += [self.at[place] for place in places]
            done = found.end()
        if not done:
            return self
        texts.append(self.text[done:])
        at += self.at[done:]
        return Mapped("".join(texts), at, self.original)
