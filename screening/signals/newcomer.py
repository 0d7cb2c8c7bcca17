"""Somebody who has no public comment yet."""

from screening.draft import Draft, NotKnown, Signal


def look(draft: Draft) -> list[Signal]:
    if draft.trust.published is None:
        raise NotKnown
    if draft.trust.published:
        return []
    words = "no public comment yet" if draft.trust.gone else "first comment"
    return [Signal("newcomer", 0.5 if draft.policy.hold_first else 0.2, words)]
