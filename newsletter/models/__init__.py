"""Letters, who asked for them, and the proof that they did."""

from newsletter.models.bounces import Bounce, Illness, Stray
from newsletter.models.consents import ConsentEvent
from newsletter.models.deliveries import Batch, Delivery, Mailing, Outcome, Pace, counts_of
from newsletter.models.figures import IssueFigures
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
from newsletter.models.signups import SignupFlood, SignupRequest
from newsletter.models.subscribers import Subscriber, Subscription, address_key
from newsletter.models.suppressions import LEFT_ALONE, Suppression

__all__ = [
    "LEFT_ALONE",
    "RESERVED_SLUGS",
    "Batch",
    "Bounce",
    "Cadence",
    "ConsentEvent",
    "Delivery",
    "Illness",
    "Issue",
    "IssueFigures",
    "Mailing",
    "Newsletter",
    "Outcome",
    "Pace",
    "Reward",
    "SignupFlood",
    "SignupRequest",
    "Stray",
    "Subscriber",
    "Subscription",
    "Suppression",
    "Weekday",
    "Writing",
    "address_key",
    "check_slug",
    "counts_of",
    "unguessable",
]
