"""Words that advertisements need, as they were meant where something got into them."""

import pytest

from screening.model.correcting import corrected, uncovered


@pytest.mark.parametrize("word", ["v*deo", "s**scribe", "s*******e", "ch_nnel", "c#eck", "m*n*y", "kosten*os"])
def test_a_covered_word_is_read_and_stays_as_long_as_it_was(word):
    read = uncovered(f"So, {word} now")

    assert "*" not in read
    assert "#" not in read
    assert "_" not in read
    assert len(read) == len(f"So, {word} now")


def test_what_is_covered_in_another_word_stays_covered():
    said = "f**k that s**t, 2*3*4, **money**, my_file_name, * * *, #money, _free_"

    assert uncovered(said) == said


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("sbuscribe", "subscribe"),
        ("subcribe", "subscribe"),
        ("subbscribe", "subscribe"),
        ("subscrube", "subscribe"),
        ("sbscrb", "subscribe"),
        ("chck", "check"),
        ("mney", "money"),
        ("chan.nel", "channel"),
        ("chan nel", "channel"),
        ("you-tube", "youtube"),
        ("gewinnsipel", "gewinnspiel"),
        ("kostnlos", "kostenlos"),
    ],
)
def test_a_slip_is_read_as_the_word_that_was_meant(slip, meant):
    assert corrected(f"my {slip}, now") == f"my {meant}, now"


def test_other_words_stay_what_they_are():
    said = (
        "my fellow reader, a monkey and a witch share the clock; shame, shape, price and prize, lake and fee. "
        "wer annehmen kann, was der verband verstand, wird wach und kann kauen. video. check"
    )

    assert corrected(said) == said


def test_a_blank_is_taken_away_only_where_two_words_are_one_that_is_known():
    assert corrected("a pod cast of you tube and a song like this") == "a podcast of youtube and a song like this"


def test_a_hostile_text_takes_no_longer_than_its_length():
    for text in ("a" * 100_000, "a_" * 50_000, "a." * 50_000, "a " * 50_000, "s*" * 50_000):
        assert len(corrected(uncovered(text))) == len(text)
