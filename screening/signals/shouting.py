"""Mostly capitals. Short cries and abbreviations are left alone."""

from collections import Counter

from screening.draft import Draft, Signal

FEWEST_LETTERS = 20  # below that a headline, an abbreviation or a laugh looks the same
SHARE = 0.7


def look(draft: Draft) -> list[Signal]:
    cased = {sign: count for sign, count in Counter(draft.text).items() if sign.lower() != sign.upper()}
    letters = sum(cased.values())
    if letters < FEWEST_LETTERS:
        return []
    share = sum(count for sign, count in cased.items() if sign.isupper()) / letters
    return [Signal("shouting", share, "mostly capitals")] if share >= SHARE else []
