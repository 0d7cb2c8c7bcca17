"""From which score on a signal asks for a person in a space: what its policy says, read and written here alone.

Only what differs from `screening.policy.HOLD_FROM` is kept, by rule.
"""

from collections.abc import Mapping

from comments.models import Space
from screening.policy import DECIDED_BY_PEOPLE, NAMES

MOST = 2.0  # scores end at 1: with more than that a rule holds nothing

# What a space may say something about. That somebody is read first, or everybody is here, people have decided: there
# are switches for it, and no number undoes what was decided about somebody.
RULES = tuple(rule for rule in NAMES if rule not in DECIDED_BY_PEOPLE)


def thresholds_in(space: Space) -> dict[str, float]:
    """By rule, where the space says something of its own. What is no number or no rule is passed over: a slip in the
    policy keeps nobody from posting. No query."""
    kept = space.thresholds if isinstance(space.thresholds, dict) else {}
    return {rule: kept[rule] for rule in RULES if _is_number(kept.get(rule))}


def set_thresholds(space: Space, given: Mapping[str, float | None]) -> None:
    """Writes them on the space, which the caller saves. None is as everywhere."""
    space.thresholds = {rule: given[rule] for rule in RULES if given.get(rule) is not None}


def _is_number(kept) -> bool:
    return isinstance(kept, int | float) and not isinstance(kept, bool)
