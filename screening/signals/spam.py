"""Like what moderators took down for spam, as the model has learned. It has people look, and never more than that."""

from screening.draft import Draft, Signal
from screening.signals.likeness import likeness


def look(draft: Draft) -> list[Signal]:
    return likeness(draft, "spam")
