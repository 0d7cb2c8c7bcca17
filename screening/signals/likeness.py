"""What the model says of a draft, as a signal."""

from screening.draft import Draft, NotKnown, Signal
from screening.model import MEDIUM

# Before the model has learned what is taken down here, it orders what waits and holds nothing.
ONLY_ORDERS = 0.45
# Authors read it, too: they are not told what a number says of them.
SAID = "a moderator reads it first"


def likeness(draft: Draft, head: str) -> list[Signal]:
    """Nothing for the control sample, nor for a language that the head does not know, nor where it stands out little."""
    if draft.is_control:
        return []
    if draft.model is None:
        raise NotKnown
    reading = draft.model.read(draft.text, draft.trust).get(head)
    if reading is None or reading.score < MEDIUM:
        return []
    span = reading.spans[0] if reading.spans else None
    score = min(reading.score, ONLY_ORDERS) if reading.likely is None else reading.score
    return [Signal(head, score, SAID, span, (*reading.words, *reading.facts), reading.likely)]
