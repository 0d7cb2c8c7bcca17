"""Knowing a text again that somebody has changed a little.

Both numbers come from the overlapping pieces of five characters of the hardened text, so that case, accents, gaps and
signs that nobody sees make no difference; lines quoted from others are left out. `bits` (a SimHash, Charikar 2002) say
how alike two texts are. `bands` (MinHash, Broder 1997) find those worth comparing among a hundred thousand: two texts
of which nine pieces in ten are the same share one nearly always, unrelated ones nearly never. Bits alone cannot be
found by an index: one other word in a hundred characters changes ten of them. Figures are in docs/screening.md.
"""

import re
from bisect import bisect
from dataclasses import dataclass
from functools import cache, lru_cache
from struct import pack
from zlib import crc32

from screening.disguise import readings

FEWEST_CHARACTERS = 30  # below that people say the same by chance: “I could not agree more”
ALIKE = 12  # bits at most between alike texts
READ = 2_000  # characters of a text: what comes later makes no new text of it

_PIECE = 5
_BANDS, _ROWS = 4, 3
_QUOTED = re.compile(r"^[ ]{0,3}>.*$", re.MULTILINE)
_BETWEEN = re.compile(r"[\W_]+")
_ODD = 0x9E3779B97F4A7C15  # 2**64 / golden ratio: spreads the bits
_MASK = (1 << 64) - 1


@dataclass(frozen=True)
class Fingerprint:
    """`bits`: 64, from 0 on. `bands`: four numbers of 32 bits, from 0 on."""

    bits: int
    bands: tuple[int, int, int, int]

    def distance(self, other: "Fingerprint") -> int:
        """In how many of the 64 bits two differ."""
        return (self.bits ^ other.bits).bit_count()

    def finds(self, other: "Fingerprint") -> bool:
        """Whether the other is alike, and an index on the bands leads to it."""
        same_band = any(own == band for own, band in zip(self.bands, other.bands, strict=True))
        return same_band and self.distance(other) <= ALIKE


@lru_cache(maxsize=4)
def fingerprint(text: str) -> Fingerprint | None:
    """What a text is known again by; None for one too short for that.

    A third of a millisecond for 500 characters, never more than two.
    """
    own = _QUOTED.sub(" ", text[: 2 * READ])
    words = _BETWEEN.sub(" ", readings(own)[0].text).strip()[:READ]
    if len(words) < FEWEST_CHARACTERS:
        return None
    wide = words.encode("utf-32-le", "surrogatepass")
    size = 4 * _PIECE
    pieces = {wide[at : at + size] for at in range(0, len(wide) - size + 4, 4)}
    hashes = sorted(_spread(crc32(piece)) for piece in pieces)
    return Fingerprint(_bits(hashes), _bands(hashes))


def _bits(hashes: list[int]) -> int:
    """Of each bit, whether most of the pieces have it."""
    together = int.from_bytes(pack(f"<{len(hashes)}Q", *hashes), "little")
    half, lanes = len(hashes) / 2, _lanes()
    return sum(1 << bit for bit in range(64) if (together >> bit & lanes).bit_count() > half)


def _bands(hashes: list[int]) -> tuple[int, int, int, int]:
    """Each made of three pieces: those that come next after three fixed places on the circle of all hashes."""
    chosen = [hashes[bisect(hashes, place) % len(hashes)] for place in _PLACES]
    rows = [chosen[at : at + _ROWS] for at in range(0, _BANDS * _ROWS, _ROWS)]
    first, second, third, fourth = (crc32(pack(f"<{_ROWS}Q", *row)) for row in rows)
    return first, second, third, fourth


def _spread(number: int) -> int:
    number = number * _ODD & _MASK
    return (number ^ number >> 32) * _ODD & _MASK


_PLACES = [_spread(number) for number in range(1, _BANDS * _ROWS + 1)]


@cache
def _lanes() -> int:
    """The lowest bit of each of as many numbers of 64 bits as a text may have pieces."""
    return int.from_bytes((b"\1" + bytes(7)) * READ, "little")
