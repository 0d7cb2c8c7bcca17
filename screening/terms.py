"""Finding phrases in a text, as whole words: "press" is not in "WordPress"."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

import ahocorasick

from screening.mapped import Mapped, Signs
from screening.scripts import word

# Nobody reads more of them, and no list of words within words fills the memory.
ENOUGH = 1_000

_EDGE = "\0"  # stands before and after each word, in the text as in a phrase
_BLANKS = re.compile(r"\s\s+")
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
    their like, which set no blanks, are found anywhere. A list is prepared once, in some milliseconds, and kept.
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
    prepared = _prepared(phrases)
    found = [Match(phrase, *small.span(start, end)) for phrase, start, end in prepared.spans(small.text)]
    return sorted(set(found), key=lambda m: (m.start, m.end, m.phrase))


class _Prepared:
    """Phrases made ready: one automaton for nearly all, a pattern for each with a star inside a word."""

    def __init__(self, phrases: tuple[str, ...]) -> None:
        keys: dict[str, list[str]] = {}
        self.patterns: list[tuple[str, re.Pattern[str]]] = []
        for phrase in dict.fromkeys(phrase.strip() for phrase in phrases):
            folded = fold(Mapped.of(phrase)).text
            if not folded.strip("* "):
                continue
            if _INNER_STAR.search(folded) or "* " in folded or " *" in folded:
                self.patterns.append((phrase, _pattern(folded)))
            else:
                keys.setdefault(_key(folded), []).append(phrase)
        self.automaton = ahocorasick.Automaton()
        for key, same in keys.items():
            self.automaton.add_word(key, (key, same))
        self.automaton.make_automaton()
        self.has_keys = bool(keys)

    def spans(self, text: str) -> list[tuple[str, int, int]]:
        found = [(p, m.start(), m.end()) for p, pattern in self.patterns for m in pattern.finditer(text)]
        if not self.has_keys:
            return found[:ENOUGH]
        edged = _edged(text)
        seen = edges = 0  # so far, and the edges among them
        for last, (key, same) in self.automaton.iter(edged):
            edges += edged.count(_EDGE, seen, last + 1)
            seen = last + 1
            end = seen - edges
            start = end - len(key) + key.count(_EDGE)
            if _is_mark(text[end : end + 1]):
                continue  # another letter: its vowel sign follows
            start, end = _whole(text, start, end, key)
            found += [(phrase, start, end) for phrase in same]
            if len(found) >= ENOUGH:
                break
        return found[:ENOUGH]


@lru_cache(maxsize=32)
def _prepared(phrases: tuple[str, ...]) -> _Prepared:
    return _Prepared(phrases)


@lru_cache(maxsize=2)
def folded(text: str) -> Mapped:
    return fold(Mapped.of(text))


def fold(text: Mapped) -> Mapped:
    """Small letters, accents apart from their letters, one kind of apostrophe, one blank for several."""
    small = text.each(_SIGNS.of(text.text))
    return small.without((m.start() + 1, m.end(), 0) for m in _BLANKS.finditer(small.text))


def _small(signs: str) -> dict[str, str]:
    # All in one go; a line end between them, with which nothing joins.
    small = unicodedata.normalize("NFD", "\n".join(signs.replace("İ", "i").replace("\n", " ")).casefold())
    table = dict(zip(signs, small.split("\n"), strict=True))
    return table | {sign: _LIKE.get(sign, " ") for sign in _BLANK_OR_LIKE.findall(signs)}


_LIKE = {_EDGE: "\ufffd", "\u2019": "'"}
_BLANK_OR_LIKE = re.compile(rf"[\s{_EDGE}\u2019]")
_SIGNS = Signs(_small)


def _edged(text: str) -> str:
    """Edges before and after each word."""
    return _EDGE.join(_words().split(text))


@cache
def _words() -> re.Pattern[str]:
    return re.compile(f"({word().pattern})")


def _key(folded: str) -> str:
    """What the automaton looks for: at a star no edge is asked for."""
    key = _edged(folded.strip("*"))
    if folded.startswith("*"):
        key = key.removeprefix(_EDGE)
    return key.removesuffix(_EDGE) if folded.endswith("*") else key


def _whole(text: str, start: int, end: int, key: str) -> tuple[int, int]:
    """The letters for which a star stands belong to what was found: forty at most on each side."""
    if key[0] != _EDGE and word().match(text[start]):
        first = start - 40
        while start > max(0, first) and word().match(text[start - 1]):
            start -= 1
    if key[-1] != _EDGE and (more := word().match(text, end - 1, end + 40)):
        end = more.end()
    return start, end


def _is_mark(sign: str) -> bool:
    return bool(sign) and unicodedata.category(sign)[0] == "M"


def _pattern(phrase: str) -> re.Pattern[str]:
    # Within a word a star stands for forty letters at most: two of them in one endless word would take seconds.
    words = [r"\w{0,40}".join(re.escape(part) for part in word.split("*")) for word in phrase.split()]
    before = r"(?<!\w)" if phrase[0] == "*" or phrase[0].isalnum() else ""
    after = r"(?!\w)" if phrase[-1] == "*" or phrase[-1].isalnum() else ""
    return re.compile(before + r"\s+".join(words) + after)
