"""Knowing a text again that somebody has changed a little: 64 bits, of which alike texts share nearly all.

A SimHash (Charikar 2002) of the overlapping pieces of five characters of the hardened text, so that case, accents, gaps
and signs that nobody sees make no difference. Measured on comments under videos: of texts of thirty characters
and more that lie within six bits of each other, 96 of 100 pairs are the same spam (docs/screening.md).
"""

import re
from functools import cache, lru_cache
from struct import pack
from zlib import crc32

from screening.disguise import readings

FEWEST_CHARACTERS = 30  # below that people say the same by chance: “I could not agree more”
ALIKE = 6  # bits at most between alike texts
CLOSE = 3  # bits at most between texts of which one of the four bands is certainly the same
READ = 2_000  # characters of a text: what comes later makes no new text of it

_PIECE = 5
_BETWEEN = re.compile(r"[\W_]+")
_ODD = 0x9E3779B97F4A7C15  # 2**64 / golden ratio: spreads the bits
_MASK = (1 << 64) - 1


@lru_cache(maxsize=4)
def fingerprint(text: str) -> int | None:
    """64 bits of a text, as an integer from 0 on; None for one too short to be known again.

    A third of a millisecond for 500 characters, never more than two.
    """
    words = _BETWEEN.sub(" ", readings(text[: 2 * READ])[0].text).strip()[:READ]
    if len(words) < FEWEST_CHARACTERS:
        return None
    wide = words.encode("utf-32-le", "surrogatepass")
    size = 4 * _PIECE
    pieces = {wide[at : at + size] for at in range(0, len(wide) - size + 4, 4)}
    hashes = [_spread(crc32(piece)) for piece in pieces]
    together = int.from_bytes(pack(f"<{len(hashes)}Q", *hashes), "little")
    half, lanes = len(hashes) / 2, _lanes()
    return sum(1 << bit for bit in range(64) if (together >> bit & lanes).bit_count() > half)


def bands(bits: int) -> tuple[int, int, int, int]:
    """Four numbers of sixteen bits. Of two texts that differ in three bits or less, one number at least is the same."""
    return bits & 0xFFFF, bits >> 16 & 0xFFFF, bits >> 32 & 0xFFFF, bits >> 48


def distance(one: int, other: int) -> int:
    """In how many of the 64 bits two fingerprints differ."""
    return (one ^ other).bit_count()


def _spread(number: int) -> int:
    number = number * _ODD & _MASK
    return (number ^ number >> 32) * _ODD & _MASK


@cache
def _lanes() -> int:
    """The lowest bit of each of as many numbers of 64 bits as a text may have pieces."""
    return int.from_bytes((b"\1" + bytes(7)) * READ, "little")
