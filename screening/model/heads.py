"""What a model has learned about one question, as plain numbers: nothing in it can be run."""

import json
import math
import sys
import zlib
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from screening.model.facts import NAMES
from screening.model.features import BUCKETS, Features

FORMAT = 1  # of the features and of the file; a head of another one cannot be read
MEDIUM, HIGH = 0.3, 0.5  # what 5 % and 1 % of harmless comments exceed, on the scale of signals
FINEST = 32_767  # the largest weight of a bucket, as it is kept


class Unreadable(ValueError):
    """Bytes that are no head, or one for other features than ours."""


@dataclass(frozen=True)
class Head:
    """A linear model of one question. `logit` is higher the more a text is like those that were taken down.

    `weights` are `BUCKETS` whole numbers, times `scale`; `facts` a weight for each of the facts. `medium` and `high`
    are the logits that 5 % and 1 % of harmless comments exceed. `calibration` (slope, shift, lowest, highest) makes a
    logit a probability; None until the site has decided enough. `languages` are those that it knows; none: any.
    `about` says where it is from.
    """

    name: str
    weights: array
    scale: float
    facts: tuple[float, ...]
    bias: float
    medium: float
    high: float
    calibration: tuple[float, float, float, float] | None = None
    languages: tuple[str, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)

    def logit(self, features: Features) -> float:
        """Texts of any length are on one scale: what is in them is divided by the root of how much that is."""
        return self.bias + self.added_by(features.buckets, features) + self.of_facts(features)

    def added_by(self, buckets: Iterable[int], features: Features) -> float:
        """What some of the buckets of a text add to its logit."""
        total = sum(map(self.weights.__getitem__, buckets)) * self.scale
        return total / math.sqrt(max(1, len(features.buckets)))

    def of_facts(self, features: Features) -> float:
        return sum(weight * fact for weight, fact in zip(self.facts, features.facts, strict=True))

    def score(self, logit: float) -> float:
        """On the scale of signals: `MEDIUM` at `medium`, `HIGH` at `high`, and no more than 1."""
        if logit < self.medium:
            return MEDIUM * 2 * _sigmoid(logit - self.medium)
        step = max(1e-6, self.high - self.medium)
        return min(1.0, MEDIUM + (HIGH - MEDIUM) * (logit - self.medium) / step)

    def share(self, logit: float) -> float:
        """0..1, 0.5 at `high`: an order, not a probability."""
        return _sigmoid(logit - self.high)

    def likely(self, logit: float) -> float | None:
        """The probability that moderators take such a comment down; None where too few were decided to say."""
        return None if self.calibration is None else probability(logit, self.calibration)

    def to_bytes(self) -> bytes:
        """A line of JSON, and the weights as 16-bit whole numbers, the low byte first; all of it packed."""
        header = {
            "format": FORMAT,
            "name": self.name,
            "scale": self.scale,
            "facts": self.facts,
            "bias": self.bias,
            "medium": self.medium,
            "high": self.high,
            "calibration": self.calibration,
            "languages": self.languages,
            "about": dict(self.about),
        }
        return zlib.compress(json.dumps(header).encode() + b"\n" + _little(self.weights).tobytes())

    @classmethod
    def from_bytes(cls, packed: bytes) -> "Head":
        """Raises `Unreadable`."""
        try:
            header, _, numbers = _unpacked(packed).partition(b"\n")
            said = json.loads(header)
            if said.pop("format") != FORMAT or len(numbers) != 2 * BUCKETS or len(said["facts"]) != len(NAMES):
                raise Unreadable("a head for other features than ours")
            weights = array("h")
            weights.frombytes(numbers)
            calibration = said.pop("calibration")
            lists = {name: tuple(said.pop(name)) for name in ("facts", "languages")}
            head = cls(
                weights=_little(weights), calibration=tuple(calibration) if calibration else None, **lists, **said
            )
            if not _is_sound(head):
                raise Unreadable("a head with something else where its numbers and names should be")
            return head
        except (zlib.error, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise Unreadable(str(error)) from error


def probability(logit: float, calibration: tuple[float, float, float, float]) -> float:
    """By a `Head.calibration`: it rises with the logit from the lowest to the highest."""
    slope, shift, lowest, highest = calibration
    return lowest + (highest - lowest) * _sigmoid(slope * logit + shift)


def head_of(name: str, weights: Any, **rest: Any) -> Head:
    """From real numbers, `BUCKETS` of them."""
    import numpy as np  # only where something is learned: scoring does without

    scale = max(float(np.abs(weights).max()), 1e-9) / FINEST
    whole = array("h", np.rint(weights / scale).astype(np.int16).tobytes())
    return Head(name=name, weights=whole, scale=scale, **rest)


def _is_sound(head: Head) -> bool:
    """Whether it can be read with: what fails at each comment would have a person look at all of them."""
    calibration = head.calibration or (0, 0, 0, 1)
    numbers = (head.scale, head.bias, head.medium, head.high, *head.facts, *calibration)
    are_numbers = all(type(number) in (int, float) and math.isfinite(number) for number in numbers)
    are_words = all(isinstance(word, str) for word in (head.name, *head.languages))
    return are_numbers and are_words and len(calibration) == 4 and isinstance(head.about, dict)


def _unpacked(packed: bytes) -> bytes:
    """No more than a head can be: a small file could claim to be a very large one."""
    unpacking = zlib.decompressobj()
    return unpacking.decompress(packed, 4 * BUCKETS)


def _little(numbers: array) -> array:
    if sys.byteorder == "little":
        return numbers
    turned = array("h", numbers)
    turned.byteswap()
    return turned


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, value))))
