"""Undoing what people do to a word so that a list does not know it: strange letters, signs nobody sees, gaps, 1337,
Markdown and entities in the middle of it.

A hardened text is only ever searched, never shown: what is found is marked in the text as it was written.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from html import unescape
from itertools import product

from screening.mapped import ENTITY, Mapped, Signs
from screening.scripts import CYRILLIC_LIKE, DRAWN_AS, LOOKS_LIKE, UNSPACED

NEAR = 100  # characters around what is doubtful: no phrase that somebody disguises is longer
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
_OTHER_WORD = re.compile(rf"(?<!\w)[{_OTHER}]{{3,}}+(?!\w)")
_CYRILLIC_WORD = re.compile(
    r"(?<![\w@])(?:[a-z0346@]++[\u0430-\u045f]|[\u0430-\u045f]++[a-z0346@])[a-z0346@\u0400-\u045f]*+"
)
# Behind its last letter no other row of letters may begin, with other gaps: I m c.a.s.i.n.o
_GAP = r"[.\-_*·•/,|~]"
_SPACED = re.compile(
    rf"(?<![^\W_])[^\W_](?:(\. |\s{{1,3}}|{_GAP}{{1,3}})[^\W_])(?:\1[^\W_])+(?![^\W_]|(?!\1){_GAP}+[^\W_]{_GAP})"
)
_LITTLE = frozenset("aiuoyr")  # words of one letter
_NO_CASE = UNSPACED + "\uac00-\ud7a3"
# What a reader of the page does not see, or no writer puts between two letters.
_MARKUP = re.compile(r"(?<=\w)(?:[*`\\\[]|~~|\]\([^()\s]{0,200}\))++(?=\w)")
_JOINT = re.compile(r"(?<=[^\W\d])(?:[-./+,…|–—~]{1,3}|(?<!_)_+)(?=[^\W\d_])")
_DOTS_IN_UNSPACED = re.compile(rf"(?<=[{_NO_CASE}])[._|~]{{1,3}}(?=[{_NO_CASE}])")
_TWO_SPACED = re.compile("(?<!\\w)[\u3400-\u9fff] [\u3400-\u9fff](?!\\w)")
_REPEATED = re.compile(r"([^\W\d_])\1\1+")
_DOUBTFUL = re.compile(r"1|([^\W\d_])\1\1")
_ACCENT = re.compile("(?<=[a-z])[\u0300-\u036f]+")
_UNSEEN = re.compile(
    "[\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
    "\u115f\u1160\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)  # category Cf of Unicode, and what is drawn as nothing


_TURNING = re.compile("[\u202d\u202e][^\u202c\n]*\u202c?")  # what Arabic and Hebrew need are other signs


@lru_cache(maxsize=2)
def readings(text: str) -> tuple[Mapped, ...]:
    """The text as it may have been meant, folded. A second where a sign or a repeated letter can be read in two ways,
    and one more where words are of Cyrillic letters and of others: of these only what stands near such places."""
    plain = _plain(text)
    found = [_reading(plain, "i", 1)]
    if doubtful := [m.start() for m in _DOUBTFUL.finditer(plain.text)]:
        found.append(_reading(plain.near(doubtful, NEAR), "l", 2))
    if not plain.text.isascii() and (mixed := [m.start() for m in _CYRILLIC_WORD.finditer(plain.text)]):
        near = plain.near(mixed, NEAR)
        found.append(_once(_closed(near.with_text(_CYRILLIC_WORD.sub(_cyrillic, near.text))), 1))
    return tuple({reading.text: reading for reading in reversed(found)}.values())[::-1]


def spelled(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Words of letters that stand one by one, and where; each also without a letter or two at its ends, which may be
    words of their own: "such a c a s i n o"."""
    plain = _plain(text)
    for found in _SPACED.finditer(plain.text):
        step = 1 + len(found[1])
        letters = found[0][::step]
        for begin, end in product(range(3), range(len(letters) - 2, len(letters) + 1)):
            others = letters[:begin] + letters[end:]
            if end - begin > 4 or (end - begin > 2 and _LITTLE.issuperset(others)):
                place = found.start() + (end - 1) * step + 1
                yield letters[begin:end], plain.span(found.start() + begin * step, place)


