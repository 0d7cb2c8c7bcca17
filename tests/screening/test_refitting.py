"""A made-up site: what the model learns from 100, 500 and 2,000 decisions."""

from dataclasses import replace
from datetime import timedelta
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
    return refit(sentences(count, seed=count), prior().heads[head], now=NOW)


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
        own = refit(examples, prior().heads[head], now=NOW).head
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
    spam, incivility = (refit(decided, prior().heads[name], now=NOW).head for name in HEADS)

    def difference(head) -> float:
        return head.logit(features_of("Ask.", refused)) - head.logit(features_of("Ask.", known))

    assert difference(spam) > 1
    assert difference(incivility) == pytest.approx(0)


def test_among_equal_probabilities_the_outcome_sorts_nothing():
    assert calibration_error([number % 10 == 0 for number in range(200)], [0.1] * 200) == pytest.approx(0)


def test_few_decisions_or_decisions_of_one_kind_teach_nothing():
    assert fitted_on(99) is None
    one_kind = [Example(f"Sentence {number} about trams.", False, NOW) for number in range(300)]
    assert refit(one_kind, prior().heads["spam"], now=NOW) is None


def turned(examples):
    return [replace(example, is_bad=not example.is_bad) for example in examples]


def test_one_that_orders_the_latest_decisions_worse_is_not_to_be_adopted():
    examples = sentences(400)
    good = refit(examples, prior().heads["spam"], now=NOW).head

    fitted = refit(turned(examples[:320]) + examples[320:], prior().heads["spam"], good, now=NOW)

    assert not fitted.is_own
    assert not fitted.is_no_worse


def test_what_learned_worse_than_the_prior_gives_way_to_the_prior_with_the_probabilities_of_the_site():
    examples = sentences(400, bad=0.3)
    shipped = prior().heads["incivility"]
    scored = sorted(examples, key=lambda example: shipped.logit(features_of(example.text)))
    agrees = [replace(example, is_bad=at >= 280) for at, example in enumerate(scored)]  # the prior is always right
    by_time = sorted(agrees, key=lambda example: example.at)

    fitted = refit(turned(by_time[:320]) + by_time[320:], shipped, now=NOW)

    assert not fitted.is_own
    assert fitted.head.weights == shipped.weights
    assert fitted.is_no_worse


def test_one_in_use_is_compared_on_decisions_that_it_has_not_learned_from():
    """Else whatever has learned from all of them would seem better than what has seen none of the latest."""
    before, after = sentences(1_000), sentences(50, seed=5)
    since = before[-1].at
    after = [replace(one, at=since + timedelta(minutes=at + 1)) for at, one in enumerate(after)]
    current = refit(before, prior().heads["spam"], now=since).head

    fitted = refit(before + after, prior().heads["spam"], current, known_until=since, now=after[-1].at)

    assert fitted.is_no_worse
    assert fitted.auc_before is not None


GERMAN = [
    "Das ist ein guter Vorschlag und ich hoffe, dass die Stadt ihn nicht wieder vergisst.",
    "Wir haben auch in diesem Jahr noch keine Antwort auf die Frage nach der neuen Schule.",
]


def test_a_language_that_the_prior_does_not_know_is_known_once_enough_was_decided_in_it():
    said = [Example(f"{GERMAN[number % 2]} {number}", number % 5 == 0, NOW) for number in range(120)]
    known = prior().heads["incivility"]

    few = refit(sentences(200) + said[:50], known, now=NOW, spoken=("en", "de-AT"))
    enough = refit(sentences(200) + said, known, now=NOW, spoken=("en", "de-AT"))
    not_spoken = refit(sentences(200) + said, known, now=NOW, spoken=("en",))

    assert few.head.languages == known.languages
    assert enough.head.languages == (*known.languages, "de")
    assert not_spoken.head.languages == known.languages
