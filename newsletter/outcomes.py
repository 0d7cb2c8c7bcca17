"""Which letters went to somebody, and what became of each: for the page "What we know about you"."""

from dataclasses import dataclass
from datetime import datetime

from newsletter.models import Delivery, Subscriber
from newsletter.models.deliveries import Reason, State


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
    rows = Delivery.objects.with_state().filter(subscriber=subscriber).select_related("issue__newsletter")
    return [_told(row) for row in rows.order_by("-pk")]


def _told(delivery: Delivery) -> LetterSent:
    issue, outcome = delivery.issue, getattr(delivery, "outcome", None)
    return LetterSent(
        newsletter=issue.newsletter.name,
        subject=issue.subject,
        at=outcome.at if outcome else issue.frozen_at,
        outcome=_words(delivery.state, delivery.skipped or (outcome.reason if outcome else "")),
        url=issue.get_absolute_url(),
    )


def _words(state: str, reason: str) -> str:
    return _NOT_SENT.get(reason, "Not sent") if state == State.SKIPPED else _SAID[state]


_SAID = {
    State.QUEUED: "Waits to be sent",
    State.CLAIMED: "Is being sent",
    State.INFLIGHT: "Is being sent",
    State.SENT: "Accepted by your mail server",
    State.DEFERRED: "Put off by your mail server; we try again",
    State.FAILED: "Refused by your mail server",
    State.UNKNOWN: "Handed over, but no answer came: perhaps you have it",
}
_NOT_SENT = {
    Reason.SUPPRESSED: "Not sent: this address gets no letters",
    Reason.PAUSED: "Not sent: you had paused it",
    Reason.UNCONFIRMED: "Not sent: you had not yet confirmed it",
    Reason.UNDELIVERABLE: "Not sent: no mail can be sent to this address",
    Reason.LEFT: "Not sent: you had left",
    Reason.ERASED: "Not sent: your address had been erased",
    Reason.CADENCE: "Not sent: you had changed how often it comes",
}
