"""Words written so that a list does not know them, and honest ones that only look like it."""

import pytest

from screening import Draft, Policy, screen

PHRASES = ("casino", "cool", "schwul", "viagra", "cialis", "as", "ass")


def hidden(text: str, *phrases: str) -> list[str]:
    verdict = screen(Draft(text=text, policy=Policy(phrases=phrases or PHRASES)))
    return [text[slice(*s.span)] for s in verdict.signals if s.rule == "disguise" and s.score >= 0.5]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("the ca\u200bsi\u00adno is open", "ca\u200bsi\u00adno"),
        ("the c a s i n o is open", "c a s i n o"),
        ("the c.a.s.i.n.o is open", "c.a.s.i.n.o"),
        ("the c@$1n0 is open", "c@$1n0"),
        ("the c\u0430sin\u043e is open", "c\u0430sin\u043e"),
        ("the ｃａｓｉｎｏ is open", "ｃａｓｉｎｏ"),
        ("the caaasino is open", "caaasino"),
        ("so coooool", "coooool"),
        ("cia1is", "cia1is"),
        ("c\u0336a\u0336s\u0336i\u0336n\u0336o\u0336", "c\u0336a\u0336s\u0336i\u0336n\u0336o\u0336"),
    ],
)
def test_a_disguised_word_is_marked_where_it_stands(text, shown):
    assert hidden(text) == [shown]


@pytest.mark.parametrize("text", ["schwül war es", "col 19", "J. R. R. Tolkien", "covid19 h1n1 hi!", "Пресса кассино"])
def test_honest_words_are_no_disguise(text):
    assert hidden(text) == []


def test_a_word_written_as_it_is_listed_is_no_disguise():
    verdict = screen(Draft(text="the casino", policy=Policy(phrases=PHRASES)))

    assert [s.rule for s in verdict.signals] == ["phrase"]


def test_two_alphabets_in_one_word_are_mentioned_and_not_held():
    verdict = screen(Draft(text="our c\u043euncil"))

    assert (verdict.outcome, [s.evidence for s in verdict.signals]) == (
        "publish",
        ["letters of two alphabets in one word"],
    )


def test_letters_in_another_order_than_they_are_read_in_are_held():
    verdict = screen(Draft(text="call \u202e54321\u202c now"))

    assert (verdict.outcome, verdict.reasons) == ("hold", ("signs that turn the order of letters around",))
    assert screen(Draft(text="\u200fשלום\u200e hello \u2067عربي\u2069")).outcome == "publish"


def test_a_word_said_a_thousand_times_makes_twenty_signals():
    verdict = screen(Draft(text="casino " * 2_000, policy=Policy(phrases=PHRASES)))

    assert len(verdict.signals) == 20
