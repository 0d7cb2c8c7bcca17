"""What the desk keeps: decisions, appeals against them, evidence, counts, and what moderators were told."""

from moderation.models.appeals import Appeal
from moderation.models.counts import CountedMonth, Kind, MonthCount
from moderation.models.decisions import NEED_A_RULE, Act, Decision
from moderation.models.discussions import ThreadDecision
from moderation.models.evidence import EvidenceHold
from moderation.models.queue_watch import QueueWatch

__all__ = [
    "NEED_A_RULE",
    "Act",
    "Appeal",
    "CountedMonth",
    "Decision",
    "EvidenceHold",
    "Kind",
    "MonthCount",
    "QueueWatch",
    "ThreadDecision",
]
