"""A made-up site: what the model learns from 100, 500 and 2,000 decisions."""

from dataclasses import replace

import pytest

from screening.model import prior
from screening.model.features import features_of
from screening.model.measures import auc, calibration_error
from screening.model.training import Example, refit
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


@pytest.mark.parametrize(("decisions", "most"), [(200, 0.08), (500, 0.04)])
def test_from_two_hundred_decisions_on_it_says_how_likely_and_comes_closer(decisions, most):
    examples = sentences(decisions, seed=1, bad=0.12, noise=0.03)
    later = sentences(1_500, seed=99, bad=0.12, noise=0.03)

    head = refit(examples, prior().heads["spam"], prior().heads["spam"], now=NOW).head

    likely = [head.likely(head.logit(features_of(example.text))) for example in later]
    assert calibration_error([example.is_bad for example in later], likely) <= most


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
