"""What the model says of a draft, as a signal."""

from screening.draft import Draft, NotKnown, Signal
from screening.model import MEDIUM, Reading

# Before the model has learned what is taken down here, it orders what waits and holds nothing.
ONLY_ORDERS = 0.45
# Authors read it, too: they are not told what a number says of them.
SAID = "a moderator reads it first"


def likeness(draft: Draft, head: str) -> list[Signal]:
    """Nothing for the control sample, for a language that the head does not know, or where it stands out little."""
    if draft.is_control:
        return []
    if draft.model is None:
        raise NotKnown
    return [signal for signal in said_by(draft) if signal.rule == head and signal.score >= MEDIUM]


def said_by(draft: Draft) -> list[Signal]:
    """All that the model says, also where it notices nothing."""
    if draft.is_control or draft.model is None:
        return []
    return [_signal(head, reading) for head, reading in draft.model.read(draft.text, draft.trust).items()]


def _signal(head: str, reading: Reading) -> Signal:
    span = reading.spans[0] if reading.spans else None
    score = min(reading.score, ONLY_ORDERS) if reading.likely is None else reading.score
    return Signal(head, score, SAID, span, (*(f"“{word}”" for word in reading.words), *reading.facts), reading.likely)
