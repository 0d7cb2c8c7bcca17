"""A listed word that stands there in disguise, and words of letters from two alphabets that look alike."""

from functools import lru_cache

from screening import terms
from screening.disguise import mixed_words, readings, turned, unmasked
from screening.draft import Draft, Signal

MIXED, TURNED, HIDDEN = 0.4, 0.6, 0.9  # the first may be a slip of the keyboard: worth a mention, not a look


def look(draft: Draft) -> list[Signal]:
    signals = [Signal("disguise", MIXED, "letters of two alphabets in one word", span) for span in _mixed(draft)]
    if span := turned(draft.text):
        signals.append(Signal("disguise", TURNED, "signs that turn the order of letters around", span))
    return signals + [
        Signal("disguise", HIDDEN, "a word on the paper’s list, written so that it is not noticed", span)
        for span in hidden(draft.text, draft.policy.phrases)
    ]


def hidden(text: str, phrases: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where phrases stand that are not there to the letter."""
    if not phrases:
        return []
    as_written = terms.folded(text).text
    plain = bytearray(len(text))  # 1 where a phrase stands to the letter
    for match in terms.find(text, phrases):
        plain[match.start : match.end] = b"\1" * (match.end - match.start)
    found = {
        (match.start, match.end)
        for reading in readings(text)
        if reading.text != as_written
        for match in terms.find_in(reading, _unmasked(phrases))
        if not any(plain[match.start : match.end])
    }
    return sorted(span for span in found if not _is_accented(text[slice(*span)]))


def _mixed(draft: Draft) -> list[tuple[int, int]]:
    return mixed_words(draft.text)[:1]


def _is_accented(words: str) -> bool:
    """Common letters of European languages are another word, no disguise: German schwül is not schwul."""
    return all((sign.isalpha() and ord(sign) < 0x180) or sign in " '’-" for sign in words) and not _has_run(words)


def _has_run(words: str) -> bool:
    """A letter thrice, or letters one by one."""
    lower = words.lower()
    return any(a == b == c for a, b, c in zip(lower, lower[1:], lower[2:], strict=False)) or any(
        a.isalpha() and not b.isalpha() and c.isalpha() and not d.isalpha()
        for a, b, c, d in zip(words, words[1:], words[2:], words[3:], strict=False)
    )


@lru_cache(maxsize=32)
def _unmasked(phrases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(unmasked(phrase).text for phrase in phrases)
