"""What follows from the signals: a pure function, so that a change of policy can be tried on old comments."""

from collections.abc import Sequence

from screening.draft import Draft, Signal, Verdict

# From this score on a signal asks for a person, where the space says nothing else.
HOLD_FROM = 0.5

# The gravest first. The first that fires is the winning rule; its weight is the priority in the queue.
WEIGHT = {"phrase": 50, "disguise": 45, "links": 40, "standing": 30, "shouting": 20, "space": 10, "newcomer": 10}


def judge(draft: Draft, signals: Sequence[Signal]) -> Verdict:
    """`hold` when a signal asks for a person, else `publish`. People who work here are published, signals kept."""
    firing = [s for s in signals if s.score >= draft.policy.thresholds.get(s.rule, HOLD_FROM)]
    firing.sort(key=lambda s: -WEIGHT.get(s.rule, 0))
    if draft.trust.is_staff or not firing:
        return Verdict("publish", tuple(signals), policy_version=draft.policy.version)
    return Verdict(
        "hold",
        tuple(signals),
        tuple(dict.fromkeys(s.evidence for s in firing)),
        firing[0].rule,
        WEIGHT.get(firing[0].rule, 0),
        draft.policy.version,
    )
