"""Words that the paper wants to look at first."""

from screening import terms
from screening.draft import Draft, Signal


def look(draft: Draft) -> list[Signal]:
    return [
        Signal("phrase", 0.8, "a word on the paper’s list", (match.start, match.end))
        for match in terms.find(draft.text, draft.policy.phrases)
    ]
