"""How good a model is, in numbers: for training, and for `evaluate_screening`. Needs scikit-learn."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

BINS = 10


def auc(marks: Sequence[bool], scores: Sequence[float]) -> float:
    """The chance that something bad is scored above something harmless: 0.5 is by chance, 1 is always."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(marks, scores))


def precision_at_recall(marks: Sequence[bool], scores: Sequence[float], recall: float = 0.9) -> float:
    """The best share of bad among what is picked, when at least `recall` of the bad is picked."""
    from sklearn.metrics import precision_recall_curve

    precisions, recalls, _ = precision_recall_curve(marks, scores)
    return float(max(p for p, r in zip(precisions, recalls, strict=True) if r >= recall))


def calibration_error(marks: Sequence[bool], likely: Sequence[float]) -> float:
    """How far what was said lies from what was: the mean over `BINS` bins of equal size (ECE)."""
    ordered = sorted(zip(likely, marks, strict=True), key=lambda pair: pair[0])  # never by mark, where many are alike
    error = 0.0
    for part in _bins(ordered):
        said, was = (sum(column) / len(part) for column in zip(*part, strict=True))
        error += len(part) / len(ordered) * abs(said - was)
    return error


def error_by_chance(likely: Sequence[float]) -> float:
    """What `calibration_error` is on average where all that is said is true: few decisions never fit a probability."""
    variances = [sum(share * (1 - share) for share in part) for part in _bins(sorted(likely))]
    return sum(math.sqrt(2 * variance / math.pi) for variance in variances) / len(likely) if likely else 0.0


def _bins(ordered: Sequence) -> Iterator[Sequence]:
    edges = [round(len(ordered) * number / BINS) for number in range(BINS + 1)]
    return (ordered[start:end] for start, end in pairwise(edges) if start < end)
