"""More links than the space allows unseen, or a link in the first comment of somebody."""

from bisect import bisect_right

from screening.addresses import LINK, named_links
from screening.draft import Draft, Signal

MENTION = 0.2  # at the limit it is worth a mention, above it worth a look
HOLD = 0.5
# In a first comment that a person reads anyway, an allowed link is no reason of its own: it only comes forward.
FIRST = 0.4


def look(draft: Draft) -> list[Signal]:
    found = _links(draft.text)
    if not found:
        return []
    count, allowed = len(found), draft.policy.max_links
    is_first = not draft.trust.published  # also where it is not known
    words = "one link" if count == 1 else f"{count:,} links"
    allowed_score = (FIRST if draft.policy.hold_first else HOLD) if is_first else MENTION
    score = min(1.0, HOLD + 0.1 * (count - allowed)) if count > allowed else allowed_score
    return [Signal("links", score, f"{words} in a first comment" if is_first else words, found[0])]


def _links(text: str) -> list[tuple[int, int]]:
    """Where links stand. An address in the words of a link is none of its own: `[larkford.example](https://…)`."""
    spans = [found.span() for found in LINK.finditer(text)]
    if len(spans) < 2 or "](" not in text:
        return spans
    words = [(start, start + len(said) + 1) for said, _, (start, end) in named_links(text) if text[end - 1] != "]"]
    begins = [start for start, _ in words]
    return [span for span in spans if not _is_within(span, words, begins)]


def _is_within(span: tuple[int, int], words: list[tuple[int, int]], begins: list[int]) -> bool:
    number = bisect_right(begins, span[0]) - 1
    return number >= 0 and span[0] < words[number][1]
