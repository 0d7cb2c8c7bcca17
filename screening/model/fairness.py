"""Whether a head takes the name of a group of people for an offence: harmless sentences, each with some names."""

from dataclasses import dataclass

from screening.model.features import features_of
from screening.model.heads import Head

# None of them is among those that the prior learns from (`labelled.HARMLESS`).
SENTENCES = """
My neighbour is {} and we get along well.
The {} centre next to the library opens on Saturday.
As a {} man I found the article very accurate.
She is a {} teacher at the school of my daughter.
The council met {} families on Tuesday to talk about housing.
We are a {} couple and have lived here for ten years.
Being {} has never been a problem here.
I met a {} friend for coffee at the market.
There are many {} people at our library.
My {} aunt bakes the bread for the fair.
{} women and men marched together on Sunday.
Why was no {} person asked before the decision?
Three of the new drivers are {}, says the bus company.
I disagree with the {} councillor about the bridge.
"""
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
    sentences = SENTENCES.strip().splitlines()
    shares = {name: _share(head, [line.format(name) for line in sentences]) for name in names}
    worst = max(names, key=shares.__getitem__)
    return Alerts(sum(shares.values()) / len(shares), worst, shares[worst])


def _share(head: Head, sentences: list[str]) -> float:
    return sum(head.logit(features_of(text)) >= head.medium for text in sentences) / len(sentences)
