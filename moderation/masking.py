"""Small numbers are not told: behind "fewer than 5" somebody might know who it was.

The smallest cells are masked one by one, and every other number (a sum, a share) is made of what is shown of them: so
none of them can be computed from anything that the public sees. One total may be told exactly, where that betrays no
part of it: see `hides_well`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

FEW = 5  # a number below this one, and above nothing, is masked


@dataclass(frozen=True)
class Number:
    """What the public may know of a number: it is from `least` to `most`."""

    least: int
    most: int

    @classmethod
    def of(cls, count: int) -> "Number":
        """The smallest cell: as it is, or masked."""
        return cls(1, FEW - 1) if 0 < count < FEW else cls(count, count)

    @classmethod
    def sum(cls, numbers: Iterable["Number"]) -> "Number":
        shown = list(numbers)
        return cls(sum(number.least for number in shown), sum(number.most for number in shown))

    @property
    def is_exact(self) -> bool:
        return self.least == self.most

    def __bool__(self) -> bool:
        return self.most > 0

    def __str__(self) -> str:
        if self.is_exact:
            return f"{self.least:,}"
        return f"fewer than {FEW}" if self.most < FEW else f"{self.least:,} to {self.most:,}"


def hides_well(parts: Iterable[int]) -> bool:
    """Whether the exact sum of these numbers may be told, beside those of them that are not masked.

    What is left for the masked ones must be five or more, for several of them, and neither the least nor the most that
    they could be: then each of them could still be one of two numbers.
    """
    masked = [part for part in parts if 0 < part < FEW]
    left, many = sum(masked), len(masked)
    return many > 1 and left >= FEW and many < left < many * (FEW - 1)


def share(part: Number, rest: Number) -> str:
    """How much of a whole `part` is, in percent, as closely as can be told: `12 %`, `3 to 20 %`; "" of nothing."""
    if not part and not rest:
        return ""
    least = round(100 * part.least / (part.least + rest.most)) if part.least else 0
    most = round(100 * part.most / (part.most + rest.least)) if part.most else 0
    return f"{least} %" if least == most else f"{least} to {most} %"
