"""How many of the writer's comments did not stand."""

from math import sqrt

from screening.draft import Draft, NotKnown, Signal

FEWEST = 5  # comments: one bad day proves nothing
A_THIRD = 1.5  # makes of a share of a third the score from which on a person looks
MENTION = 0.1


def look(draft: Draft) -> list[Signal]:
    published, gone = draft.trust.published, draft.trust.gone
    if published is None or gone is None:
        raise NotKnown
    decided = published + gone
    if decided < FEWEST:
        return []
    share = lower_bound(gone, decided)
    if share < MENTION:
        return []
    return [Signal("history", min(1.0, A_THIRD * share), f"{gone} of the last {decided} comments did not stand")]


def lower_bound(some: int, of_all: int, z: float = 1.96) -> float:
    """The share that is surely reached, 0 to 1: the lower end of Wilson's interval (1927) at 95 %."""
    share, square = some / of_all, z * z
    middle = share + square / (2 * of_all)
    spread = z * sqrt((share * (1 - share) + square / (4 * of_all)) / of_all)
    return max(0.0, (middle - spread) / (1 + square / of_all))
