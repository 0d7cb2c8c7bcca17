"""More links than the space allows unseen, or a link in the first comment of somebody."""

from screening.addresses import LINK
from screening.draft import Draft, Signal

MENTION = 0.2  # at the limit it is worth a mention, above it worth a look
HOLD = 0.5
# In a first comment that a person reads anyway, an allowed link is no reason of its own: it only comes forward.
FIRST = 0.4


def look(draft: Draft) -> list[Signal]:
    found = list(LINK.finditer(draft.text))
    if not found:
        return []
    count, allowed = len(found), draft.policy.max_links
    is_first = not draft.trust.published  # also where it is not known
    words = "one link" if count == 1 else f"{count:,} links"
    allowed_score = (FIRST if draft.policy.hold_first else HOLD) if is_first else MENTION
    score = min(1.0, HOLD + 0.1 * (count - allowed)) if count > allowed else allowed_score
    return [Signal("links", score, f"{words} in a first comment" if is_first else words, found[0].span())]
