"""What the desk keeps: decisions, reports, appeals, and what moderators share among themselves."""

from moderation.models.appeals import Appeal
from moderation.models.decisions import ABOUT_PEOPLE, NEED_A_RULE, Act, Batch, Decision
from moderation.models.desk import CannedNote, Claim, DeskNote, QueueWatch
from moderation.models.discussions import ThreadDecision
from moderation.models.reports import Report

__all__ = [
    "ABOUT_PEOPLE",
    "NEED_A_RULE",
    "Act",
    "Appeal",
    "Batch",
    "CannedNote",
    "Claim",
    "Decision",
    "DeskNote",
    "QueueWatch",
    "Report",
    "ThreadDecision",
]
