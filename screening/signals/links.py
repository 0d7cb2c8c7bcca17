"""More links than the space allows unseen, or one in the first comment of somebody."""

from screening.addresses import LINK
from screening.draft import Draft, Signal

MENTION = 0.2  # at the limit it is worth a mention, above it worth a look
HOLD = 0.5


def look(draft: Draft) -> list[Signal]:
    found = list(LINK.finditer(draft.text))
    if not found:
        return []
    count, allowed = len(found), draft.policy.max_links
    is_first = not draft.trust.published  # also where it is not known
    words = "one link" if count == 1 else f"{count:,} links"
    score = min(1.0, HOLD + 0.1 * (count - allowed)) if count > allowed else HOLD if is_first else MENTION
    return [Signal("links", score, f"{words} in a first comment" if is_first else words, found[0].span())]
