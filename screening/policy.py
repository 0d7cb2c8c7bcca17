"""What follows from the signals: a pure function, so that a change of policy can be tried on old comments."""

from collections.abc import Sequence

from screening.draft import Draft, Signal, Trust, Verdict

# From this score on a signal asks for a person, where the space says nothing else.
HOLD_FROM = 0.5

# The gravest first. The first that fires is the winning rule; its weight is the priority in the queue, to which what
# was noticed besides adds up to four.
WEIGHT = {
    "phrase": 50,
    "disguise": 50,
    "decoy": 45,
    "duplicate": 45,
    "shortener": 40,
    "links": 40,
    "repetition": 40,
    "address": 35,
    "history": 35,
    "spam": 33,
    "incivility": 32,
    "standing": 30,
    "cluster": 25,
    "shouting": 20,
    "unknown": 15,
    "language": 15,
    "space": 10,
    "newcomer": 10,
    "proof": 5,
}

# In a word or two, for moderators.
NAMES = {
    "phrase": "Listed word",
    "disguise": "Disguise",
    "decoy": "Feigned link",
    "duplicate": "Copy of another’s",
    "shortener": "Shortened link",
    "links": "Links",
    "repetition": "Said before",
    "address": "Throw-away address",
    "history": "History",
    "spam": "Like spam",
    "incivility": "Like an insult",
    "standing": "Standing",
    "cluster": "Same network",
    "shouting": "Capitals",
    "unknown": "Not known",
    "language": "Another language",
    "space": "Space",
    "newcomer": "Newcomer",
    "proof": "No proof of work",
}

# Here people have decided, about somebody or about a whole space: no threshold of a space is for these.
DECIDED_BY_PEOPLE = ("standing", "space")

OF_THE_MODEL = (
    "How like it the model finds it: 5 of 100 harmless comments reach 0.3, 1 of 100 reaches 0.5. Until the model has "
    "learned from your decisions, never more than 0.45."
)

# What a signal says, in numbers, for whoever sets from which number on a person is asked. docs/screening.md says more.
SCORES = {
    "phrase": "A word on one of the lists: 0.8.",
    "disguise": "A listed word in disguise: 0.9. Signs that turn letters around: 0.6. Two alphabets in one word: 0.4.",
    "decoy": "A link whose words name another site than it leads to: 0.9.",
    "duplicate": "Nearly the words of somebody else: 0.5, more for each further copy; 0.9 where one was refused.",
    "shortener": "A link that hides where it leads: 0.6.",
    "links": "More than are allowed unseen: 0.6 and up. One in a first comment: 0.4, or 0.5 where first comments are "
    "not read first. Any: 0.2.",
    "repetition": "Nearly the same as before by the same writer: 0.5, and 0.1 for each further time.",
    "address": "A throw-away e-mail address: 0.6; of somebody whose comments have stood: 0.3.",
    "history": "The more of a writer’s comments did not stand: 0.35 for three of five, 1 for nearly all.",
    "spam": OF_THE_MODEL,
    "incivility": OF_THE_MODEL,
    "cluster": "Three people of one network within half an hour: 0.4; four: 0.5; and so on.",
    "shouting": "The share of capitals, from 0.7 on.",
    "unknown": "A check that could not be made: 0.5; of somebody whose comments have stood: 0.2.",
    "language": "A language that is not spoken here: 0.3.",
    "newcomer": "No public comment yet: 0.5; where first comments are not read first: 0.2.",
    "proof": "No proof of work came with it, where the space asks for one; of somebody not trusted: 0.5.",
}

# What could not be looked at. Somebody trusted is believed meanwhile; for anybody else a person looks.
UNKNOWN_OF_TRUSTED, UNKNOWN_OF_OTHERS = 0.2, 0.5
UNKNOWN_WORDS = "one of our checks could not be made"


def judge(draft: Draft, signals: Sequence[Signal], unknown: Sequence[str] = ()) -> Verdict:
    """`hold` when a signal asks for a person, else `publish`. People who work here are published, signals kept.

    `unknown` are the rules that could not be looked at. Together they are one more signal, with a threshold like
    others: a space may publish all the same (above 0.5), or hold the comments of everybody (0.2 or less).
    """
    weighed = [*signals, *_missing(draft, unknown)]
    firing = [s for s in weighed if s.score >= draft.policy.thresholds.get(s.rule, HOLD_FROM)]
    firing.sort(key=lambda s: (-WEIGHT.get(s.rule, 0), -s.score, s.rule))
    version, silent = draft.policy.version, tuple(unknown)
    if draft.trust.is_staff or not firing:
        return Verdict("publish", tuple(signals), policy_version=version, unknown=silent)
    reasons = tuple(dict.fromkeys(s.evidence for s in firing))
    priority = _priority(firing[0], weighed)
    return Verdict("hold", tuple(signals), reasons, firing[0].rule, priority, version, silent)


def is_trusted(draft: Draft) -> bool:
    """Somebody who works here, or whose comments have stood and who is not read first for now."""
    return is_trusted_writer(draft.trust)


def is_trusted_writer(trust: Trust) -> bool:
    return trust.is_staff or (bool(trust.published) and not trust.is_premoderated)


def _missing(draft: Draft, unknown: Sequence[str]) -> list[Signal]:
    if not unknown:
        return []
    return [Signal("unknown", UNKNOWN_OF_TRUSTED if is_trusted(draft) else UNKNOWN_OF_OTHERS, UNKNOWN_WORDS)]


def _priority(winner: Signal, noticed: Sequence[Signal]) -> int:
    """The weight of what decided; within it, the more was noticed by other rules, the sooner."""
    gravest: dict[str, float] = {}
    for signal in noticed:
        if signal.rule != winner.rule:
            gravest[signal.rule] = max(signal.score, gravest.get(signal.rule, 0.0))
    return WEIGHT.get(winner.rule, 0) + min(4, round(1.5 * sum(gravest.values())))
