"""How fast letters may go: so many a minute for the whole site, and so many to one domain.

Both count up a time at which the next one may go. It is kept in a row that all processes share, and is moved on in the
transaction that claims: so two processes never use the same moment.
"""

import math

import psycopg
from django.conf import settings

AHEAD_SECONDS = 2  # what one claim may take in advance; letters in hand wait that long at most


class Paces:
    """The two paces, as a claim asks for them: `room`, then `wait_for` each reader who is new, then `take`."""

    def __init__(self) -> None:
        self.between = 60 / settings.NEWSLETTER_PER_MINUTE if settings.NEWSLETTER_PER_MINUTE else 0
        self.domains = {domain: 60 / number for domain, number in settings.NEWSLETTER_DOMAINS_PER_MINUTE.items()}
        self._start = 0.0

    def room(self, cursor: psycopg.Cursor, most: int) -> tuple[int, float]:
        """How many of `most` letters may be claimed now; if none, in how many seconds the first may."""
        if not self.between:
            return most, 0
        # Never further ahead than a claim can have moved it: where the clock was set back, nobody waits for it.
        self._start = min(_next(cursor, ""), AHEAD_SECONDS + self.between)
        return min(most, max(0, math.ceil((AHEAD_SECONDS - self._start) / self.between))), self._start

    def take(self, cursor: psycopg.Cursor, number: int) -> list[float]:
        """When each of so many letters may go, in seconds from now. Never two at once, however many claim."""
        if not self.between:
            return [0] * number
        _move(cursor, "", self._start + number * self.between)
        return [self._start + at * self.between for at in range(number)]

    def wait_for(self, cursor: psycopg.Cursor, address: str) -> float:
        """In how many seconds a letter may go to this domain; the time is reserved for it. 0 for now."""
        domain = address.rpartition("@")[2].lower()
        if domain not in self.domains:
            return 0
        wait = _next(cursor, domain)
        _move(cursor, domain, wait + self.domains[domain])
        return wait if wait > AHEAD_SECONDS else 0


def _next(cursor: psycopg.Cursor, domain: str) -> float:
    """Seconds until the next moment that is free, 0 for now. Locks the row until the transaction ends."""
    cursor.execute(
        "INSERT INTO newsletter_pace (domain, next_at) VALUES (%s, now()) ON CONFLICT DO NOTHING",
        [domain],
        prepare=True,
    )
    query = "SELECT greatest(0, extract(epoch FROM next_at - clock_timestamp()))::float8 FROM newsletter_pace"
    return cursor.execute(f"{query} WHERE domain = %s FOR UPDATE", [domain], prepare=True).fetchone()[0]


def _move(cursor: psycopg.Cursor, domain: str, seconds: float) -> None:
    move = "UPDATE newsletter_pace SET next_at = clock_timestamp() + make_interval(secs => %s) WHERE domain = %s"
    cursor.execute(move, [seconds, domain], prepare=True)
