"""Letters, who asked for them, and the proof that they did."""

from newsletter.models.consents import ConsentEvent
from newsletter.models.issues import Issue
from newsletter.models.newsletters import RESERVED_SLUGS, Cadence, Newsletter, Reward, check_slug, unguessable
from newsletter.models.signups import SignupFlood, SignupRequest
from newsletter.models.subscribers import Subscriber, Subscription, address_key
from newsletter.models.suppressions import LEFT_ALONE, Suppression

__all__ = [
    "LEFT_ALONE",
    "RESERVED_SLUGS",
    "Cadence",
    "ConsentEvent",
    "Issue",
    "Newsletter",
    "Reward",
    "SignupFlood",
    "SignupRequest",
    "Subscriber",
    "Subscription",
    "Suppression",
    "address_key",
    "check_slug",
    "unguessable",
]
