"""Texts of a length that is allowed, on which the machine works for seconds. Processor time, not the clock."""

import time

import pytest

import screening
from civic.lib import markdown
from screening import Draft, terms


def seconds(work) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


@pytest.mark.parametrize("piece", ["a-", "a.", "a-b.c-d."])
def test_screening_a_text_of_a_third_of_the_limit_takes_less_than_a_fifth_of_a_second(piece):
    text = (piece * 6_000)[:6_000]

    assert seconds(lambda: screening.screen(Draft(text=text))) < 0.2


def test_drawing_a_text_of_the_longest_length_takes_less_than_half_a_second():
    text = ("://" * 20_000)[:20_000]

    assert seconds(lambda: markdown.render(text)) < 0.5


def test_finding_a_phrase_with_several_stars_in_one_endless_word_takes_less_than_a_fifth_of_a_second():
    assert seconds(lambda: terms.find("x" * 1_000, ["*x*x*y"])) < 0.2
