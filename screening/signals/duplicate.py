"""Somebody else has said nearly the same: one text under many names."""

from screening.draft import Draft, NotKnown, Signal

ONCE, MORE = 0.5, 0.1  # a copy, and each further one
GONE = 0.9  # of what was refused or removed


def look(draft: Draft) -> list[Signal]:
    if draft.neighbours is None:
        raise NotKnown
    others = [near for near in draft.neighbours if not near.is_own]
    if not others:
        return []
    score = min(1.0, ONCE + MORE * (len(others) - 1))
    said = "nearly the same text as a comment of somebody else"
    if len(others) > 1:
        said = f"nearly the same text as {len(others)} comments of others"
    if any(near.is_gone for near in others):
        return [Signal("duplicate", max(GONE, score), f"{said}, which was not accepted")]
    return [Signal("duplicate", score, said)]
