"""Mostly capitals. Short cries and abbreviations are left alone."""

from screening.draft import Draft, Signal

FEWEST_LETTERS = 20  # below that a headline, an abbreviation or a laugh looks the same
SHARE = 0.7


def look(draft: Draft) -> list[Signal]:
    cased = [sign for sign in draft.text if sign.lower() != sign.upper()]
    if len(cased) < FEWEST_LETTERS:
        return []
    share = sum(sign.isupper() for sign in cased) / len(cased)
    return [Signal("shouting", min(1.0, share), "mostly capitals")] if share >= SHARE else []
