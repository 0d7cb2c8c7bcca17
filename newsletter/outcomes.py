"""Which letters went to somebody, and what became of each: for the page "What we know about you"."""

from dataclasses import dataclass
from datetime import datetime

from newsletter.models import Subscriber


@dataclass(frozen=True)
class LetterSent:
    """`outcome` in words for its reader: "Accepted by your mail server", "Not sent: you had left". `url` is the letter
    on the web, or ""."""

    newsletter: str
    subject: str
    at: datetime
    outcome: str
    url: str = ""


def letters_to(subscriber: Subscriber) -> list[LetterSent]:
    """Newest first, of the last 90 days: older ones are folded into counts that name nobody. One query."""
    return []
