"""Words as they are mistyped by accident or to get past a list: what a head learns from them it does not unlearn when a
letter is missing."""

import random
from collections.abc import Sequence
from dataclasses import replace

from screening.model.training import Example

WEIGHT = 0.25  # of a mistyped twin, of what the example weighs
WORDS = 0.5  # of the words of four letters and more, so many are mistyped


def twins_of(examples: Sequence[Example]) -> list[Example]:
    """Each once more, mistyped: always in the same way."""
    dice = random.Random(11)  # noqa: S311 - no secret
    return [replace(one, text=mistyped(one.text, dice), weight=one.weight * WEIGHT) for one in examples]


def mistyped(text: str, dice: random.Random) -> str:
    changes = (_swapped, _dropped, _doubled, _covered)
    words = text.split(" ")
    return " ".join(
        dice.choice(changes)(word, dice) if len(word) > 3 and dice.random() < WORDS else word for word in words
    )


def _swapped(word: str, dice: random.Random) -> str:
    at = dice.randrange(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _dropped(word: str, dice: random.Random) -> str:
    at = _inner(word, dice)
    return word[:at] + word[at + 1 :]


def _doubled(word: str, dice: random.Random) -> str:
    at = _inner(word, dice)
    return word[:at] + word[at] + word[at:]


def _covered(word: str, dice: random.Random) -> str:
    at = _inner(word, dice)
    return word[:at] + dice.choice("*#_-.~") + word[at + 1 :]


def _inner(word: str, dice: random.Random) -> int:
    return dice.randrange(1, len(word) - 1)
