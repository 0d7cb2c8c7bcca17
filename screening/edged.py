"""A text with an edge before and after each word, so that one pass finds whole words and parts of words alike."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Any

import ahocorasick

from screening.scripts import word

EDGE = "\0"  # no text has it once it is folded
FARTHEST = 40  # letters that a star stands for

_ACCENTS = frozenset(map(chr, range(0x300, 0x370)))
# What no star stands for: blanks, and signs between words. It does for letters, what hangs on them, and stars.
_BREAK = re.compile(
    r"[\s!-)+-/:-@\[-`{-~\u00a1-\u00a9\u00ab-\u00b1\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u3001-\u3020]"
)


class Edged:
    """`text` is folded. Places are offsets in it."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def edged(self) -> str:
        return with_edges(self.text)

    def hits(self, automaton: "ahocorasick.Automaton | None") -> Iterator[tuple[int, int, str, Any]]:
        """Where each key stands: from where to where, the key, and what it stands for."""
        if automaton is None:
            return
        edged = self.edged
        seen = edges = 0  # so far, and the edges among them
        for last, (key, letters, value) in automaton.iter(edged):
            last += 1
            if last != seen:
                edges += edged.count(EDGE, seen, last)
                seen = last
            end = last - edges
            yield end - letters, end, key, value

    def stands(self, key: str, start: int) -> bool:
        """Whether a long key whose beginning was found there stands there to its end."""
        letters = key.replace(EDGE, "")
        end = start + len(letters)
        return self.text.startswith(letters, start) and (key[-1] != EDGE or self._word_around(end - 1)[1] == end)

    def goes_on(self, end: int, key: str) -> bool:
        """Whether something hangs on the last letter: it is another one. At a star a vowel sign may, an accent not."""
        if end >= len(self.text) or not is_mark(self.text[end]):
            return False
        return key[-1] == EDGE or self.text[end] in _ACCENTS or not word().match(self.text[end - 1])

    def whole(self, start: int, end: int, key: str) -> tuple[int, int]:
        """With the letters for which a star at either end of the key stands."""
        if key[0] != EDGE:
            start = max(start - FARTHEST, min(start, self._word_around(start)[0]))
        if key[-1] != EDGE:
            end = min(end + FARTHEST, max(end, self._word_around(end - 1)[1]))
        return start, end

    def _word_around(self, place: int) -> tuple[int, int]:
        starts, ends = self._words
        number = bisect_right(starts, place) - 1
        if number < 0 or ends[number] <= place:
            return place, place
        return starts[number], ends[number]

    @cached_property
    def _words(self) -> tuple[list[int], list[int]]:
        spans = [found.span() for found in word().finditer(self.text)]
        return [start for start, _ in spans], [end for _, end in spans]

    def is_gap(self, start: int, end: int) -> bool:
        """Whether a star can stand for what is between two places."""
        return end - start <= FARTHEST and bisect_left(self._breaks, start) == bisect_left(self._breaks, end)

    def before(self, start: int) -> int:
        """From where on a star stands that ends there."""
        number = bisect_left(self._breaks, start)
        return max(start - FARTHEST, self._breaks[number - 1] + 1 if number else 0)

    def behind(self, end: int) -> int:
        """Up to where a star stands that begins there."""
        number = bisect_left(self._breaks, end)
        return min(end + FARTHEST, self._breaks[number] if number < len(self._breaks) else len(self.text))

    @cached_property
    def _breaks(self) -> list[int]:
        return [found.start() for found in _BREAK.finditer(self.text)]


def with_edges(text: str) -> str:
    return EDGE.join(_words().split(text))


def is_mark(sign: str) -> bool:
    return unicodedata.category(sign)[0] == "M"


def automaton_of(words: Mapping[str, object]) -> "ahocorasick.Automaton | None":
    """One that finds all of these words at once; None of none."""
    if not words:
        return None
    automaton = ahocorasick.Automaton()
    for one, value in words.items():
        automaton.add_word(one, (one, len(one) - one.count(EDGE), value))
    automaton.make_automaton()
    return automaton


@cache
def _words() -> re.Pattern[str]:
    return re.compile(f"({word().pattern})")
