"""Reading a text with the model: how it stands out, by which words, and where they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from screening.draft import Trust
from screening.languages import is_foreign
from screening.model.facts import NAMES
from screening.model.features import READ_FIRST, READ_LAST, Features, Token, features_of
from screening.model.heads import MEDIUM, Head

HEADS = ("spam", "incivility")
MOST_WORDS = 5
# They say nothing to anybody, or what others say already.
UNSAID = ("length", "different words", "links", "disguised words", "appeals", "two appeals", "three appeals")
TELLING = 0.5  # logits that a word adds, to be named: less is chance, and would set harmless words beside insults
CLOSE = 0.5  # of what the heaviest adds


@dataclass(frozen=True)
class Reading:
    """What one head says. `score` is 0..1 on the scale of signals (`Head.score`), `likely` a probability or None.

    `words` weighed most, the heaviest first; `spans` are where those words stand in the text. `facts` are what spoke
    for it besides words, such as `a link`.
    """

    score: float
    likely: float | None
    words: tuple[str, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Model:
    """One head for each question. `version` is kept with what it says."""

    heads: Mapping[str, Head]
    version: str

    def read(self, text: str, trust: Trust | None = None) -> dict[str, Reading]:
        """What each head says about a text; a head is silent about a language it does not know."""
        return _read(self, text, trust)


def score(texts: Sequence[str]) -> list[dict[str, float]]:
    """For each text `spam` and `incivility`, 0..1, by the model that is shipped: an order, not a probability."""
    heads = prior().heads
    return [
        {name: heads[name].share(heads[name].logit(features)) for name in HEADS} for features in map(features_of, texts)
    ]


@cache
def prior() -> Model:
    """The model that is shipped, loaded when it is first asked for: a fifth of a second, and two megabytes."""
    folder = files("screening.model") / "shipped"
    heads = {name: Head.from_bytes((folder / f"{name}.head").read_bytes()) for name in HEADS}
    return Model(heads, "prior")


@lru_cache(maxsize=2)
def _read(model: Model, text: str, trust: Trust | None) -> dict[str, Reading]:
    """Kept for a moment, since each head is a signal of its own."""
    features = features_of(text, trust)
    known = {name: head for name, head in model.heads.items() if not is_foreign(text, head.languages)}
    return {name: reading_of(head, features, text) for name, head in known.items()}


def reading_of(head: Head, features: Features, text: str) -> Reading:
    logit = head.logit(features)
    found = head.score(logit)
    if found < MEDIUM:  # nobody asks why
        return Reading(found, head.likely(logit))
    places = _heaviest(head, features)
    moved = len(text) - READ_FIRST - READ_LAST
    spans = [features.meant.span(token.start, token.end) for token in places]
    if moved > 0:
        spans = [(start + moved, end + moved) if start >= READ_FIRST else (start, end) for start, end in spans]
    words = tuple(text[start:end] for start, end in spans)
    return Reading(found, head.likely(logit), words, tuple(spans), _facts(head, features))


def _heaviest(head: Head, features: Features) -> list[Token]:
    """The words that speak most for it, each once; none where it is the whole that does."""
    added: dict[str, tuple[float, Token]] = {}
    for token in features.tokens:
        if len(token.word) > 1 and token.word not in added:
            added[token.word] = (head.added_by(token.buckets, features), token)
    heaviest = sorted(added.values(), key=lambda pair: -pair[0])[:MOST_WORDS]
    least = max(TELLING, CLOSE * heaviest[0][0]) if heaviest else TELLING
    return [token for logits, token in heaviest if logits >= least]


def _facts(head: Head, features: Features) -> tuple[str, ...]:
    weighed = zip(head.facts, features.facts, NAMES, strict=True)
    told = ((weight * fact, name) for weight, fact, name in weighed if weight * fact > 0.3 and name not in UNSAID)
    found = sorted(told, reverse=True)
    return tuple(dict.fromkeys(name.removesuffix(", at all") for _, name in found[:MOST_WORDS]))
