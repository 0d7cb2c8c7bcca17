"""Letters, who asked for them, and the proof that they did."""

from newsletter.models.bounces import Bounce, Illness, Stray
from newsletter.models.consents import ConsentEvent
from newsletter.models.deliveries import Batch, Delivery, Mailing, Outcome, Pace, counts_of
from newsletter.models.figures import IssueFigures
from newsletter.models.issues import Issue
from newsletter.models.newsletters import RESERVED_SLUGS, Cadence, Newsletter, Reward, check_slug, unguessable
from newsletter.models.subscribers import Subscriber, Subscription, address_key
from newsletter.models.suppressions import Suppression

__all__ = [
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
    "Stray",
    "Subscriber",
    "Subscription",
    "Suppression",
    "address_key",
    "check_slug",
    "counts_of",
    "unguessable",
]
