"""Signals that need to be told something about the writer or the discussion."""

import pytest

from civic.lib.disposable import is_disposable
from screening import Draft, Neighbour, Policy, Trust, screen
from screening.signals.history import lower_bound


def seen(rule: str, **draft) -> list[tuple[float, str]]:
    signals = screen(Draft(text="Thank you, that was new to me and to my neighbours.", **draft)).signals
    return [(round(s.score, 2), s.evidence) for s in signals if s.rule == rule]


def test_the_same_words_of_the_same_writer_are_held():
    own = Neighbour(is_own=True)

    assert seen("repetition", neighbours=(own,)) == [
        (0.5, "nearly the same text as another comment of the same writer")
    ]
    assert seen("repetition", neighbours=(own,) * 3) == [
        (0.7, "nearly the same text as 3 other comments of the same writer")
    ]
    assert seen("duplicate", neighbours=(own,)) == []


def test_a_short_text_may_be_said_twice_and_not_a_third_time():
    own = Neighbour(is_own=True)

    def outcome(*neighbours: Neighbour) -> str:
        return screen(Draft(text="Thank you!", neighbours=neighbours)).outcome

    assert [outcome(own), outcome(own, own)] == ["publish", "hold"]


def test_the_same_words_of_somebody_else_are_held_and_the_more_so_where_they_were_refused():
    other = Neighbour(distance=2)

    assert seen("duplicate", neighbours=(other,)) == [(0.5, "nearly the same text as a comment of somebody else")]
    assert seen("duplicate", neighbours=(other, other)) == [(0.6, "nearly the same text as 2 comments of others")]
    assert seen("duplicate", neighbours=(Neighbour(is_gone=True),)) == [
        (0.9, "nearly the same text as a comment of somebody else, which was not accepted")
    ]
    assert seen("repetition", neighbours=(other,)) == []


@pytest.mark.parametrize(
    ("published", "gone", "score"),
    [(0, 4, None), (4, 0, None), (1, 3, None), (4, 1, None), (2, 3, 0.35), (1, 4, 0.56), (0, 5, 0.85), (45, 5, None)],
)
def test_a_history_of_refusals_counts_from_five_comments_on(published, gone, score):
    expected = [(score, f"{gone} of the last {published + gone} comments did not stand")] if score else []

    assert seen("history", trust=Trust(published=published, gone=gone)) == expected


def test_the_lower_bound_is_that_of_wilson():
    # As in Newcombe, Statistics in Medicine 17 (1998) 857, table I: 81 of 263, 15 of 148, 0 of 20.
    assert [round(lower_bound(*numbers), 4) for numbers in ((81, 263), (15, 148), (0, 20))] == [0.2553, 0.0624, 0.0]


def test_a_throw_away_address_is_held_and_of_somebody_known_only_mentioned():
    assert seen("address", email_domain="mailinator.com") == [(0.3, "a throw-away e-mail address")]
    verdict = screen(
        Draft(text="hello", email_domain="mailinator.com", trust=Trust(0), policy=Policy(hold_first=False))
    )

    assert (verdict.outcome, verdict.rule) == ("hold", "address")


@pytest.mark.parametrize(
    ("domain", "is_one"),
    [
        ("yopmail.com", True),
        ("YOPMAIL.com", True),
        ("a.b.yopmail.com", True),
        ("notyopmail.com", False),
        ("yopmail.com.example", False),
        ("example.org", False),
        ("", False),
        ("com", False),
        ("." * 300, False),
    ],
)
def test_a_domain_and_its_parts(domain, is_one):
    assert is_disposable(domain) == is_one


def test_many_people_from_one_network_are_held_from_four_on():
    assert seen("cluster", same_origin=1) == []
    assert seen("cluster", same_origin=2) == [(0.4, "several people wrote here from one network in a short time")]
    assert seen("cluster", same_origin=3) == [(0.5, "several people wrote here from one network in a short time")]


def test_somebody_of_whom_nothing_stands_is_no_first_time_writer():
    assert seen("newcomer", trust=Trust(published=0)) == [(0.5, "first comment")]
    assert seen("newcomer", trust=Trust(published=0, gone=2)) == [(0.5, "no public comment yet")]
