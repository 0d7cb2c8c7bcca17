"""One small file per signal. Each takes the draft and gives the signals it sees; none knows of another."""

import logging
from collections.abc import Callable, Mapping

from screening.draft import Draft, NotKnown, Signal
from screening.signals import (
    address,
    cluster,
    decoy,
    disguise,
    duplicate,
    history,
    incivility,
    language,
    links,
    newcomer,
    phrases,
    proof,
    repetition,
    shortener,
    shouting,
    spam,
    standing,
)

logger = logging.getLogger(__name__)

Look = Callable[[Draft], list[Signal]]

MOST = 20  # of one rule: whoever has read so many needs no more, and no text fills the desk

CHECKS: Mapping[str, Look] = {
    "phrase": phrases.look,
    "disguise": disguise.look,
    "decoy": decoy.look,
    "shortener": shortener.look,
    "links": links.look,
    "duplicate": duplicate.look,
    "repetition": repetition.look,
    "history": history.look,
    "address": address.look,
    "cluster": cluster.look,
    "shouting": shouting.look,
    "spam": spam.look,
    "incivility": incivility.look,
    "language": language.look,
    "standing": standing.look,
    "newcomer": newcomer.look,
    "proof": proof.look,
}


def all_signals(draft: Draft) -> tuple[list[Signal], list[str]]:
    """What was noticed, and the rules that could not be looked at. One that fails never stops another."""
    signals: list[Signal] = []
    unknown: list[str] = []
    for rule, look in CHECKS.items():
        try:
            signals += look(draft)[:MOST]
        except NotKnown:
            unknown.append(rule)
        except Exception as failure:  # whatever it is: somebody wants to post, and a person will look
            logger.error("signal %s failed: %s", rule, type(failure).__name__)  # not what it says: words of the text
            unknown.append(rule)
    return signals, unknown
