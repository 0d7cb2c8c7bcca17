"""Finding phrases in a text, as whole words: "press" is not in "WordPress"."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class Match:
    """A phrase found at `text[start:end]`."""

    phrase: str
    start: int
    end: int


def find(text: str, phrases: Iterable[str]) -> list[Match]:
    """Where the phrases stand in the text, in order. Case does not matter; `*` stands for any letters of a word.

    Any script: a word ends where letters and digits end. Blanks in a phrase match any white space.
    """
    known = tuple(p for p in (phrase.strip() for phrase in phrases) if p.strip("* "))
    if not known:
        return []
    found = [
        Match(phrase, m.start(), m.end())
        for phrase, pattern in zip(known, _patterns(known), strict=True)
        for m in pattern.finditer(text)
    ]
    return sorted(found, key=lambda m: (m.start, m.end))


@lru_cache(maxsize=32)
def _patterns(phrases: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(_pattern(phrase) for phrase in phrases)


def _pattern(phrase: str) -> re.Pattern[str]:
    # Within a word a star stands for forty letters at most: two of them in one endless word would take seconds.
    words = [r"\w{0,40}".join(re.escape(part) for part in word.split("*")) for word in phrase.split()]
    before = r"(?<!\w)" if phrase[0] == "*" or phrase[0].isalnum() else ""
    after = r"(?!\w)" if phrase[-1] == "*" or phrase[-1].isalnum() else ""
    return re.compile(before + r"\s+".join(words) + after, re.IGNORECASE)
