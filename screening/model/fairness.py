"""Whether a head takes the name of a group of people for an offence: harmless sentences, each with some names."""

from dataclasses import dataclass

from screening.model.features import features_of
from screening.model.heads import Head
from screening.model.labelled import HARMLESS
from screening.model.people import GROUP

SOME_NAMES = ("gay", "lesbian", "transgender", "Black", "Muslim", "Jewish", "Turkish", "deaf", "refugee", "white")


@dataclass(frozen=True)
class Alerts:
    """Shares, 0..1, of harmless sentences that stand out as no more than 5 % of harmless comments should: of all, and
    of the sentences with the name that fares worst."""

    share: float
    worst: str
    worst_share: float


def alerts_on_groups(head: Head, names: tuple[str, ...] = SOME_NAMES) -> Alerts:
    """A tenth of a second for each name: for the worker, or once in a process."""
    sentences = HARMLESS.strip().splitlines()
    shares = {name: _share(head, [line.replace(GROUP, name) for line in sentences]) for name in names}
    worst = max(names, key=shares.__getitem__)
    return Alerts(sum(shares.values()) / len(shares), worst, shares[worst])


def _share(head: Head, sentences: list[str]) -> float:
    return sum(head.logit(features_of(text)) >= head.medium for text in sentences) / len(sentences)
