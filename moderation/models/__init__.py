"""What the desk keeps: decisions, appeals against them, and what moderators were told."""

from moderation.models.appeals import Appeal
from moderation.models.decisions import NEED_A_RULE, Act, Decision
from moderation.models.discussions import ThreadDecision
from moderation.models.queue_watch import QueueWatch
from moderation.models.standing import MeasureAppeal, StandingDecision

__all__ = [
    "NEED_A_RULE",
    "Act",
    "Appeal",
    "Decision",
    "MeasureAppeal",
    "QueueWatch",
    "StandingDecision",
    "ThreadDecision",
]
