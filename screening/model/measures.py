"""How good a model is, in numbers: for training, and for `evaluate_screening`. Needs scikit-learn."""

from collections.abc import Sequence
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
    count = len(ordered)
    edges = [round(count * number / BINS) for number in range(BINS + 1)]
    error = 0.0
    for start, end in pairwise(edges):
        if part := ordered[start:end]:
            said, was = (sum(column) / len(part) for column in zip(*part, strict=True))
            error += len(part) / count * abs(said - was)
    return error
