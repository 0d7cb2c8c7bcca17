"""Several people from one network in one discussion within a short time: a class, or one person with many names."""

from screening.draft import Draft, NotKnown, Signal

FEWEST = 2  # others
# How many is not said: the author would learn who else lives nearby.
MENTION, MORE = 0.4, 0.1  # with two others, and for each further one: four people together are held


def look(draft: Draft) -> list[Signal]:
    if draft.same_origin is None:
        raise NotKnown
    if draft.same_origin < FEWEST:
        return []
    score = min(1.0, MENTION + MORE * (draft.same_origin - FEWEST))
    return [Signal("cluster", score, "several people wrote here from one network in a short time")]
