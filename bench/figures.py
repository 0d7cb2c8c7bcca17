"""What is measured, as it is collected."""

import statistics
from dataclasses import dataclass, field

HEADER = "X-Bench-Queries"  # how many queries an answer took, in the runs that count them


@dataclass
class Line:
    """A page, asked again and again. `place` is the discussion, such as `1k`; a `kind` is compared between places.

    `way`: as readers get it, from the cache of pages where there is one ("kept"); "drawn" each time; or "drawn first",
    when nothing of its story is kept either. Times in milliseconds; `web` and `database` are processor time of one
    answer.
    """

    kind: str
    place: str
    path: str
    way: str = "drawn"
    queries: int = -1
    size: int = 0
    comments: int = 0
    took: list[float] = field(default_factory=list)
    web_seconds: float = 0.0
    database_seconds: float = 0.0
    statuses: set[int] = field(default_factory=set)

    @property
    def name(self) -> str:
        return f"{self.kind}, {self.place}" if self.place else self.kind

    @property
    def stands(self) -> bool:
        """Whether the page is there at all."""
        return self.statuses == {200}

    @property
    def median(self) -> float:
        return statistics.median(self.took) if self.took else 0.0

    @property
    def p99(self) -> float:
        return nearly_all(self.took)

    @property
    def web(self) -> float:
        return self.web_seconds * 1_000 / max(1, len(self.took))

    @property
    def database(self) -> float:
        return self.database_seconds * 1_000 / max(1, len(self.took))


@dataclass
class Speed:
    """How many answers a second many readers get, one number for each turn."""

    name: str
    path: str
    per_second: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    web_seconds: float = 0.0

    @property
    def rate(self) -> float:
        return statistics.median(self.per_second)

    @property
    def web(self) -> float:
        return self.web_seconds * 1_000 / max(1, len(self.took))


@dataclass
class Posts:
    """Eight members write at once. `lanes` are the requests of each; `statuses` how many were answered how."""

    name: str
    lanes: list[list] = field(default_factory=list)
    queries: int = -1
    took: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    broken: int = 0
    web_seconds: float = 0.0
    database_seconds: float = 0.0

    @property
    def accepted(self) -> int:
        return self.statuses.get("303", 0)

    @property
    def rate(self) -> float:
        return statistics.median(self.per_second) if self.per_second else 0.0

    @property
    def web(self) -> float:
        return self.web_seconds * 1_000 / max(1, len(self.took))

    @property
    def database(self) -> float:
        return self.database_seconds * 1_000 / max(1, len(self.took))


@dataclass(frozen=True)
class Verdict:
    """A bar of the design, what was reached, and whether that is enough."""

    bar: str
    reached: str
    passed: bool


def nearly_all(took: list[float]) -> float:
    """What 99 of 100 stay under."""
    return sorted(took)[int(len(took) * 0.99)] if took else 0.0
