"""What else the machine did meanwhile: figures taken beside other work say so."""

import os
from pathlib import Path


class Watch:
    """Begins when made."""

    def __init__(self) -> None:
        self.began = busy_and_all()
        self.ours = sum(os.times()[:4])

    def foreign(self, of_database: float) -> float:
        """The share of the processors, 0 to 1, that went to others; `of_database` are the seconds of our PostgreSQL,
        which we have not waited for yet."""
        busy, everything = (now - then for now, then in zip(busy_and_all(), self.began, strict=True))
        ours = sum(os.times()[:4]) - self.ours + of_database
        return max(0.0, busy - ours) / everything


def busy_and_all() -> tuple[float, float]:
    """Seconds of all processors together since the start of the machine."""
    numbers = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    ticks = os.sysconf("SC_CLK_TCK")
    return (sum(numbers) - numbers[3] - numbers[4]) / ticks, sum(numbers) / ticks
