"""A text made from another one, which knows from where each of its characters came."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z][a-zA-Z\d]{1,31});")  # one sign, as Markdown reads it

_BETWEEN = re.compile(r"[\s,;:!?()]")


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
        """Where `text[start:end]` stands in the original, with all of its last letter: what hangs on it, the same
        letter again where that was left out, and the rest of an entity."""
        last = self.at[end - 1] + 1
        follows = self.at[end] if end < len(self.text) else len(self.original)
        if self.original[last - 1] == "&" != self.text[end - 1] and (entity := ENTITY.match(self.original, last - 1)):
            last = entity.end()
        while last < len(self.original) and (_hangs(self.original[last]) or (last < follows and self._again(last))):
            last += 1
        return self.at[start], last

    def _again(self, place: int) -> bool:
        before, sign = self.original[place - 1], self.original[place]
        return sign.isalpha() and before.lower() == sign.lower()

    def each(self, signs: "Signs") -> "Mapped":
        """Every character replaced by what it becomes, which may be nothing or several."""
        try:
            parts = list(map(signs.known.__getitem__, self.text))
        except KeyError:
            parts = list(map(signs.of(self.text).__getitem__, self.text))
        text = "".join(parts)
        some = len(parts) - parts.count("")
        if len(text) != some:  # one has become several
            at: Sequence[int] = [place for place, part in zip(self.at, parts, strict=True) for _ in part]
        else:
            at = self.at if some == len(parts) else list(compress(self.at, parts))
        return Mapped(text, at, self.original)

    def shorter(self, pieces: Iterable[tuple[int, int, str]]) -> "Mapped":
        """Pieces (start, end, sign) that become one sign each."""
        text, at, done = [], [], 0
        for start, end, sign in pieces:
            text += [self.text[done:start], sign]
            at += [*self.at[done:start], self.at[start]]
            done = end
        if not text:
            return self
        return Mapped("".join([*text, self.text[done:]]), [*at, *self.at[done:]], self.original)

    def near(self, places: Iterable[int], reach: int) -> "Mapped":
        """Only what stands near these places, which come in order, up to a blank; all where that is most of it.
        A sign of no word stands between."""
        windows: list[list[int]] = []
        for place in places:
            if windows and place < windows[-1][1]:
                continue
            before = _BETWEEN.search(self.text, max(0, place - 2 * reach), max(0, place - reach))
            start = before.end() if before else self.text.rfind(" ", 0, max(0, place - reach)) + 1
            behind = _BETWEEN.search(self.text, place + reach)
            end = behind.start() if behind else len(self.text)
            if windows and start <= windows[-1][1]:
                windows[-1][1] = end
            else:
                windows.append([start, end])
        if 2 * sum(end - start for start, end in windows) > len(self.text):
            return self
        text = "".join(f"{self.text[start:end]}\xb6" for start, end in windows)
        at = [place for start, end in windows for place in (*self.at[start:end], self.at[end - 1])]
        return Mapped(text, at, self.original)

    def with_text(self, text: str) -> "Mapped":
        """Another text of the same length, sign for sign."""
        return Mapped(text, self.at, self.original)

    def without(self, gaps: Iterable[tuple[int, int, int]]) -> "Mapped":
        """Characters left out. A gap is (start, end, step): of those between, every step-th stays, from the first on;
        none where step is 0."""
        stays = bytearray(b"\1") * len(self.text)
        for start, end, step in gaps:
            length = end - start
            stays[start:end] = ((b"\1" + bytes(step - 1)) * (length // step + 1))[:length] if step else bytes(length)
        if 0 not in stays:
            return self
        return Mapped("".join(compress(self.text, stays)), list(compress(self.at, stays)), self.original)


def _hangs(sign: str) -> bool:
    return sign >= "\u0300" and unicodedata.category(sign)[0] == "M"


class Signs:
    """What each sign becomes: worked out for all unknown ones of a text at once, and kept for the next."""

    MOST = 20_000  # signs kept: more than any language writes with

    def __init__(self, become: Callable[[str], dict[str, str]]) -> None:
        """`become` is given different signs, and says for each what it becomes."""
        self.become = become
        self.known: dict[str, str] = {}

    def of(self, text: str) -> Mapping[str, str]:
        """A table that has all signs of the text."""
        known, new = self.known, "".join(set(text).difference(self.known))
        if not new:
            return known
        worked_out = self.become(new)
        together = known | worked_out
        if len(together) <= self.MOST:
            self.known = together
        elif len(worked_out) <= self.MOST:
            self.known = worked_out
        return together
