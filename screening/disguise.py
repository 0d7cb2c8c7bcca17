"""Undoing what people do to a word so that a list does not know it: strange letters, signs nobody sees, gaps, 1337.

A hardened text is only ever searched, never shown: what is found is marked in the text as it was written.
"""

import re
import unicodedata

from screening.mapped import Mapped
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
_GREEK_TO_ARMENIAN = "\u0370-\u058f"
_WORDS_OF_SCRIPTS = re.compile(
    rf"(?<![a-z{_GREEK_TO_ARMENIAN}])[a-z]*+[{_GREEK_TO_ARMENIAN}][a-z{_GREEK_TO_ARMENIAN}]*+", re.IGNORECASE
)
_SPACED = re.compile(r"(?<![^\W_])[^\W_](?:(\. |[ .\-_*·•/])[^\W_])(?:\1[^\W_])+(?![^\W_])")
_REPEATED = re.compile(r"([^\W\d_])\1\1+")
_ACCENT = re.compile("(?<=[a-z])[\u0300-\u036f]+")


def readings(text: str) -> tuple[Mapped, ...]:
    """The text as it may have been meant, folded; two where a sign or a repeated letter can be read in two ways."""
    plain = unmasked(text)
    ambiguous = "1" in plain.text or _REPEATED.search(plain.text)
    return tuple(_reading(plain, *ways) for ways in (("i", 1), ("l", 2))[: 2 if ambiguous else 1])


def unmasked(text: str) -> Mapped:
    """Compatibility forms, accents of Latin letters and signs nobody sees, taken off; capitals made small."""
    mapped = Mapped.of(text).each(_BECOMES)
    if text.isascii():
        return mapped
    return mapped.replace(_ACCENT, lambda m: ("", ()))


def mixed_words(text: str) -> list[tuple[int, int]]:
    """Words of Latin letters among which others stand that look like them."""
    if text.isascii():
        return []
    return [m.span() for m in _WORDS_OF_SCRIPTS.finditer(text) if len(m[0]) > 2 and _is_mixed(m[0].lower())]


def _reading(plain: Mapped, one: str, times: int) -> Mapped:
    signs = {ord(sign): (one if sign == "1" else letter) for sign, letter in _STANDS_FOR.items()}
    mapped = plain
    if not plain.text.isascii():
        mapped = mapped.replace(_WORDS_OF_SCRIPTS, _latin)
    mapped = mapped.replace(_SPACED, _joined)
    mapped = mapped.replace(_LEET, lambda m: (m[0].translate(signs), range(*m.span())))
    return mapped.replace(_REPEATED, lambda m: (m[1] * times, range(m.start(), m.start() + times)))


def _joined(found: re.Match[str]) -> tuple[str, range]:
    step = 1 + len(found[1])
    return found[0][::step], range(found.start(), found.end(), step)


def _latin(found: re.Match[str]) -> tuple[str, range]:
    word = found[0]
    return (word.translate(_LATIN) if _is_mixed(word) else word), range(*found.span())


def _is_mixed(word: str) -> bool:
    return any("a" <= sign <= "z" for sign in word) and any(sign in LOOKS_LIKE for sign in word)


class _Becoming(dict[str, str]):
    """What a sign becomes; looked up once."""

    def __missing__(self, sign: str) -> str:
        become = _unmasked_sign(sign)
        if len(self) < 20_000:
            self[sign] = become
        return become


def _unmasked_sign(sign: str) -> str:
    if unicodedata.category(sign) == "Cf" or sign in "\u115f\u1160\u3164\uffa0\ufe0f":
        return ""
    parts = unicodedata.normalize("NFKD", sign.casefold()).casefold()
    letters = [part for part in parts if not unicodedata.combining(part)]
    if letters and all(letter.isascii() for letter in letters):
        parts = "".join(letters)
    else:
        parts = unicodedata.normalize("NFC", parts)
    return parts if len(parts) <= LONGEST_PART else sign


_BECOMES = _Becoming()
_LATIN = {ord(sign): letter for sign, letter in LOOKS_LIKE.items()}
