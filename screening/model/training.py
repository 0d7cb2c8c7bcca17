"""Making a head from texts and what people decided about them. Needs scikit-learn: for the worker and commands only.

Logistic regression with an L2 penalty over all features at once. The shipped prior is made from labelled data; a site's
own head is that prior, weighed anew, with what the site's decisions add to it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from screening.draft import Trust
from screening.languages import is_foreign
from screening.model.facts import NAMES, OF_RUDENESS
from screening.model.features import BUCKETS, Features, buckets_of, features_of
from screening.model.heads import Head, head_of
from screening.model.measures import auc, calibration_error
from screening.model.people import GROUP

FACT_SCALE = 2.0  # facts count as if they were twice as large: they are few, and tell more than a word
SITE_STRENGTH = 1.0  # the inverse of the penalty on what a site adds
PRIOR_SCALE = 2.0  # so that weighing the prior anew costs little
FOLDS = 5
FEW_FOLDS = 2  # enough where many were decided, and each costs seconds
MANY = 3_000
FEWEST = 100  # decisions, before anything is learned
FEWEST_OF_A_KIND = 10  # taken down, and left standing
FEWEST_TO_CALIBRATE = 100  # decisions that the head has not seen: before that only the order means something
HALF_LIFE_DAYS = 180
MOST = 20_000  # of the newest decisions
LATEST = 0.2  # the share, latest in time, on which old and new are compared


@dataclass(frozen=True)
class Example:
    """A text, and whether it was taken down for what the head is about. `at` is when; `trust` the writer then."""

    text: str
    is_bad: bool
    at: datetime | None = None
    trust: Trust | None = None
    weight: float = 1.0
    is_usual: bool = True  # as people write: harmless ones say what an unsuspicious score is


@dataclass(frozen=True)
class Fitted:
    """A head made from a site's decisions, and how it compares with the one in use on the latest of them, which
    neither had learned from. `auc` and `auc_before` are None where those hold one kind only."""

    head: Head
    auc: float | None
    auc_before: float | None
    calibration_error: float | None
    decisions: int
    taken_down: int

    @property
    def is_no_worse(self) -> bool:
        return self.auc is not None and self.auc_before is not None and self.auc >= self.auc_before


def fit_prior(name: str, examples: Sequence[Example], *, strength: float, languages=(), about=None) -> Head:
    """A head from labelled texts. `strength` is the inverse of the penalty. The marks of `medium` and `high` are taken
    from texts that a head of the other folds had not seen."""
    logits = out_of_fold(name, examples, strength)
    harmless = [z for z, one in zip(logits, examples, strict=True) if one.is_usual and not one.is_bad]
    head = train(name, examples, strength)
    marks = {"medium": quantile(harmless, 0.95), "high": quantile(harmless, 0.99)}
    return replace(head, **marks, languages=tuple(languages), about=about or {})


def train(name: str, examples: Sequence[Example], strength: float) -> Head:
    """A head from labelled texts, without marks."""
    return _head(name, _fit(name, *_columns(examples), strength))


def out_of_fold(name: str, examples: Sequence[Example], strength: float) -> list[float]:
    """For each text the logit of a head that learned from the other folds."""
    from sklearn.model_selection import StratifiedKFold

    features, marks, weights = _columns(examples)
    logits = [0.0] * len(marks)
    for learn, test in StratifiedKFold(FOLDS, shuffle=True, random_state=7).split(marks, marks):
        fitted = _fit(name, *([values[at] for at in learn] for values in (features, marks, weights)), strength)
        head = _head(name, fitted)
        for at in test:
            logits[at] = head.logit(features[at])
    return logits


def _columns(examples: Sequence[Example]) -> tuple[list[Features], list[bool], list[float]]:
    features = [features_of(example.text, example.trust) for example in examples]
    return features, [example.is_bad for example in examples], [example.weight for example in examples]


def refit(
    examples: Sequence[Example], prior: Head, current: Head, *, now: datetime, spoken: Sequence[str] = ()
) -> Fitted | None:
    """A site's own head from its decisions, in any order; None where they are too few.

    `prior` is what it starts from, `current` the head in use, with which it is compared. The head that is returned has
    learned from all of them; the comparison is made with one that has not seen the latest. `spoken` are the codes of
    languages of the site: one that the prior does not know is known once enough was decided in it. Ten thousand
    decisions take some twenty seconds.
    """
    examples = sorted(examples, key=lambda example: example.at or now)[-MOST:]
    if len(examples) < FEWEST or not _both_kinds(examples, FEWEST_OF_A_KIND):
        return None
    split = round(len(examples) * (1 - LATEST))
    older, latest = slice(split), slice(split, None)
    if not _both_kinds(examples[older], 2):
        return None
    decided = _decided(examples, prior, now)
    marks = [example.is_bad for example in examples]
    tried = _from_prior(decided[older], prior)
    unseen = _unseen_logits(decided, prior)
    harmless = [z for z, is_bad in zip(unseen, marks, strict=True) if not is_bad]
    head = replace(
        _from_prior(decided, prior),
        medium=quantile(harmless, 0.95),
        high=quantile(harmless, 0.99),
        calibration=platt(unseen, marks) if len(marks) >= FEWEST_TO_CALIBRATE else None,
        languages=_known_languages(examples, prior, spoken),
    )
    both = _both_kinds(examples[latest], 1)
    return Fitted(
        head=head,
        auc=auc(marks[latest], decided[latest].logits(tried)) if both else None,
        auc_before=auc(marks[latest], decided[latest].logits(current)) if both else None,
        calibration_error=_error_later(unseen, marks, split),
        decisions=len(marks),
        taken_down=sum(marks),
    )


@dataclass(frozen=True)
class _Decided:
    """Examples as numbers, a row for each: `own` as `_matrix` makes them, and the logits of the prior."""

    own: Any
    prior_logits: Any
    marks: Any
    weights: Any

    def __getitem__(self, rows) -> "_Decided":
        return _Decided(self.own[rows], self.prior_logits[rows], self.marks[rows], self.weights[rows])

    def logits(self, head: Head) -> list[float]:
        return _logits(self.own, head).tolist()


def _decided(examples: Sequence[Example], prior: Head, now: datetime) -> _Decided:
    import numpy as np

    own = _matrix([features_of(example.text, example.trust) for example in examples], prior.name)
    weights = [example.weight * _freshness(example.at, now) for example in examples]
    return _Decided(own, _logits(own, prior), np.array([e.is_bad for e in examples]), np.array(weights))


def _logits(own, head: Head):
    """As `Head.logit`, of all rows at once."""
    import numpy as np

    numbers = np.r_[np.array(head.weights, dtype=float) * head.scale, np.array(head.facts) / FACT_SCALE]
    return own @ numbers + head.bias


def _known_languages(examples: Sequence[Example], prior: Head, spoken: Sequence[str]) -> tuple[str, ...]:
    """Those of the prior, and each other one in which as much was decided as it takes to learn at all."""
    if not prior.languages:
        return ()
    own = {code.split("-")[0].split("_")[0].lower() for code in spoken} - set(prior.languages)
    learned = []
    for code in sorted(own):
        written = [example for example in examples if is_foreign(example.text, (code,)) is False]
        if len(written) >= FEWEST and _both_kinds(written, FEWEST_OF_A_KIND):
            learned.append(code)
    return (*prior.languages, *learned)


def platt(logits: Sequence[float], marks: Sequence[bool]) -> tuple[float, float] | None:
    """Slope and shift that make logits probabilities, after Platt (1999), with his targets for few examples."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    bad = sum(marks)
    if not bad or bad == len(marks):
        return None
    good = len(marks) - bad
    high, low = (bad + 1) / (bad + 2), 1 / (good + 2)
    x = np.array(logits).reshape(-1, 1)
    target = np.where(np.array(marks), high, low)
    both = np.vstack([x, x])
    fitted = LogisticRegression(C=1e6).fit(
        both, np.r_[np.ones(len(x)), np.zeros(len(x))], sample_weight=np.r_[target, 1 - target]
    )
    slope = float(fitted.coef_[0][0])
    return (slope, float(fitted.intercept_[0])) if slope > 0 else None


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of them stays under."""
    ordered = sorted(values)
    return float(ordered[min(len(ordered) - 1, math.floor(share * len(ordered)))])


def _unseen_logits(decided: _Decided, prior: Head) -> list[float]:
    """Of each the logit of a head that had not seen it."""
    import numpy as np
    from sklearn.model_selection import StratifiedKFold

    marks = decided.marks
    logits = np.zeros(len(marks))
    folds = FOLDS if len(marks) < MANY else FEW_FOLDS
    for learn, test in StratifiedKFold(folds, shuffle=True, random_state=7).split(marks, marks):
        head = _from_prior(decided[learn], prior)
        logits[test] = _logits(decided.own[test], head)
    return logits.tolist()


def _error_later(logits: Sequence[float], marks: Sequence[bool], split: int) -> float | None:
    """The calibration error on the latest, of a calibration made from the older ones."""
    calibration = platt(logits[:split], marks[:split])
    if calibration is None or len(marks) < FEWEST_TO_CALIBRATE:
        return None
    slope, shift = calibration
    likely = [1 / (1 + math.exp(-(slope * z + shift))) for z in logits[split:]]
    return calibration_error(marks[split:], likely)


def _fit(name: str, features, marks, weights, strength: float):
    """Weights of buckets, of facts, and the bias."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=strength, solver="liblinear", max_iter=300, random_state=7)
    fitted.fit(_matrix(features, name), marks, sample_weight=weights)
    numbers = fitted.coef_[0]
    return numbers[:BUCKETS], numbers[BUCKETS:] * FACT_SCALE, float(fitted.intercept_[0])


