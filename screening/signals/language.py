"""A language that is not spoken in the discussion. It puts the comment forward in the queue and holds nothing alone."""

from screening.draft import Draft, Signal
from screening.languages import is_foreign

SCORE = 0.3


def look(draft: Draft) -> list[Signal]:
    if not is_foreign(draft.text, draft.policy.languages):
        return []
    return [Signal("language", SCORE, "another language than the one spoken here")]
