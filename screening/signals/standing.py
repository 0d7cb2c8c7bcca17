"""The writer, or the whole space, is read before publication."""

from screening.draft import Draft, Signal


def look(draft: Draft) -> list[Signal]:
    signals = []
    if draft.trust.is_premoderated:
        signals.append(Signal("standing", 1.0, "the writer’s comments are read first for now"))
    if draft.policy.premoderated:
        signals.append(Signal("space", 1.0, "every comment is read first here"))
    return signals
