"""Making the model that is shipped, and measuring it. For the commands `train_prior` and `evaluate_screening`."""

from collections.abc import Iterator
from pathlib import Path

from screening.model import labelled
from screening.model.features import features_of
from screening.model.heads import Head
from screening.model.measures import auc, precision_at_recall
from screening.model.mistyping import twins_of
from screening.model.training import Example, fit_prior, out_of_fold, train

STRENGTH = {"spam": 0.55, "incivility": 10.0}  # the inverse of the penalty
MISTYPED = ("spam",)  # advertisements are known by a few words, rudeness by many
LANGUAGES = {"spam": (), "incivility": ("en",)}  # spam looks alike in many, rudeness in none


def heads_from(folder: Path) -> Iterator[Head]:
    """The heads from the files of `screening.model.labelled`."""
    for name, examples in examples_in(folder).items():
        twins = twins_of(examples) if name in MISTYPED else []
        about = {"texts": len(examples)}
        yield fit_prior(name, examples, twins, strength=STRENGTH[name], languages=LANGUAGES[name], about=about)


def examples_in(folder: Path) -> dict[str, list[Example]]:
    return {
        "spam": labelled.spam_in(folder) + labelled.news_in(folder),
        "incivility": labelled.incivility_in(folder),
    }


def spam_by_video(folder: Path) -> Iterator[tuple[str, int, float, float]]:
    """For each video: how many comments, and AUC and precision at 90 % recall of a head that never saw it."""
    news = labelled.news_in(folder)
    for video in sorted({row["video"] for row in labelled.rows(folder / "spam_train.csv")}):
        others = labelled.spam_in(folder, without=video) + news
        head = train("spam", others + twins_of(others), STRENGTH["spam"])
        theirs = labelled.spam_in(folder, video=video)
        marks, logits = [e.is_bad for e in theirs], [head.logit(features_of(e.text)) for e in theirs]
        yield video, len(theirs), auc(marks, logits), precision_at_recall(marks, logits)


def incivility_by_source(folder: Path) -> Iterator[tuple[str, int, float, float]]:
    """The same for each source of comments; each was judged by a head of the folds that it was not in."""
    examples = labelled.incivility_in(folder)
    sources = [row["source"] for row in labelled.rows(folder / "toxicity_train.csv")]
    logits = out_of_fold("incivility", examples, STRENGTH["incivility"])
    for source in sorted(set(sources)):
        mine = [at for at, other in enumerate(sources) if other == source]
        marks, theirs = [examples[at].is_bad for at in mine], [logits[at] for at in mine]
        yield source, len(mine), auc(marks, theirs), precision_at_recall(marks, theirs)
