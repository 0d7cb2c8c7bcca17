"""Which letters went to somebody, and what became of each: for the page "What we know about you"."""

from dataclasses import dataclass
from datetime import datetime

from newsletter.models import Delivery, Issue, Subscriber
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
    rows = Delivery.objects.filter(subscriber=subscriber).with_state().select_related("issue__newsletter", "outcome")
    return [_of(delivery) for delivery in rows.order_by("-pk")]


def _of(delivery: Delivery) -> LetterSent:
    issue, outcome = delivery.issue, getattr(delivery, "outcome", None)
    at = outcome.at if outcome else issue.frozen_at
    return LetterSent(issue.newsletter.name, issue.subject, at, _words(delivery), _url(delivery))


def _url(delivery: Delivery) -> str:
    """What was stopped while it went out is named to nobody who has not got it."""
    issue = delivery.issue
    may_have_come = delivery.state in (State.SENT, State.UNKNOWN)
    return issue.get_absolute_url() if may_have_come or issue.state == Issue.State.DONE else ""


def _words(delivery: Delivery) -> str:
    outcome = getattr(delivery, "outcome", None)
    if delivery.state == State.SKIPPED:
        return _LEFT_OUT.get(delivery.skipped or outcome.reason, "Not sent")
    if delivery.state == State.FAILED and outcome.reply:
        return f"Refused by your mail server: {outcome.reply}"
    if delivery.issue.state == Issue.State.CANCELLED and delivery.state in _WAITING:
        return "Not sent: we stopped this letter"
    return _OF_STATES[delivery.state]


_OF_STATES = {
    State.QUEUED: "Not sent yet",
    State.CLAIMED: "Not sent yet",
    State.INFLIGHT: "Being handed over now",
    State.SENT: "Accepted by your mail server",
    State.DEFERRED: "Your mail server asked us to come back later",
    State.FAILED: "Could not be handed over",
    State.UNKNOWN: "The connection broke, so we do not know whether it came",
}
_WAITING = (State.QUEUED, State.CLAIMED, State.DEFERRED)
_LEFT_OUT = {
    Reason.SUPPRESSED: "Not sent: your address gets no letters",
    Reason.PAUSED: "Not sent: you had paused it",
    Reason.UNCONFIRMED: "Not sent: not yet confirmed",
    Reason.UNDELIVERABLE: "Not sent: no mail can be sent to such an address",
    Reason.LEFT: "Not sent: you had left",
    Reason.CADENCE: "Not sent: you had changed how often it comes",
}