def _from_prior(decided: _Decided, prior: Head) -> Head:
    """The prior's logit is one more fact. What comes out is one head again, for all of it is linear in the features."""
    import numpy as np
    from scipy import sparse
    from sklearn.linear_model import LogisticRegression

    logits = decided.prior_logits
    centre, spread = float(logits.mean()), float(logits.std()) or 1.0
    column = sparse.csr_matrix(((logits - centre) / spread * PRIOR_SCALE).reshape(-1, 1))
    fitted = LogisticRegression(C=SITE_STRENGTH, solver="liblinear", tol=1e-3, max_iter=300, random_state=7)
    matrix = sparse.hstack([decided.own, column]).tocsr()
    used = np.unique(matrix.indices)  # of a quarter of a million; what no text has would get no weight
    fitted.fit(matrix[:, used], decided.marks, sample_weight=decided.weights)
    numbers, bias = np.zeros(matrix.shape[1]), float(fitted.intercept_[0])
    numbers[used] = fitted.coef_[0]
    share = float(numbers[-1]) * PRIOR_SCALE / spread
    theirs = np.array(prior.weights, dtype=float) * prior.scale
    return _head(
        prior.name,
        (
            numbers[:BUCKETS] + share * theirs,
            numbers[BUCKETS:-1] * FACT_SCALE + share * np.array(prior.facts),
            bias + share * (prior.bias - centre),
        ),
    )