def words_apart(text: str) -> Mapped | None:
    """The first reading, near words that are joined by other signs, with blanks for those: free-money, free...money.
    None where none are."""
    first = readings(text)[0]
    if not (joints := [m.start() for m in _JOINT.finditer(first.text)]):
        return None
    near = first.near(joints, NEAR // 2)
    blanks = _JOINT.sub(lambda found: " " * len(found[0]), near.text)
    return near.with_text(blanks).without((m.start() + 1, m.end(), 0) for m in _JOINT.finditer(near.text))


def unmasked(text: str) -> Mapped:
    """Compatibility forms, accents of Latin letters and signs nobody sees, taken off; capitals made small; entities
    read."""
    mapped = Mapped.of(text)
    if "&" in text:
        mapped = mapped.shorter(_entities(text))
    if mapped.text.isascii():
        return mapped.with_text(mapped.text.lower())
    mapped = mapped.each(_BECOMES)
    return mapped.without((*m.span(), 0) for m in _ACCENT.finditer(mapped.text))


def as_seen(text: str) -> str:
    """Unmasked, and with Latin letters for those that look like them in words of both."""
    return _OF_TWO_SCRIPTS.sub(_latin, unmasked(text).text)


def turned(text: str) -> tuple[int, int] | None:
    """Where signs stand that make a reader see letters in another order than they are written in."""
    found = None if text.isascii() else _TURNING.search(text)
    return found.span() if found else None


def mixed_words(text: str) -> list[tuple[int, int]]:
    """Words of Latin letters among which others stand that look like them."""
    if text.isascii():
        return []
    return [m.span() for m in _OF_TWO_SCRIPTS.finditer(text) if len(m[0]) > 2 and _looks_latin(m[0].lower())]


def _entities(text: str) -> Iterator[tuple[int, int, str]]:
    for found in ENTITY.finditer(text):
        if len(sign := unescape(found[0])) == 1:
            yield *found.span(), sign


@lru_cache(maxsize=2)
def _plain(text: str) -> Mapped:
    return _without_markup(unmasked(text))


def _without_markup(plain: Mapped) -> Mapped:
    plain = plain.without((*m.span(), 0) for m in _MARKUP.finditer(plain.text))
    if plain.text.isascii():
        return plain
    return plain.without((*m.span(), 0) for m in _DOTS_IN_UNSPACED.finditer(plain.text))


def _reading(plain: Mapped, one: str, times: int) -> Mapped:
    mapped = plain
    if not plain.text.isascii():
        latin = _OF_TWO_SCRIPTS.sub(_latin, plain.text)
        if 3 * sum(map(len, _OTHER_WORD.findall(latin))) < len(latin):  # a Latin text
            latin = _OTHER_WORD.sub(_all_latin, latin)
        mapped = mapped.with_text(latin)
    mapped = _closed(mapped)
    return _once(mapped.with_text(_LEET.sub(_WORDS_OF[one], mapped.text)), times)


def _closed(mapped: Mapped) -> Mapped:
    """Letters that stood apart, together."""
    gaps = [(*m.span(), 1 + len(m[1])) for m in _SPACED.finditer(mapped.text)]
    if not mapped.text.isascii():
        gaps += [(*m.span(), 2) for m in _TWO_SPACED.finditer(mapped.text)]
    return mapped.without(gaps)


def _once(mapped: Mapped, times: int) -> Mapped:
    """What was said three times and more, said once, or twice."""
    return mapped.without((m.start() + times, m.end(), 0) for m in _REPEATED.finditer(mapped.text))


def _latin(found: re.Match[str]) -> str:
    word = found[0]
    return word.translate(_LATIN) if _looks_latin(word) else word


def _all_latin(found: re.Match[str]) -> str:
    """A word that can be read as a Latin one from its first letter to its last."""
    return found[0].translate(_LATIN) if _LATIN_LIKE.issuperset(found[0]) else found[0]


def _cyrillic(found: re.Match[str]) -> str:
    return found[0].translate(_CYRILLIC)


def _looks_latin(word: str) -> bool:
    return not _LATIN_LIKE.isdisjoint(word)


def _unmasked_signs(signs: str) -> dict[str, str]:
    # All in one go; a line end between them, with which nothing joins.
    parts = unicodedata.normalize("NFKD", "\n".join(signs.replace("\n", " ")).casefold()).casefold()
    table = dict(zip(signs, parts.split("\n"), strict=True))
    table |= {sign: _put_together(sign, part) for sign, part in table.items() if len(part) > 1}
    table |= dict.fromkeys(_UNSEEN.findall(signs), "")
    table |= {sign: DRAWN_AS[sign] for sign in DRAWN_AS.keys() & table.keys()}
    return table | {"\n": "\n"}


def _put_together(sign: str, parts: str) -> str:
    """The parts without accents where they are Latin letters, together again where they are not."""
    letters = "".join(part for part in parts if not unicodedata.combining(part))
    parts = letters if letters and letters.isascii() else unicodedata.normalize("NFC", parts)
    return parts if len(parts) <= LONGEST_PART else sign


_BECOMES = Signs(_unmasked_signs)
_LATIN = {ord(sign): letter for sign, letter in LOOKS_LIKE.items()}
_CYRILLIC = str.maketrans(CYRILLIC_LIKE)
_LATIN_LIKE = frozenset(LOOKS_LIKE)


def _meaning(one: str) -> Callable[[re.Match[str]], str]:
    signs = {ord(sign): (one if sign == "1" else letter) for sign, letter in _STANDS_FOR.items()}
    return lambda found: found[0].translate(signs)


_WORDS_OF = {one: _meaning(one) for one in "il"}
