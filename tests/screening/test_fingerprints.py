"""Texts that somebody has changed a little, and texts that only look alike."""

from itertools import combinations

import pytest

from bench import hostile
from screening.fingerprints import ALIKE, Fingerprint, fingerprint

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
    assert fingerprint(TEXT) == fingerprint(changed)


@pytest.mark.parametrize("word", ["pals", "my dear friends", "friends and neighbours"])
def test_a_text_changed_a_little_is_found(word):
    one, other = fingerprint(TEXT), fingerprint(TEXT.replace("friends", word))

    assert 0 < one.distance(other) <= ALIKE
    assert one.finds(other)


def test_another_text_is_not_found():
    one = fingerprint(TEXT)
    other = fingerprint(
        "The council met on Tuesday to discuss the budget, and nobody asked about the bridge at the mill."
    )

    assert one.distance(other) > 1.5 * ALIKE
    assert not one.finds(other)


def test_bands_find_what_is_changed_a_little_and_little_else():
    texts = [hostile.comment(200, number) for number in range(200)]
    prints = [fingerprint(text) for text in texts]
    changed = [fingerprint(text[:90] + "somewhere else" + text[100:]) for text in texts]

    found = sum(share_a_band(one, other) for one, other in zip(prints, changed, strict=True))
    by_chance = sum(share_a_band(one, other) for one, other in combinations(prints, 2))

    assert found >= 195
    assert by_chance < 995  # one in twenty of 19,900 pairs, all made of the same thirteen words


def share_a_band(one: Fingerprint, other: Fingerprint) -> bool:
    return any(a == b for a, b in zip(one.bands, other.bands, strict=True))


def test_what_is_quoted_from_others_does_not_count():
    answer = "I would rather say that nobody earns that much from a sofa, and that you know it quite well."

    assert fingerprint(f"> {TEXT}\n>\n> {TEXT}\n\n{answer}") == fingerprint(answer)
    assert fingerprint(f"> {TEXT}") is None


@pytest.mark.parametrize("text", ["", "I agree!", "😀" * 100, ". " * 100, "x" * 29])
def test_a_short_text_is_nobodys_copy(text):
    assert fingerprint(text) is None


def test_fingerprints_are_the_same_in_every_process_and_version():
    assert fingerprint(TEXT) == Fingerprint(
        10_831_030_432_746_989_890, (1_291_622_715, 1_257_052_730, 2_845_683_973, 1_899_557_887)
    )


@pytest.mark.parametrize(
    "text", ["каждый день " * 9, "我爱这座城市和它的河流以及桥梁" * 3, "\ud800 lone " * 9, "🦊🦊 fox " * 20]
)
def test_any_script_has_fingerprints(text):
    found = fingerprint(text)

    assert 0 <= found.bits < 1 << 64
    assert all(0 <= band < 1 << 32 for band in found.bands)
