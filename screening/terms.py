"""Finding phrases in a text, as whole words: "press" is not in "WordPress"."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, islice

import ahocorasick

from screening.mapped import Mapped, Signs
from screening.scripts import word

# Nobody reads more of them, and no list of words within words fills the memory.
ENOUGH = 1_000

_EDGE = "\0"  # stands before and after each word, in the text as in a phrase
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
    prepared = _prepared(phrases)
    found = [Match(phrase, *small.span(start, end)) for phrase, start, end in prepared.spans(small)]
    return sorted(set(found), key=lambda m: (m.start, m.end, m.phrase))


class _Prepared:
    """Phrases made ready: one automaton for nearly all, a pattern for each with a star inside a word."""

    def __init__(self, phrases: tuple[str, ...]) -> None:
        keys: dict[str, list[tuple[str, tuple[int, ...]]]] = {}  # with the places of each dotless i
        starred: dict[str, list[tuple[str, str]]] = {}  # by what must be there before it is worth trying
        for phrase in dict.fromkeys(phrase.strip() for phrase in phrases):
            folded = _STARS.sub("*", fold(Mapped.of(phrase)).text).strip(_AROUND)
            if not folded.strip("* "):
                continue
            if _INNER_STAR.search(folded) or "* " in folded or " *" in folded:
                starred.setdefault(max(_pieces(folded), key=len), []).append((phrase, folded))
            else:
                keys.setdefault(_key(folded), []).append((phrase, ()))
                if "ı" in folded:  # its capital is I, in English that of i
                    places = tuple(at for at, sign in enumerate(folded.strip("*")) if sign == "ı")
                    keys.setdefault(_key(folded.replace("ı", "i")), []).append((phrase, places))
        self.patterns: dict[str, re.Pattern[str]] = {}
        self.starred = starred
        self.hints = _automaton({hint: hint for hint in starred})
        self.automaton = _automaton({key: (key, same) for key, same in keys.items()})

    def spans(self, small: Mapped) -> list[tuple[str, int, int]]:
        text = small.text
        found = list(islice(self._by_pattern(text), ENOUGH))
        if not self.automaton:
            return found
        edged = _edged(text)
        seen = edges = 0  # so far, and the edges among them
        for last, (key, same) in self.automaton.iter(edged):
            edges += edged.count(_EDGE, seen, last + 1)
            seen = last + 1
            end = seen - edges
            start = end - len(key) + key.count(_EDGE)
            if _goes_on(text, end, key):
                continue  # another letter: its vowel sign follows
            whole = _whole(text, start, end, key)
            found += [(phrase, *whole) for phrase, dotless in same if _are_capitals(small, start, dotless)]
            if len(found) >= ENOUGH:
                break
        return found[:ENOUGH]

    def _by_pattern(self, text: str) -> Iterator[tuple[str, int, int]]:
        hinted: dict[str, list[int]] = {}
        for last, hint in self.hints.iter(text) if self.hints else ():
            hinted.setdefault(hint, []).append(last)
        for hint, places in hinted.items():
            for phrase, small in self.starred[hint]:
                finditer = self._pattern(small).finditer
                windows = _windows(places, _reach(small), len(text))
                for match in chain.from_iterable(finditer(text, *window) for window in windows):
                    if not _is_mark(text[match.end() : match.end() + 1]) and not _is_apart(match[0], small):
                        yield phrase, match.start(), match.end()

    def _pattern(self, small: str) -> re.Pattern[str]:
        """Made when it is needed first."""
        if small not in self.patterns:
            self.patterns[small] = _pattern(small)
        return self.patterns[small]


def _automaton(words: Mapping[str, object]) -> ahocorasick.Automaton | None:
    if not words:
        return None
    automaton = ahocorasick.Automaton()
    for one, value in words.items():
        automaton.add_word(one, value)
    automaton.make_automaton()
    return automaton


@lru_cache(maxsize=32)
def _prepared(phrases: tuple[str, ...]) -> _Prepared:
    return _Prepared(phrases)


@lru_cache(maxsize=2)
def folded(text: str) -> Mapped:
    return fold(Mapped.of(text))


def fold(text: Mapped) -> Mapped:
    """Small letters, accents apart from their letters, one kind of apostrophe and hyphen, one blank for several."""
    small = text.each(_SIGNS.of(text.text))
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
    _EDGE: "\ufffd",
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
_ACCENTS = frozenset(map(chr, range(0x300, 0x370)))
# What parts words besides what `_SOME` knows.
_APART = re.compile(
    "[\u00a1-\u00a9\u00ab-\u00b1\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u2010-\u2027\u2030-\u205e\u3001-\u3020]"
)
_BLANK_OR_LIKE = re.compile(rf"[\s{''.join(_LIKE)}]")
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
        start = _first_of_word(text, start, max(0, start - 40))
    if key[-1] != _EDGE and (more := word().match(text, end - 1, end + 40)):
        end = more.end()
    return start, end


def _first_of_word(text: str, start: int, least: int) -> int:
    """Back over letters and what hangs on them."""
    at = start
    while at > least:
        at -= 1
        if word().match(text[at]):
            start = at
        elif not _is_mark(text[at]):
            break
    return start


def _is_mark(sign: str) -> bool:
    return bool(sign) and unicodedata.category(sign)[0] == "M"


def _goes_on(text: str, end: int, key: str) -> bool:
    """Whether something hangs on the last letter; for a star there, vowel signs may, and accents may not."""
    if not _is_mark(text[end : end + 1]):
        return False
    return key[-1] == _EDGE or text[end] in _ACCENTS or not word().match(text[end - 1])


def _is_apart(found: str, small: str) -> bool:
    """Whether a star was taken for what stands between two words."""
    return not found.isascii() and bool(_APART.search(found)) and not _APART.search(small)


def _are_capitals(small: Mapped, start: int, dotless: tuple[int, ...]) -> bool:
    """Whether each i that was asked for without a dot is an I, as both are written."""
    return all(small.original[small.at[start + at]] in "Iı" for at in dotless)


def _reach(phrase: str) -> int:
    """How far from a piece of it a phrase with stars can stand in a text, and a sign more to see where it ends."""
    return len(phrase) + 41 * phrase.count("*") + 1


def _windows(places: list[int], reach: int, length: int) -> list[tuple[int, int]]:
    """Where to look: around each place, and once where these overlap; everywhere where there are many."""
    if len(places) * reach > length:
        return [(0, length)]
    windows: list[tuple[int, int]] = []
    for place in places:
        start, end = max(0, place - reach), min(length, place + reach)
        if windows and start <= windows[-1][1]:
            windows[-1] = windows[-1][0], end
        else:
            windows.append((start, end))
    return windows


def _pieces(phrase: str) -> list[str]:
    """What of a phrase with stars stands there to the letter."""
    return [piece for piece in re.split(r"[* ]+", phrase) if piece]


def _pattern(phrase: str) -> re.Pattern[str]:
    """A star stands for forty letters at most. Each piece is looked for once, at its first place (`(?>`): several stars
    in one endless word would take seconds if they were tried in all ways."""
    before = _NO_LETTER_BEFORE if phrase[0] == "*" or word().match(phrase[0]) else ""
    return re.compile(before + " ".join(map(_pattern_of_word, phrase.split())))


def _pattern_of_word(one: str) -> str:
    end = _NO_LETTER_AFTER if one[-1] == "*" or word().match(one[-1]) else ""
    if one == "*":
        return _ONE_AT_LEAST + end
    first, *others = one.split("*")
    parts = [re.escape(first)]
    for number, piece in enumerate(others, 1):
        follows = end if number == len(others) else ""
        parts.append(rf"(?>{_SOME}?{re.escape(piece)}{follows})" if piece else f"{_SOME}+{follows}")
    return "".join(parts) + ("" if others else end)


# Short, and of ASCII where a class names signs: there may be thousands, and one with all scripts takes milliseconds.
_SOME = r"[^\s!-)+-/:-@\[-`{-~]{0,40}"  # letters, what hangs on them, and stars in their place
_ONE_AT_LEAST = _SOME.replace("{0,", "{1,") + "+"
_NO_LETTER_BEFORE, _NO_LETTER_AFTER = r"(?<![^\W_])", r"(?![^\W_])"
