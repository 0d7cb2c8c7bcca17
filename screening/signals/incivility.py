"""Like what moderators took down for insults, as the model has learned. It has people look, and no more than that."""

from screening.draft import Draft, Signal
from screening.signals.likeness import likeness


def look(draft: Draft) -> list[Signal]:
    return likeness(draft, "incivility")
