"""A made-up site: what the model learns from 100, 500 and 2,000 decisions."""

from dataclasses import replace
from statistics import fmean

import pytest

from screening import Trust
from screening.model import HEADS, prior
from screening.model.features import features_of
from screening.model.heads import probability
from screening.model.measures import auc, calibration_error
from screening.model.training import Example, calibrated, refit
from tests.made_up_site import NOW, sentences

LATER = sentences(400, seed=9)
FEATURES = [features_of(example.text) for example in LATER]


def fitted_on(count: int, head="spam"):
    return refit(sentences(count, seed=count), prior().heads[head], prior().heads[head], now=NOW)


def logits(head) -> list[float]:
    return [head.logit(features) for features in FEATURES]


def marks() -> list[bool]:
    return [example.is_bad for example in LATER]


@pytest.mark.parametrize("decisions", [100, 500, 2_000])
@pytest.mark.parametrize("head", ["spam", "incivility"])
def test_after_any_number_of_decisions_it_is_no_worse_than_the_prior_on_what_comes_later(decisions, head):
    fitted = fitted_on(decisions, head)

    assert auc(marks(), logits(fitted.head)) >= auc(marks(), logits(prior().heads[head]))
    assert fitted.decisions == decisions


@pytest.mark.parametrize("head", ["spam", "incivility"])
def test_from_two_hundred_decisions_on_it_says_how_likely_and_is_right_within_three_points(head):
    later = sentences(1_500, seed=99, bad=0.12, noise=0.03)
    features = [features_of(example.text) for example in later]
    errors = []
    for seed in range(4):
        examples = sentences(200, seed=seed, bad=0.12, noise=0.03)
        own = refit(examples, prior().heads[head], prior().heads[head], now=NOW).head
        likely = [own.likely(own.logit(one)) for one in features]
        errors.append(calibration_error([example.is_bad for example in later], likely))

    assert fitted_on(199, head).head.calibration is None
    assert fmean(errors) <= 0.03
    assert max(errors) <= 0.04


def test_where_moderators_decide_otherwise_now_and_then_nothing_is_said_to_be_certain():
    """Thirty of a hundred that seem harmless are taken down all the same, ten of a hundred that seem bad are kept."""
    logits = [-6.0, -3.0] * 150 + [3.0, 6.0] * 150
    marks = [at % 20 < 6 for at in range(300)] + [at % 20 > 1 for at in range(300)]

    calibration = calibrated(logits, marks)

    assert probability(-30, calibration) == pytest.approx(0.3, abs=0.04)
    assert probability(30, calibration) == pytest.approx(0.9, abs=0.04)
    assert calibrated(logits[:300], [False] * 300) is None


def test_what_is_known_of_a_writer_is_learned_by_the_spam_head_alone():
    """Two hundred times the same words, of which only the writer tells whether they go."""
    known, refused = Trust(published=9, gone=0), Trust(published=0, gone=9)
    decided = [Example("Ask at the market.", bad, NOW, refused if bad else known) for bad in [True, False] * 100]
    spam, incivility = (refit(decided, prior().heads[name], prior().heads[name], now=NOW).head for name in HEADS)

    def difference(head) -> float:
        return head.logit(features_of("Ask.", refused)) - head.logit(features_of("Ask.", known))

    assert difference(spam) > 1
    assert difference(incivility) == pytest.approx(0)


def test_among_equal_probabilities_the_outcome_sorts_nothing():
    assert calibration_error([number % 10 == 0 for number in range(200)], [0.1] * 200) == pytest.approx(0)


def test_few_decisions_or_decisions_of_one_kind_teach_nothing():
    assert fitted_on(99) is None
    one_kind = [Example(f"Sentence {number} about trams.", False, NOW) for number in range(300)]
    assert refit(one_kind, prior().heads["spam"], prior().heads["spam"], now=NOW) is None


def test_one_that_orders_the_latest_decisions_worse_is_not_to_be_adopted():
    examples = sentences(400)
    good = refit(examples, prior().heads["spam"], prior().heads["spam"], now=NOW).head
    turned = [replace(example, is_bad=not example.is_bad) for example in examples[:320]] + examples[320:]

    assert not refit(turned, prior().heads["spam"], good, now=NOW).is_no_worse


GERMAN = [
    "Das ist ein guter Vorschlag und ich hoffe, dass die Stadt ihn nicht wieder vergisst.",
    "Wir haben auch in diesem Jahr noch keine Antwort auf die Frage nach der neuen Schule.",
]


def test_a_language_that_the_prior_does_not_know_is_known_once_enough_was_decided_in_it():
    said = [Example(f"{GERMAN[number % 2]} {number}", number % 5 == 0, NOW) for number in range(120)]
    known = prior().heads["incivility"]

    few = refit(sentences(200) + said[:50], known, known, now=NOW, spoken=("en", "de-AT"))
    enough = refit(sentences(200) + said, known, known, now=NOW, spoken=("en", "de-AT"))
    not_spoken = refit(sentences(200) + said, known, known, now=NOW, spoken=("en",))

    assert few.head.languages == known.languages
    assert enough.head.languages == (*known.languages, "de")
    assert not_spoken.head.languages == known.languages