def _matrix(features: Sequence[Features], name: str):
    """A row for each text: its buckets, by the root of how many they are, and those facts that concern the head."""
    import numpy as np
    from scipy import sparse

    counts = [len(one.buckets) for one in features]
    places = np.fromiter((bucket for one in features for bucket in one.buckets), np.int32, sum(counts))
    values = np.repeat(1 / np.sqrt(np.maximum(1, counts)), counts)
    words = sparse.csr_matrix((values, places, np.r_[0, np.cumsum(counts)]), shape=(len(features), BUCKETS))
    used = OF_RUDENESS if name == "incivility" else range(len(NAMES))
    facts = np.array([[fact if at in used else 0.0 for at, fact in enumerate(one.facts)] for one in features])
    return sparse.hstack([words, sparse.csr_matrix(facts * FACT_SCALE)]).tocsr()


def _head(name: str, fitted, **rest: Any) -> Head:
    """No group of people raises a text's score by its name alone."""
    import numpy as np

    numbers, facts, bias = fitted
    numbers = numbers.copy()
    about_a_group = list(buckets_of(GROUP))
    numbers[about_a_group] = np.minimum(0.0, numbers[about_a_group])
    return head_of(name, numbers, facts=tuple(map(float, facts)), bias=bias, **{"medium": 0.0, "high": 1.0} | rest)


def _both_kinds(examples: Sequence[Example], fewest: int) -> bool:
    bad = sum(example.is_bad for example in examples)
    return fewest <= bad <= len(examples) - fewest


def _freshness(at: datetime | None, now: datetime) -> float:
    """1 today, one half after `HALF_LIFE_DAYS`."""
    days = (now - at).total_seconds() / 86_400 if at else 0.0
    return 0.5 ** (max(0.0, days) / HALF_LIFE_DAYS)
