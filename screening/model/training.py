"""Making a head from texts and what people decided about them. Needs scikit-learn: for the worker and commands only.

Logistic regression with an L2 penalty over all features at once. The shipped prior is made from labelled data; a site's
own head is that prior, weighed anew, with what the site's decisions add to it.
"""

import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from screening.draft import Trust
from screening.languages import is_foreign
from screening.model.facts import NAMES, OF_RUDENESS
from screening.model.features import BUCKETS, buckets_of, features_of
from screening.model.heads import Head, head_of, probability
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
FEWEST_TO_CALIBRATE = 200  # decisions: before that only the order means something
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


class Row(NamedTuple):
    """A text as numbers: `Features` without what only a reader needs, a fiftieth of their size."""

    buckets: array
    facts: tuple[float, ...]


def row_of(text: str, trust: Trust | None = None) -> Row:
    features = features_of(text, trust)
    return Row(array("i", features.buckets), features.facts)


@dataclass(frozen=True)
class Fitted:
    """A head made from a site's decisions, and how it compares with the one in use on decisions that neither had
    learned from. `auc` and `auc_before` are None where those hold one kind only. `is_own` is False where what was
    learned ordered worse than the prior: then it is the prior, with the site's own probabilities."""

    head: Head
    is_own: bool
    is_no_worse: bool
    auc: float | None
    auc_before: float | None
    calibration_error: float | None
    decisions: int
    taken_down: int


def fit_prior(
    name: str, examples: Sequence[Example], twins: Sequence[Example] = (), *, strength: float, languages=(), about=None
) -> Head:
    """A head from labelled texts, and from `twins` of them, one for each or none. `strength` is the inverse of the
    penalty. The marks of `medium` and `high` are taken from texts that a head of the other folds had not seen."""
    logits = out_of_fold(name, examples, strength, twins)
    harmless = [z for z, one in zip(logits, examples, strict=True) if one.is_usual and not one.is_bad]
    head = train(name, [*examples, *twins], strength)
    marks = {"medium": quantile(harmless, 0.95), "high": quantile(harmless, 0.99)}
    return replace(head, **marks, languages=tuple(languages), about=about or {})


def train(name: str, examples: Sequence[Example], strength: float) -> Head:
    """A head from labelled texts, without marks."""
    return _head(name, _fit(name, *_columns(examples), strength))


def out_of_fold(name: str, examples: Sequence[Example], strength: float, twins: Sequence[Example] = ()) -> list[float]:
    """For each text the logit of a head that learned from the other folds, and from their `twins`."""
    from sklearn.model_selection import StratifiedKFold

    columns = _columns([*examples, *twins])
    marks = columns[1][: len(examples)]
    logits = [0.0] * len(examples)
    for learn, test in StratifiedKFold(FOLDS, shuffle=True, random_state=7).split(marks, marks):
        learn = [*learn, *(len(examples) + at for at in learn if twins)]
        head = _head(name, _fit(name, *([values[at] for at in learn] for values in columns), strength))
        for at in test:
            logits[at] = head.logit(columns[0][at])
    return logits


def _columns(examples: Sequence[Example]) -> tuple[list[Row], list[bool], list[float]]:
    features = [row_of(example.text, example.trust) for example in examples]
    return features, [example.is_bad for example in examples], [example.weight for example in examples]


def refit(
    examples: Sequence[Example],
    prior: Head,
    current: Head | None = None,
    *,
    now: datetime,
    known_until: datetime | None = None,
    spoken: Sequence[str] = (),
    row_of: Callable[[str, Trust | None], Row] = row_of,
) -> Fitted | None:
    """A site's own head from its decisions, in any order; None where they are too few.

    `prior` is what it starts from, `current` the head in use (None: the prior), which has learned from decisions until
    `known_until`. The head that is returned has learned from all of them; what is compared is one that has not seen the
    latest, with the prior on all of those, and with `current` on those that it has not seen either. `spoken` are the
    codes of languages of the site: one that the prior does not know is known once enough was decided in it. Reading ten
    thousand texts takes some seven seconds, and learning from them some three: two heads read them once where they
    are given a `row_of` that remembers.
    """
    examples = sorted(examples, key=lambda example: example.at or now)[-MOST:]
    marks = [example.is_bad for example in examples]
    if len(examples) < FEWEST or not _both_kinds(marks, FEWEST_OF_A_KIND):
        return None
    split = round(len(examples) * (1 - LATEST))
    if not _both_kinds(marks[:split], 2):
        return None
    decided = _decided(examples, prior, now, row_of)
    tried = decided.logits(_from_prior(decided[:split], prior))
    is_own = not _is_worse(marks[split:], tried[split:], decided.prior_logits[split:])
    unseen = _unseen_logits(decided, prior) if is_own else decided.prior_logits.tolist()
    harmless = [z for z, is_bad in zip(unseen, marks, strict=True) if not is_bad]
    head = replace(
        _from_prior(decided, prior) if is_own else prior,
        medium=quantile(harmless, 0.95),
        high=quantile(harmless, 0.99),
        calibration=calibrated(unseen, marks) if len(marks) >= FEWEST_TO_CALIBRATE else None,
        languages=_known_languages(examples, prior, spoken) if is_own else prior.languages,
    )
    new = [at for at in range(split, len(marks)) if known_until is None or (examples[at].at or now) > known_until]
    told = [marks[at] for at in new]
    before = decided.logits(current or prior)
    now_logits, then_logits = ([logits[at] for at in new] for logits in (tried if is_own else unseen, before))
    both = _both_kinds(told, 1)
    return Fitted(
        head=head,
        is_own=is_own,
        is_no_worse=not _is_worse(told, now_logits, then_logits, by_chance=True),
        auc=auc(told, now_logits) if both else None,
        auc_before=auc(told, then_logits) if both else None,
        calibration_error=_error_later(unseen, marks, split),
        decisions=len(marks),
        taken_down=sum(marks),
    )


