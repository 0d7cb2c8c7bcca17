"""No proof of work came with it, where the space asks for one: an old browser, one without JavaScript, or a program."""

from screening.draft import Draft, Signal
from screening.policy import is_trusted

SCORE = 0.5
# Said to the author, too, who could do nothing about it; moderators read the name of the signal beside it.
WORDS = "a moderator reads it first"


def look(draft: Draft) -> list[Signal]:
    if draft.proof is not False or is_trusted(draft):
        return []
    return [Signal("proof", SCORE, WORDS)]
