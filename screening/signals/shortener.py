"""A link through a service that hides where it leads."""

from screening.addresses import LINK, host_of, is_shortener
from screening.draft import Draft, Signal

SCORE = 0.6


def look(draft: Draft) -> list[Signal]:
    for found in LINK.finditer(draft.text):
        if is_shortener(host_of(found[0])):
            return [Signal("shortener", SCORE, "a shortened link, which hides where it leads", found.span())]
    return []
