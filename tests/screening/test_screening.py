"""Judging a draft, without a database."""

import pytest

from screening import Draft, Policy, Trust, screen
from screening.terms import find


def test_a_plain_text_alone_is_published():
    verdict = screen(Draft(text="Thank you, that was new to me."))

    assert (verdict.outcome, verdict.reasons) == ("publish", ())


@pytest.mark.parametrize(("text", "rule"), [("", "empty"), (" \n", "empty"), ("x" * 20_001, "too_long")])
def test_only_the_gate_refuses(text, rule):
    verdict = screen(Draft(text=text))

    assert (verdict.outcome, verdict.rule) == ("refuse", rule)


def test_all_signals_are_kept_and_none_stops_another():
    text = "SEE THIS NOW, EVERYBODY, AND TELL YOUR FRIENDS ABOUT IT: WWW.A.EXAMPLE WWW.B.EXAMPLE casino"
    verdict = screen(Draft(text=text, trust=Trust(published=0), policy=Policy(phrases=("casino",))))

    assert verdict.outcome == "hold"
    assert {s.rule for s in verdict.signals} == {"links", "shouting", "newcomer", "phrase", "spam"}
    assert verdict.rule == "phrase"
    assert verdict.reasons[0] == "a word on the paper’s list"


def test_the_span_of_a_signal_marks_the_words():
    text = "look at http://a.example/x and http://b.example"
    signal = next(s for s in screen(Draft(text=text)).signals if s.rule == "links")

    assert text[slice(*signal.span)] == "http://a.example/x"


def test_one_link_is_mentioned_but_not_held():
    verdict = screen(Draft(text="It stands at https://larkford.example/minutes"))

    assert verdict.outcome == "publish"
    assert [s.evidence for s in verdict.signals if s.rule == "links"] == ["one link"]


def test_staff_are_published_with_their_signals():
    verdict = screen(Draft(text="http://a.example http://b.example", trust=Trust(published=0, is_staff=True)))

    assert verdict.outcome == "publish"
    assert verdict.signals


@pytest.mark.parametrize("text", ["NO!", "The NATO and EU met in NYC", "HAHAHAHA", "Straße über Öl"])
def test_short_cries_and_abbreviations_are_no_shouting(text):
    assert not any(s.rule == "shouting" for s in screen(Draft(text=text)).signals)


def test_scores_stay_between_nought_and_one():
    text = "WWW SHOUT " * 50 + " ".join(f"https://x{n}.example" for n in range(300))
    for signal in screen(Draft(text=text, trust=Trust(published=0))).signals:
        assert 0 <= signal.score <= 1


def test_phrases_are_whole_words_in_any_script():
    text = "WordPress and press, Пресса; Größe größe groß, casino-royale CASINOS"

    assert [(m.phrase, text[m.start : m.end]) for m in find(text, ["press", "größe", "casino*", "пресса"])] == [
        ("press", "press"),
        ("пресса", "Пресса"),
        ("größe", "Größe"),
        ("größe", "größe"),
        ("casino*", "casino"),
        ("casino*", "CASINOS"),
    ]
    assert find("free   money\nnow", ["free money now"])[0].end == 16
    assert find("anything", ["", "  ", "*"]) == []


def test_a_space_says_from_where_on_a_signal_asks_for_a_person():
    text = "It stands at https://larkford.example/minutes"

    assert screen(Draft(text=text, policy=Policy(thresholds={"links": 0.2}))).outcome == "hold"
    assert screen(Draft(text=text, policy=Policy(thresholds={"links": 0.3}))).outcome == "publish"
