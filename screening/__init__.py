"""Judging a draft: text and some facts in, a verdict out. No tables, no requests, nothing of ours but `civic.lib`.

>>> screen(Draft(text="Thank you, that was new to me.")).outcome
'publish'
"""

from screening.draft import VERSION, Draft, Neighbour, NotKnown, Policy, Signal, Trust, Verdict
from screening.model import score
from screening.pipeline import screen

__all__ = ["VERSION", "Draft", "Neighbour", "NotKnown", "Policy", "Signal", "Trust", "Verdict", "score", "screen"]
