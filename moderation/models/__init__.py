"""What the desk keeps: reports, decisions, single and in batches, appeals, claims, notes, evidence, counts, what
moderators were told."""

from moderation.models.appeals import Appeal
from moderation.models.batches import Batch
from moderation.models.claims import Claim
from moderation.models.counts import CountedMonth, Kind, MonthCount
from moderation.models.decisions import NEED_A_RULE, Act, Decision
from moderation.models.discussions import ThreadDecision
from moderation.models.evidence import EvidenceHold
from moderation.models.notes import Note, ReadyLine
from moderation.models.policies import PolicyTrial, PolicyVersion
from moderation.models.queue_watch import QueueWatch
from moderation.models.reports import Report
from moderation.models.standing import MeasureAppeal, StandingDecision

__all__ = [
    "NEED_A_RULE",
    "Act",
    "Appeal",
    "Batch",
    "Claim",
    "CountedMonth",
    "Decision",
    "EvidenceHold",
    "Kind",
    "MeasureAppeal",
    "MonthCount",
    "Note",
    "PolicyTrial",
    "PolicyVersion",
    "QueueWatch",
    "ReadyLine",
    "Report",
    "StandingDecision",
    "ThreadDecision",
]
