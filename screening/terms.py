"""Finding phrases in a text, as whole words: "press" is not in "WordPress"."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import NamedTuple

from screening.edged import EDGE, Edged, automaton_of, with_edges
from screening.mapped import Mapped, Signs
from screening.starred import Starred

# Nobody reads more of them, and no list of words within words fills the memory.
ENOUGH = 1_000

LONGEST_KEY = 48  # of a phrase, in the automaton, edges included: the rest is compared where that stands

_BLANKS = re.compile(r"\s\s+")
_STARS = re.compile(r"\*+")
_INNER_STAR = re.compile(r"[^\s*]\*+[^\s*]")


@dataclass(frozen=True)
class Match:
    """A phrase found at `text[start:end]`."""

    phrase: str
    start: int
    end: int


def find(text: str, phrases: Iterable[str]) -> list[Match]:
    """Where the phrases stand in the text, in order; the first thousand. Case does not matter, `*` stands for any
    letters of a word, blanks in a phrase match any white space.

    Any script: a word ends where its letters, their accents and digits end. Thai, Chinese, Japanese and
    their like, which set no blanks, are found anywhere. What an input method or a font makes of a letter is that
    letter (full width, half width, soft hyphens, signs of direction), and so is what may be left out in writing:
    the vowel signs of Arabic and Hebrew, the dots of a Russian ё. Other accents make another word.
    A list is prepared once, in some milliseconds, and kept.
    """
    return list(_found(text, tuple(phrases)))


@lru_cache(maxsize=2)
def _found(text: str, phrases: tuple[str, ...]) -> tuple[Match, ...]:
    """Two signals ask this, one after the other."""
    return tuple(_find_folded(folded(text), phrases))


def find_in(text: Mapped, phrases: Iterable[str]) -> list[Match]:
    """The same in a text made from another; offsets are those of the original."""
    return _find_folded(fold(text), tuple(phrases))


def _find_folded(small: Mapped, phrases: tuple[str, ...]) -> list[Match]:
    found = {Match(phrase, *small.span(start, end)) for phrase, start, end in _prepared(phrases).spans(small)}
    return sorted(found, key=lambda m: (m.start, m.end, m.phrase))


class _Plain(NamedTuple):
    """A phrase without a star inside. `dotless` are the places of each ı that may stand there as a capital."""

    phrase: str
    key: str
    dotless: tuple[int, ...] = ()


class _Prepared:
    """Phrases made ready."""

    def __init__(self, phrases: tuple[str, ...]) -> None:
        keys: dict[str, list[_Plain]] = {}
        self.starred = Starred()
        for phrase in dict.fromkeys(phrase.strip() for phrase in phrases):
            folded = _STARS.sub("*", fold(Mapped.of(phrase)).text).strip(_AROUND)
            if not folded.strip("* "):
                continue
            if _INNER_STAR.search(folded) or "* " in folded or " *" in folded:
                self.starred.add(phrase, folded)
                continue
            for plain in _plain(phrase, folded):
                keys.setdefault(plain.key[:LONGEST_KEY], []).append(plain)
        self.starred.ready()
        self.automaton = automaton_of(keys)

    def spans(self, small: Mapped) -> list[tuple[str, int, int]]:
        text = Edged(small.text)
        return list(islice(chain(islice(self.starred.find(text), ENOUGH), self._plain(text, small)), ENOUGH))

    def _plain(self, text: Edged, small: Mapped) -> Iterator[tuple[str, int, int]]:
        for start, end, begins, same in text.hits(self.automaton):
            for phrase, key, dotless in same:
                if len(key) > len(begins):
                    end = start + len(key) - key.count(EDGE)
                    if not text.stands(key, start):
                        continue
                if not text.goes_on(end, key) and _are_capitals(small, start, dotless):
                    yield phrase, *text.whole(start, end, key)


@lru_cache(maxsize=32)
def _prepared(phrases: tuple[str, ...]) -> _Prepared:
    return _Prepared(phrases)


@lru_cache(maxsize=2)
def folded(text: str) -> Mapped:
    return fold(Mapped.of(text))


def fold(text: Mapped) -> Mapped:
    """Small letters, accents apart from their letters, one kind of apostrophe and hyphen, one blank for several."""
    small = text.each(_SIGNS)
    if _DOTTED in small.text:
        small = small.without((m.end() - 1, m.end(), 0) for m in re.finditer(_DOTTED, small.text))
    return small.without((m.start() + 1, m.end(), 0) for m in _BLANKS.finditer(small.text))


def _small(signs: str) -> dict[str, str]:
    # All in one go; a line end between them, with which nothing joins.
    small = unicodedata.normalize("NFD", "\n".join(signs.replace("İ", "i").replace("\n", " ")).casefold())
    table = dict(zip(signs, small.split("\n"), strict=True))
    table |= {sign: unicodedata.normalize("NFKD", sign).casefold() for sign in _WIDTHS.findall(signs)}
    table |= dict.fromkeys(_MAY_BE_LEFT_OUT.findall(signs), "")
    return table | {sign: _LIKE.get(sign, " ") for sign in _BLANK_OR_LIKE.findall(signs)}


# Apostrophes, hyphens and quotation marks as they are typed, and as they are set; and two letters that may be written
# as others without becoming another word.
_LIKE = {
    EDGE: "\ufffd",
    **dict.fromkeys("\u2018\u2019\u02bc\u00b4", "'"),
    **dict.fromkeys("\u2010\u2011", "-"),
    **dict.fromkeys("\u201c\u201d\u201e", '"'),
    **dict.fromkeys("œŒ", "oe"),
    **dict.fromkeys("ёЁ", "е"),
}
_DOTTED = "е\u0308"
_WIDTHS = re.compile("[\uff01-\uff9f\uffe0-\uffee]")
# Signs that choose how another is drawn, soft hyphens, signs of direction; vowel signs and the stroke of Arabic,
# points of Hebrew. Blanks of no width are none of them: what they part are two words.
_MAY_BE_LEFT_OUT = re.compile(
    "[\u00ad\u034f\u061c\u200e\u200f\u2060\ufe00-\ufe0f\ufeff\u0610-\u061a\u0640\u064b-\u0652\u0656-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]"
)
_AROUND = " \u200b\u200c\u200d"  # comes along when a list is pasted
_BLANK_OR_LIKE = re.compile(rf"[\s{''.join(_LIKE)}]")
_SIGNS = Signs(_small)


def _plain(phrase: str, folded: str) -> Iterator[_Plain]:
    yield _Plain(phrase, _key(folded))
    if "ı" in folded:  # its capital is I, in English that of i
        dotless = tuple(at for at, sign in enumerate(folded.strip("*")) if sign == "ı")
        yield _Plain(phrase, _key(folded.replace("ı", "i")), dotless)


def _key(folded: str) -> str:
    """What the automaton looks for: at a star no edge is asked for."""
    key = with_edges(folded.strip("*"))
    if folded.startswith("*"):
        key = key.removeprefix(EDGE)
    return key.removesuffix(EDGE) if folded.endswith("*") else key


def _are_capitals(small: Mapped, start: int, dotless: tuple[int, ...]) -> bool:
    """Whether each i that was asked for without a dot is an I, as both are written."""
    return all(small.original[small.at[start + at]] in "Iı" for at in dotless)
