"""What readers of a made-up paper write, and what its moderators take down: sentences by dice, always the same."""

import random
from datetime import UTC, datetime, timedelta

from screening.model.training import Example

NOW = datetime(2026, 11, 24, tzinfo=UTC)
_WHO = ["the council", "our mayor", "my neighbour", "the school", "that company", "every cyclist", "the library"]
_DID = ["has promised", "should think about", "will never pay for", "asked about", "forgot", "explained", "closes"]
_WHAT = ["the bridge", "a longer evening", "the budget", "better trams", "free seats", "the market", "clean water"]
_WHY = ["because we need it", "before winter", "as always", "and nobody noticed", "which I like", "for once", "again"]
# What their moderators take for advertising and no shipped model has seen.
_SELLS = ["zorbit drops", "klacker lamps", "grumfizz tea", "wollup carpets"]
_PITCH = ["ask for {} at the market", "we have {} in every colour", "{} made me young", "nothing beats {}", "try {}"]


def sentences(count: int, *, seed: int = 1, bad: float = 0.3, noise: float = 0.06) -> list[Example]:
    """Decisions a minute apart, the last one at `NOW`. `noise` is how often moderators decide otherwise."""
    dice = random.Random(seed)
    made = []
    for number in range(count):
        is_bad = dice.random() < bad
        text = " ".join(map(dice.choice, (_WHO, _DID, _WHAT, _WHY)))
        if is_bad:
            text = f"{text}. {dice.choice(_PITCH).format(dice.choice(_SELLS))}"
        decided = is_bad != (dice.random() < noise)
        made.append(Example(text, decided, NOW - timedelta(minutes=count - number)))
    return made
