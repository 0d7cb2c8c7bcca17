"""Mostly capitals. Short cries and abbreviations are left alone."""

from screening.draft import Draft, Signal

FEWEST_LETTERS = 20  # below that a headline, an abbreviation or a laugh looks the same
SHARE = 0.7


def look(draft: Draft) -> list[Signal]:
    capitals, small = sum(map(str.isupper, draft.text)), sum(map(str.islower, draft.text))
    letters = capitals + small
    if letters < FEWEST_LETTERS:
        return []
    share = capitals / letters
    return [Signal("shouting", share, "mostly capitals")] if share >= SHARE else []
