"""Texts that somebody has changed a little, and texts that only look alike."""

import random

import pytest

from screening.fingerprints import ALIKE, bands, distance, fingerprint

TEXT = "I earn 4,000 a week from my sofa, and you can do it as well: look at my page and ask me how, friends."


@pytest.mark.parametrize(
    "changed",
    [
        TEXT.upper(),
        TEXT.replace(" ", "  \n"),
        TEXT.replace("sofa", "s\u200bof\u0430").replace("earn", "éarn"),
        TEXT.replace(": ", " – "),
        "!!! " + TEXT + " !!!",
        "**" + TEXT + "**",
    ],
)
def test_the_same_words_in_another_dress_are_the_same(changed):
    assert distance(fingerprint(TEXT), fingerprint(changed)) == 0


@pytest.mark.parametrize("changed", [TEXT.replace("friends", "pals"), TEXT.replace("4,000", "4,100"), "Hi! " + TEXT])
def test_a_text_changed_a_little_is_alike(changed):
    assert 0 < distance(fingerprint(TEXT), fingerprint(changed)) <= ALIKE


def test_another_text_is_not_alike():
    other = "The council met on Tuesday to discuss the budget, and nobody asked about the bridge at the mill."

    assert distance(fingerprint(TEXT), fingerprint(other)) > 3 * ALIKE


@pytest.mark.parametrize("text", ["", "I agree!", "😀" * 100, ". " * 100, "x" * 29])
def test_a_short_text_is_nobodys_copy(text):
    assert fingerprint(text) is None


def test_fingerprints_are_the_same_in_every_process_and_version():
    assert fingerprint(TEXT) == 10_831_030_432_746_989_890


def test_texts_within_three_bits_share_a_band():
    dice = random.Random(7)
    for _ in range(500):
        one = dice.getrandbits(64)
        other = one
        for bit in dice.sample(range(64), 3):
            other ^= 1 << bit
        assert any(a == b for a, b in zip(bands(one), bands(other), strict=True))
        assert all(0 <= band < 1 << 16 for band in bands(one))


@pytest.mark.parametrize(
    "text", ["каждый день " * 9, "我爱这座城市和它的河流以及桥梁" * 3, "\ud800 lone " * 9, "🦊🦊 fox " * 20]
)
def test_any_script_has_fingerprints(text):
    assert 0 <= fingerprint(text) < 1 << 64
