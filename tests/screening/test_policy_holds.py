"""What must be true of every verdict, tried with signals, people and spaces by dice."""

import random
from dataclasses import replace

import pytest

from screening import Draft, Policy, Signal, Trust, screen, signals
from screening.policy import HOLD_FROM, WEIGHT, judge

GRAVER = {"publish": 0, "hold": 1}
RULES = [*signals.CHECKS, "space"]


def some_signals(dice: random.Random) -> list[Signal]:
    scores = (0.0, 0.1, 0.3, 0.49, 0.5, 0.51, 0.9, 1.0)
    return [Signal(rule, dice.choice(scores), f"seen: {rule}") for rule in dice.choices(RULES, k=dice.randint(0, 6))]


def some_draft(dice: random.Random) -> Draft:
    thresholds = {rule: dice.choice((0, 0.2, 0.5, 0.7, 1.1)) for rule in dice.sample([*RULES, "unknown"], 4)}
    trust = Trust(
        published=dice.choice((None, 0, 1, 30)), gone=dice.choice((None, 0, 8)), is_premoderated=dice.random() < 0.3
    )
    return Draft(text="hello", trust=trust, policy=Policy(thresholds=thresholds))


@pytest.mark.parametrize("seed", range(200))
def test_a_graver_signal_or_one_more_never_makes_the_outcome_milder(seed):
    dice = random.Random(seed)
    draft, noticed = some_draft(dice), some_signals(dice)
    first = judge(draft, noticed)

    for number, signal in enumerate(noticed):
        graver = [*noticed[:number], replace(signal, score=1.0), *noticed[number + 1 :]]
        worse = judge(draft, graver)
        assert GRAVER[worse.outcome] >= GRAVER[first.outcome]
        assert worse.priority >= first.priority
    for rule in RULES:
        more = judge(draft, [*noticed, Signal(rule, 0.8, "one more")])
        assert (GRAVER[more.outcome], more.priority) >= (GRAVER[first.outcome], first.priority)


@pytest.mark.parametrize("seed", range(100))
def test_what_is_unknown_never_makes_the_outcome_milder_than_if_nothing_was_there(seed):
    dice = random.Random(seed)
    draft, noticed = some_draft(dice), some_signals(dice)
    known = judge(draft, noticed)
    unknown = judge(draft, noticed, dice.sample(list(signals.CHECKS), 2))

    assert GRAVER[unknown.outcome] >= GRAVER[known.outcome]
    assert unknown.priority >= known.priority
    assert unknown.unknown


@pytest.mark.parametrize("seed", range(100))
def test_nothing_but_the_gate_refuses_and_the_winner_is_the_gravest_that_fires(seed):
    dice = random.Random(seed)
    draft, noticed = some_draft(dice), some_signals(dice)
    verdict = judge(draft, noticed)
    firing = [s for s in noticed if s.score >= draft.policy.thresholds.get(s.rule, HOLD_FROM)]

    assert verdict.outcome == ("hold" if firing else "publish")
    assert WEIGHT.get(verdict.rule) == max((WEIGHT[s.rule] for s in firing), default=None)
    assert set(verdict.reasons) == {s.evidence for s in firing}
    assert verdict.signals == tuple(noticed)


@pytest.mark.parametrize("seed", range(50))
def test_the_same_signals_in_another_order_lead_to_the_same_outcome_rule_and_priority(seed):
    dice = random.Random(seed)
    draft, noticed = some_draft(dice), some_signals(dice)
    first = judge(draft, noticed)
    dice.shuffle(noticed)
    again = judge(draft, noticed)

    assert (again.outcome, again.rule, again.priority) == (first.outcome, first.rule, first.priority)


@pytest.mark.parametrize("rule", RULES)
def test_a_threshold_of_one_rule_moves_no_other(rule):
    strict = Draft(text="hello", policy=Policy(thresholds={rule: 0.1}))
    lenient = Draft(text="hello", policy=Policy(thresholds={rule: 1.1}))

    for other in RULES:
        assert judge(strict, [Signal(other, 0.2, "a little")]).outcome == ("hold" if other == rule else "publish")
        assert judge(lenient, [Signal(other, 1.0, "much")]).outcome == ("publish" if other == rule else "hold")


def test_a_draft_is_judged_alike_each_time():
    draft = Draft(text="SEE c4sino, casino AND https://bit.ly/x " * 3, policy=Policy(phrases=("casino",)))

    assert screen(draft) == screen(draft)
