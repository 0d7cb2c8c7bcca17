"""What a provider tells later about letters that went through it: booked like bounces that come by mail.

Only events with the keyed name of a delivery change anything, whoever sent them.
"""

import re
from collections.abc import Mapping

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking

from newsletter import bounces, returning, subscribing, verp
from newsletter.bounces import BounceEvent, Kind
from newsletter.models import Delivery
from newsletter.provider import METADATA

_REASONS = {
    RejectReason.INVALID: Kind.HARD,
    RejectReason.BOUNCED: Kind.HARD,
    RejectReason.TIMED_OUT: Kind.SOFT,
    RejectReason.BLOCKED: Kind.SENDER_FAULT,
    RejectReason.SPAM: Kind.SENDER_FAULT,
}


def listen() -> None:
    """From now on in this process. Called once at its start where letters go through a provider."""
    tracking.connect(book, dispatch_uid="newsletter.provider_events")


def book(sender, event: AnymailTrackingEvent, esp_name: str, **_) -> None:
    """One event. Handed in twice, it counts once; anymail answers the provider when this returns."""
    kind, has_left = _kind_of(event), _has_left(event)
    delivery_id = verp.read(str((event.metadata or {}).get(METADATA, "")))
    if delivery_id is None or (kind == Kind.IGNORE and not has_left):
        return
    of_a_letter = Delivery.objects.select_related("subscriber", "issue__newsletter")
    delivery = of_a_letter.filter(pk=delivery_id).first()
    if delivery is None:
        return
    if has_left:
        _leave(delivery)
        return
    said = " ".join((event.mta_response or event.description or "").split())[:300]
    status = re.search(r"\b[245]\.\d{1,3}\.\d{1,3}\b", said)
    found = BounceEvent(kind, delivery.address, status[0] if status else None, said)
    returning.book(delivery, found, message=f"{delivery_id} {esp_name} {event.event_type} {event.timestamp}")


def _has_left(event: AnymailTrackingEvent) -> bool:
    """The provider has a way to leave of its own, or a list of those who took it."""
    return event.event_type == EventType.UNSUBSCRIBED or event.reject_reason == RejectReason.UNSUBSCRIBED


def _leave(delivery: Delivery) -> None:
    if delivery.subscriber:
        left = [delivery.issue.newsletter]
        subscribing.leave(delivery.subscriber, left, wording="left at our mail provider", page="", prefix=None)


def _kind_of(event: AnymailTrackingEvent) -> Kind:
    if event.event_type == EventType.COMPLAINED:
        return Kind.COMPLAINT
    if event.event_type not in (EventType.BOUNCED, EventType.REJECTED):
        return Kind.IGNORE
    # The server's own words know more than the provider's word for them: "bounced" is said of full mailboxes, too.
    if reply := re.match(r"\D{0,20}([45]\d\d)[ -](.*)", event.mta_response or "", re.DOTALL):
        return bounces.judge_reply(int(reply[1]), reply[2], "rcpt")
    if _is_soft(event):
        return Kind.SOFT
    return _REASONS.get(event.reject_reason, Kind.IGNORE)


def _is_soft(event: AnymailTrackingEvent) -> bool:
    """Anymail has one word for all that bounced. Providers have more, each in a field of its own."""
    told = event.esp_event if isinstance(event.esp_event, Mapping) else {}
    words = [event.description, event.mta_response, *(told.get(name) for name in ("event", "type", "Type", "error"))]
    return told.get("hard_bounce") is False or any(_SOFT.search(str(word)) for word in words if word)


_SOFT = re.compile(r"soft|transient|temporar|undetermined|quota|full|try again", re.IGNORECASE)
