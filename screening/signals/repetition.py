"""The same writer has said nearly the same before, here or elsewhere."""

from screening.draft import Draft, NotKnown, Signal
from screening.fingerprints import fingerprint

FEWEST_OF_SHORT = 2  # “Thank you!” may be said twice


def look(draft: Draft) -> list[Signal]:
    if draft.neighbours is None:
        raise NotKnown
    times = sum(near.is_own for near in draft.neighbours)
    if times < (FEWEST_OF_SHORT if times and fingerprint(draft.text) is None else 1):
        return []
    said = "nearly the same text as another comment of the same writer"
    if times > 1:
        said = f"nearly the same text as {times} other comments of the same writer"
    return [Signal("repetition", min(1.0, 0.5 + 0.1 * (times - 1)), said)]
