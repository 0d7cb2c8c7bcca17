"""How much a text is like spam, and how much like incivility: a small model that every web process can run.

It orders what waits and may have a person look; nothing is ever refused for what it says. See
`docs/screening-model.md`.
"""

from screening.model.heads import HIGH, MEDIUM, Head, Unreadable
from screening.model.reading import HEADS, Model, Reading, prior, score

__all__ = ["HEADS", "HIGH", "MEDIUM", "Head", "Model", "Reading", "Unreadable", "prior", "score"]
