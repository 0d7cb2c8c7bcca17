"""More links than the space allows unseen."""

import re

from screening.draft import Draft, Signal

# A scheme, or www., or a bare name with a path. Plain "larkford.example" in a sentence is no advertisement.
# Bounded, and begun only where a name begins: a text of "a-a-a-…" must not cost a second.
_NAME = r"(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
LINK = re.compile(rf"(?:https?://|www\.)[^\s<>()\]]+|{_NAME}/[^\s<>()\]]+", re.IGNORECASE)


def look(draft: Draft) -> list[Signal]:
    found = list(LINK.finditer(draft.text))
    if not found:
        return []
    count, allowed = len(found), draft.policy.max_links
    words = "one link" if count == 1 else f"{count} links"
    # At the limit it is worth a mention, above it worth a look.
    score = min(1.0, 0.5 + 0.1 * (count - allowed)) if count > allowed else 0.2
    return [Signal("links", score, words, found[0].span())]
