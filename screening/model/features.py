"""A text as the model reads it: which word and letter groups are in it, as numbers of buckets, and some facts.

Words alone and in pairs, and groups of two to five letters within a word, of the text as it was meant (`disguise.py`);
words that were written otherwise count besides, as they stand. Names of groups of people are left out (`people.py`).
Hashing: Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zlib import crc32

from screening import disguise
from screening.draft import Trust
from screening.mapped import Mapped
from screening.model.correcting import corrected, uncovered
from screening.model.facts import facts_of
from screening.model.people import GROUP, is_group

BUCKETS = 1 << 18
READ_FIRST, READ_LAST = 1_200, 300  # characters: of a very long text the beginning and the end are judged
KEPT_WORDS = 4_096  # whose groups of letters are remembered: most words of a comment are among them
_SHORTEST, _LONGEST = 2, 5  # letters of a group
_LONG_WORD = 40  # letters: of what is longer, the beginning

_TOKEN = re.compile(r"\w+|[^\w\s]")
# A sign between two letters that belongs to no word, number or address: sub🔥scribe, fr(e)e.
_WITHIN = re.compile(r"(?<=[^\W\d_])[^\w\s.\-/'’:@&+,…–—=?%]\ufe0f?(?=[^\W\d_])")


class Token(NamedTuple):
    """A word or a sign, where it stands in the text as it was meant, and the buckets that it is in by itself."""

    word: str
    buckets: tuple[int, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Features:
    """`buckets` without repetition; `tokens` in the order of the text; `meant` is the text they are of."""

    buckets: frozenset[int]
    facts: tuple[float, ...]
    tokens: tuple[Token, ...]
    meant: Mapped


def features_of(text: str, trust: Trust | None = None) -> Features:
    """`trust` where the writer is known."""
    read = judged(text)
    meant = _without_signs_within(disguise.readings(uncovered(read))[0])
    tokens = tuple(_tokens(meant.text))
    found = {bucket for token in tokens for bucket in token.buckets}
    found.update(_bucket(f"{one.word} {other.word}") for one, other in pairwise(tokens))
    if not read.isascii() or meant.text != read.lower():
        known = {token.word for token in tokens}
        found.update(_bucket(f"={word}") for word in _TOKEN.findall(read.lower()) if word not in known)
    return Features(frozenset(found), tuple(facts_of(read, corrected(meant.text), trust)), tokens, meant)


def buckets_of(word: str) -> tuple[int, ...]:
    """Those that a word is in by itself."""
    return _known_by(word)[1]


def judged(text: str) -> str:
    """As much of a text as is read."""
    return text if len(text) <= READ_FIRST + READ_LAST else text[:READ_FIRST] + text[-READ_LAST:]


def _without_signs_within(meant: Mapped) -> Mapped:
    return meant.without((*found.span(), 0) for found in _WITHIN.finditer(meant.text))


def _tokens(meant: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(meant):
        yield Token(*_known_by(found.group()), found.start(), found.end())


@lru_cache(maxsize=KEPT_WORDS)
def _known_by(word: str) -> tuple[str, tuple[int, ...]]:
    """The word as the model gets it, with the buckets of it and of its groups of letters, a blank before and after."""
    if is_group(word):
        word = GROUP
    if len(word) == 1:
        return word, (_bucket(word),)
    padded = f" {word[:_LONG_WORD]} "
    parts = {padded[at : at + size] for size in range(_SHORTEST, _LONGEST + 1) for at in range(len(padded) - size + 1)}
    return word, (_bucket(word), *(_bucket(f"~{part}") for part in parts))


def _bucket(feature: str) -> int:
    return crc32(feature.encode("utf-8", "surrogatepass")) % BUCKETS
