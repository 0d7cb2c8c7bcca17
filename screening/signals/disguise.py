"""A listed word that stands there in disguise, and words of letters from two alphabets that look alike."""

import re
import unicodedata
from functools import lru_cache

from screening import terms
from screening.disguise import mixed_words, readings, spelled, turned, unmasked, words_apart
from screening.draft import Draft, Signal
from screening.scripts import ACCENTED_LETTERS

MIXED, TURNED, HIDDEN = 0.4, 0.6, 0.9  # the first may be a slip of the keyboard: worth a mention, not a look
ACCENTED = 0.3  # another word in most languages
HIDDEN_WORDS = "a word on the paper’s list, written so that it is not noticed"
ACCENTED_WORDS = "a word on the paper’s list, but for its accents"


def look(draft: Draft) -> list[Signal]:
    signals = [Signal("disguise", MIXED, "letters of two alphabets in one word", span) for span in _mixed(draft)]
    if span := turned(draft.text):
        signals.append(Signal("disguise", TURNED, "signs that turn the order of letters around", span))
    spans = hidden(draft.text, draft.policy.phrases)
    accented = [span for span in spans if _is_accented(draft.text[slice(*span)])]
    signals += [Signal("disguise", HIDDEN, HIDDEN_WORDS, span) for span in spans if span not in accented]
    return signals + [Signal("disguise", ACCENTED, ACCENTED_WORDS, span) for span in accented[:1]]


def hidden(text: str, phrases: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where phrases stand that are not there to the letter."""
    if not phrases:
        return []
    as_written = terms.folded(text).text
    read = [(reading, _unmasked(phrases)) for reading in readings(text) if reading.text != as_written]
    if (several := _of_several_words(phrases)) and (apart := words_apart(text)):
        read.append((apart, several))
    plain = bytearray(len(text))  # 1 where a phrase stands to the letter
    for match in terms.find(text, phrases):
        plain[match.start : match.end] = b"\1" * (match.end - match.start)
    found = {
        (match.start, match.end)
        for reading, listed in read
        for match in terms.find_in(reading, listed)
        if not any(plain[match.start : match.end])
    }
    listed = frozenset(_unmasked(phrases))
    found |= {span for word, span in spelled(text) if word in listed and not any(plain[slice(*span)])}
    return sorted(found)


def _mixed(draft: Draft) -> list[tuple[int, int]]:
    return mixed_words(draft.text)[:1]


def _is_accented(words: str) -> bool:
    """Accents that one language has are another word, no disguise: German schwül is not schwul."""
    small = unicodedata.normalize("NFC", words).lower()
    if not all(sign.isalpha() or sign in " '’" for sign in small) or _RUN.search(small):
        return False
    beyond = {sign for sign in small if sign > "\x7f"} - {"’"}
    return any(beyond <= letters for letters in ACCENTED_LETTERS)


_RUN = re.compile(r"(\w)\1\1|(?<!\w)\w\W+\w\W+\w(?!\w)")  # a letter thrice, or letters one by one


@lru_cache(maxsize=32)
def _unmasked(phrases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(unmasked(phrase).text for phrase in phrases)


@lru_cache(maxsize=32)
def _of_several_words(phrases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(phrase for phrase in _unmasked(phrases) if " " in phrase.strip())
