"""Undoing what people do to a word so that a list does not know it: strange letters, signs nobody sees, gaps, 1337.

A hardened text is only ever searched, never shown: what is found is marked in the text as it was written.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from screening.mapped import Mapped, Signs
from screening.scripts import LOOKS_LIKE

LONGEST_PART = 4  # one sign may stand for eighteen: longer ones are kept as they are, so that no text grows without end

_STANDS_FOR = {
    "0": "o",
    "1": "i",
    "3": "e",
    "4": "a",
    "5": "s",
    "7": "t",
    "8": "b",
    "@": "a",
    "$": "s",
    "!": "i",
    "|": "l",
}
# Each pattern begins only where its kind of sign begins and takes nothing back: no text makes them slow.
_SIGNS = "013457@$!|8"
_LEET = re.compile(rf"(?<![\d{_SIGNS}])[{_SIGNS}]++(?=[a-z])|(?<=[a-z])[013457@$8]++(?!\w)")
_OTHER = "\u0370-\u058f"  # Greek to Armenian
_OF_TWO_SCRIPTS = re.compile(
    rf"(?<![a-z{_OTHER}])(?:[a-z]++[{_OTHER}]|[{_OTHER}]++[a-z])[a-z{_OTHER}]*+", re.IGNORECASE
)
_SPACED = re.compile(r"(?<![^\W_])[^\W_](?:(\. |[ .\-_*·•/])[^\W_])(?:\1[^\W_])+(?![^\W_])")
_REPEATED = re.compile(r"([^\W\d_])\1\1+")
_ACCENT = re.compile("(?<=[a-z])[\u0300-\u036f]+")
_UNSEEN = re.compile(
    "[\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
    "\u115f\u1160\u3164\uffa0\ufe0f]"
)  # category Cf of Unicode, and what is drawn as nothing


_TURNING = re.compile("[\u202d\u202e].*", re.DOTALL)  # what Arabic and Hebrew need are other signs


@lru_cache(maxsize=2)
def readings(text: str) -> tuple[Mapped, ...]:
    """The text as it may have been meant, folded; two where a sign or a repeated letter can be read in two ways."""
    plain = unmasked(text)
    first = _reading(plain, "i", 1)
    if "1" not in plain.text and not _REPEATED.search(plain.text):
        return (first,)
    second = _reading(plain, "l", 2)
    return (first,) if first.text == second.text else (first, second)


def unmasked(text: str) -> Mapped:
    """Compatibility forms, accents of Latin letters and signs nobody sees, taken off; capitals made small."""
    if text.isascii():
        return Mapped.of(text.lower())
    mapped = Mapped.of(text).each(_BECOMES.of(text))
    return mapped.without((*m.span(), 0) for m in _ACCENT.finditer(mapped.text))


def turned(text: str) -> tuple[int, int] | None:
    """Where signs stand that make a reader see letters in another order than they are written in."""
    found = None if text.isascii() else _TURNING.search(text)
    return found.span() if found else None


def mixed_words(text: str) -> list[tuple[int, int]]:
    """Words of Latin letters among which others stand that look like them."""
    if text.isascii():
        return []
    return [m.span() for m in _OF_TWO_SCRIPTS.finditer(text) if len(m[0]) > 2 and _looks_latin(m[0].lower())]


def _reading(plain: Mapped, one: str, times: int) -> Mapped:
    mapped = plain
    if not plain.text.isascii():
        mapped = mapped.with_text(_OF_TWO_SCRIPTS.sub(_latin, plain.text))
    mapped = mapped.without((*m.span(), 1 + len(m[1])) for m in _SPACED.finditer(mapped.text))
    mapped = mapped.with_text(_LEET.sub(_WORDS_OF[one], mapped.text))
    return mapped.without((m.start() + times, m.end(), 0) for m in _REPEATED.finditer(mapped.text))


def _latin(found: re.Match[str]) -> str:
    word = found[0]
    return word.translate(_LATIN) if _looks_latin(word) else word


def _looks_latin(word: str) -> bool:
    return not _LATIN_LIKE.isdisjoint(word)


def _unmasked_signs(signs: str) -> dict[str, str]:
    # All in one go; a line end between them, with which nothing joins.
    parts = unicodedata.normalize("NFKD", "\n".join(signs.replace("\n", " ")).casefold()).casefold()
    table = dict(zip(signs, parts.split("\n"), strict=True))
    table |= {sign: _put_together(sign, part) for sign, part in table.items() if len(part) > 1}
    table |= dict.fromkeys(_UNSEEN.findall(signs), "")
    return table | {"\n": "\n"}


def _put_together(sign: str, parts: str) -> str:
    """The parts without accents where they are Latin letters, together again where they are not."""
    letters = "".join(part for part in parts if not unicodedata.combining(part))
    parts = letters if letters and letters.isascii() else unicodedata.normalize("NFC", parts)
    return parts if len(parts) <= LONGEST_PART else sign


_BECOMES = Signs(_unmasked_signs)
_LATIN = {ord(sign): letter for sign, letter in LOOKS_LIKE.items()}
_LATIN_LIKE = frozenset(LOOKS_LIKE)


def _meaning(one: str) -> Callable[[re.Match[str]], str]:
    signs = {ord(sign): (one if sign == "1" else letter) for sign, letter in _STANDS_FOR.items()}
    return lambda found: found[0].translate(signs)


_WORDS_OF = {one: _meaning(one) for one in "il"}