def _is_worse(marks: Sequence[bool], logits, before, *, by_chance: bool = False) -> bool:
    """Whether `logits` order worse than those `before`; where chance is allowed for, by more than a standard error
    (Hanley and McNeil 1982). Never where there is nothing to tell by."""
    if not _both_kinds(marks, 1):
        return False
    own, other = auc(marks, logits), auc(marks, before)
    return own < other - (_standard_error(other, sum(marks), len(marks) - sum(marks)) if by_chance else 0)


def _standard_error(area: float, bad: int, good: int) -> float:
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (bad - 1) * (one - area**2) + (good - 1) * (two - area**2)
    return math.sqrt(max(0.0, spread) / (bad * good))


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


def _decided(examples: Sequence[Example], prior: Head, now: datetime, row_of) -> _Decided:
    import numpy as np

    own = _matrix([row_of(example.text, example.trust) for example in examples], prior.name)
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
        written = [example.is_bad for example in examples if is_foreign(example.text, (code,)) is False]
        if len(written) >= FEWEST and _both_kinds(written, FEWEST_OF_A_KIND):
            learned.append(code)
    return (*prior.languages, *learned)


def calibrated(logits: Sequence[float], marks: Sequence[bool]) -> tuple[float, float, float, float] | None:
    """What makes logits probabilities (`Head.calibration`): a logistic curve, after Platt (1999), between a floor and a
    ceiling, since moderators decide otherwise now and then, however clear a text seems. Few decisions say little about
    the ends of the curve: it is kept from being steep, and the ends from being far from 0 and 1.
    """
    import numpy as np
    from scipy.optimize import minimize
    from scipy.special import expit

    if not _both_kinds(marks, 1):
        return None
    spread = float(np.std(logits)) or 1.0
    x, bad = np.array(logits) / spread, np.array(marks, dtype=float)

    def misfit(curve) -> float:
        slope, shift, floor, ceiling = curve
        low, high = expit(floor) / 2, 1 - expit(ceiling) / 2
        likely = np.clip(low + (high - low) * expit(slope * x + shift), 1e-6, 1 - 1e-6)
        said = bad * np.log(likely) + (1 - bad) * np.log(1 - likely)
        return float(-said.sum() + (slope - 2) ** 2 / 8 + (floor + 3) ** 2 / 4 + (ceiling + 3) ** 2 / 4)

    tried = [minimize(misfit, (slope, shift, -3, -3), method="L-BFGS-B") for slope in (1, 3) for shift in (-2, 0)]
    slope, shift, floor, ceiling = map(float, min(tried, key=lambda found: found.fun).x)
    low, high = float(expit(floor)) / 2, 1 - float(expit(ceiling)) / 2
    return (slope / spread, shift, low, high) if slope > 0 else None


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
    calibration = calibrated(logits[:split], marks[:split])
    if calibration is None or len(marks) < FEWEST_TO_CALIBRATE:
        return None
    return calibration_error(marks[split:], [probability(z, calibration) for z in logits[split:]])


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
    fitted = LogisticRegression(
        C=SITE_STRENGTH, solver="liblinear", dual=True, tol=1e-2, max_iter=300, random_state=7
    )  # the dual form is the quicker one with more features than texts
    fitted.fit(sparse.hstack([decided.own, column]).tocsr(), decided.marks, sample_weight=decided.weights)
    numbers, bias = fitted.coef_[0], float(fitted.intercept_[0])
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


def _matrix(rows: Sequence[Row], name: str):
    """A row for each text: its buckets, by the root of how many they are, and those facts that concern the head."""
    import numpy as np
    from scipy import sparse

    counts = [len(row.buckets) for row in rows]
    places = np.fromiter(chain.from_iterable(row.buckets for row in rows), np.int32, sum(counts))
    values = np.repeat(1 / np.sqrt(np.maximum(1, counts)), counts)
    words = sparse.csr_matrix((values, places, np.r_[0, np.cumsum(counts)]), shape=(len(rows), BUCKETS))
    used = OF_RUDENESS if name == "incivility" else range(len(NAMES))
    facts = np.array([[fact if at in used else 0.0 for at, fact in enumerate(row.facts)] for row in rows])
    return sparse.hstack([words, sparse.csr_matrix(facts * FACT_SCALE)]).tocsr()


def _head(name: str, fitted, **rest: Any) -> Head:
    """No group of people raises a text's score by its name alone."""
    import numpy as np

    numbers, facts, bias = fitted
    numbers = numbers.copy()
    about_a_group = list(buckets_of(GROUP))
    numbers[about_a_group] = np.minimum(0.0, numbers[about_a_group])
    return head_of(name, numbers, facts=tuple(map(float, facts)), bias=bias, **{"medium": 0.0, "high": 1.0} | rest)


def _both_kinds(marks: Sequence[bool], fewest: int) -> bool:
    return fewest <= sum(marks) <= len(marks) - fewest


def _freshness(at: datetime | None, now: datetime) -> float:
    """1 today, one half after `HALF_LIFE_DAYS`."""
    days = (now - at).total_seconds() / 86_400 if at else 0.0
    return 0.5 ** (max(0.0, days) / HALF_LIFE_DAYS)
