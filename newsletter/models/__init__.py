"""Letters, who asked for them, and the proof that they did."""

from newsletter.models.consents import ConsentEvent
from newsletter.models.issues import Issue
from newsletter.models.newsletters import (
    RESERVED_SLUGS,
    Cadence,
    Newsletter,
    Reward,
    Weekday,
    Writing,
    check_slug,
    unguessable,
)
from newsletter.models.subscribers import Subscriber, Subscription, address_key
from newsletter.models.suppressions import Suppression

__all__ = [
    "RESERVED_SLUGS",
    "Cadence",
    "ConsentEvent",
    "Issue",
    "Newsletter",
    "Reward",
    "Subscriber",
    "Subscription",
    "Suppression",
    "Weekday",
    "Writing",
    "address_key",
    "check_slug",
    "unguessable",
]
