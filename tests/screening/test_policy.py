"""What follows from what was noticed, and from what nobody could find out."""

import logging

import pytest

from screening import VERSION, Draft, Policy, Signal, Trust, screen, signals
from screening.policy import DECIDED_BY_PEOPLE, NAMES, SCORES, WEIGHT, judge

MISSING = {"neighbours": None, "same_origin": None, "email_domain": None}


def test_every_rule_has_a_weight():
    assert set(signals.CHECKS) | {"space", "unknown"} == set(WEIGHT)


def test_every_rule_has_a_name_and_says_its_scores_unless_people_decide_it():
    assert set(NAMES) == set(WEIGHT)
    assert list(SCORES) == [rule for rule in NAMES if rule not in DECIDED_BY_PEOPLE]


def test_defaults_are_known_and_harmless():
    verdict = screen(Draft(text="hello"))

    assert (verdict.outcome, verdict.unknown, verdict.policy_version) == ("publish", (), VERSION)


def test_a_missing_fact_is_unknown_and_said_to_be():
    verdict = screen(Draft(text="hello", **MISSING))

    assert set(verdict.unknown) == {"duplicate", "repetition", "cluster", "address"}
    assert verdict.signals == ()


def test_what_is_unknown_holds_the_comment_of_somebody_unknown_and_not_of_somebody_trusted():
    policy = Policy(hold_first=False)
    known = screen(Draft(text="hello", policy=policy, **MISSING))
    unknown = screen(Draft(text="hello", policy=policy, trust=Trust(published=0), **MISSING))

    assert known.outcome == "publish"
    assert (unknown.outcome, unknown.rule) == ("hold", "unknown")
    assert unknown.reasons == ("one of our checks could not be made",)


def test_a_writer_of_whom_nothing_is_known_is_not_trusted():
    verdict = screen(Draft(text="hello", trust=Trust(published=None, gone=None)))

    assert (verdict.outcome, set(verdict.unknown)) == ("hold", {"newcomer", "history"})


def test_somebody_read_first_for_now_is_not_trusted_with_what_is_unknown():
    verdict = screen(Draft(text="hello", trust=Trust(is_premoderated=True), **MISSING))

    assert "one of our checks could not be made" in verdict.reasons


def test_people_who_work_here_are_published_with_what_is_unknown():
    verdict = screen(Draft(text="hello", trust=Trust(is_staff=True), **MISSING))

    assert (verdict.outcome, bool(verdict.unknown)) == ("publish", True)


@pytest.mark.parametrize(("threshold", "of_trusted", "of_others"), [(0.2, "hold", "hold"), (0.6, "publish", "publish")])
def test_a_space_says_what_follows_from_what_is_unknown(threshold, of_trusted, of_others):
    policy = Policy(hold_first=False, thresholds={"unknown": threshold})

    assert screen(Draft(text="hello", policy=policy, **MISSING)).outcome == of_trusted
    assert screen(Draft(text="hello", policy=policy, trust=Trust(published=0), **MISSING)).outcome == of_others


@pytest.mark.parametrize("rule", list(signals.CHECKS))
def test_a_signal_that_fails_stops_nothing_and_no_word_of_the_text_is_logged(rule, monkeypatch, caplog):
    def fail(draft):
        raise ValueError(draft.text)

    monkeypatch.setitem(signals.CHECKS, rule, fail)
    text = "ZANZIBAR IS ALL IN CAPITALS, AS YOU CAN SEE HTTP://A.EXAMPLE HTTP://B.EXAMPLE casino"
    policy = Policy(phrases=("casino",), hold_first=False)
    with caplog.at_level(logging.ERROR):
        verdict = screen(Draft(text=text, policy=policy))

    assert verdict.unknown == (rule,)
    assert {s.rule for s in verdict.signals} == {"links", "shouting", "phrase", "spam"} - {rule}
    assert caplog.messages == [f"signal {rule} failed: ValueError"]
    assert "ZANZIBAR" not in caplog.text


def test_the_gravest_rule_decides_and_what_was_noticed_besides_comes_first_among_equals():
    draft = Draft(text="…")
    one = judge(draft, [Signal("links", 0.6, "two links")])
    two = judge(draft, [Signal("links", 0.6, "two links"), Signal("cluster", 0.4, "three people")])
    graver = judge(draft, [Signal("phrase", 0.8, "a word"), Signal("links", 0.6, "two links")])

    assert (one.rule, one.priority) == ("links", WEIGHT["links"])
    assert (two.rule, two.reasons) == ("links", ("two links",))
    assert one.priority < two.priority < graver.priority
    assert (graver.rule, graver.reasons) == ("phrase", ("a word", "two links"))


def test_much_that_was_noticed_never_outweighs_a_graver_rule():
    draft = Draft(text="…")
    much = judge(draft, [Signal("newcomer", 0.5, "first"), *(Signal(f"rule {n}", 0.4, "small") for n in range(90))])

    assert WEIGHT["newcomer"] < much.priority < WEIGHT["language"]
