"""What is marked is what was written: spans are offsets in the text as it was typed, whatever it is made of."""

import random

import pytest

from screening import Draft, Policy, screen
from screening.terms import find

AROUND = [
    "🙂 ",
    "👩‍👩‍👧‍👦 ",
    "ﬁ ½ ㎏ ß ",
    "İ ẞ ǆ ﷺ ",
    "e\u0301 n\u0303 ",
    "שָׁלוֹם كَلْب ",
    "हिन्दी ก็ ",
    "𝔄𝔅 𐐀 ",
    "\u200f\u2066x\u2069 ",
    "&amp; &#x1F600; ",
    "zu\u00adsammen ",
]
WRITTEN = {
    "bridge": ["bridge", "BRIDGE", "ｂｒｉｄｇｅ", "br\u00adidge"],
    "straße": ["Straße", "STRASSE", "STRAẞE", "strasse"],
    "café": ["café", "cafe\u0301", "CAFÉ"],
    "filter": ["ﬁlter", "filter"],
    "дурак": ["дурак", "ДУРАК"],
    "赌博": ["赌博"],
}  # fmt: skip
DISGUISED = {
    "bridge": [
        "br1dge", "b r i d g e", "b\u200bridge", "brid\u0336ge\u0336", "br\u0456dge",
        "𝐛𝐫𝐢𝐝𝐠𝐞", "bridgeeeee", "b**rid**ge", "&#98;ridg&#101;",
    ],
    "дурак": ["дyрaк", "д.у.р.а.к", "дур\u200bак"],
}  # fmt: skip


@pytest.mark.parametrize("seed", range(40))
def test_each_match_points_to_what_was_written(seed):
    dice = random.Random(seed)
    words = [dice.choice(ways) for ways in WRITTEN.values()]
    dice.shuffle(words)
    text = "".join(dice.choice(AROUND) + word + " " for word in words)

    spans = [(match.start, match.end) for match in find(text, WRITTEN)]

    assert [text[slice(*span)] for span in spans] == words


@pytest.mark.parametrize("seed", range(40))
def test_each_disguise_points_to_what_was_written(seed):
    dice = random.Random(seed)
    words = [dice.choice(ways) for ways in DISGUISED.values()] + [dice.choice(DISGUISED["bridge"])]
    text = "".join(dice.choice(AROUND) + ": " + word + " , " for word in words)

    signals = screen(Draft(text=text, policy=Policy(phrases=tuple(DISGUISED)))).signals

    assert [text[slice(*s.span)] for s in signals if s.rule == "disguise" and s.score > 0.5] == words


@pytest.mark.parametrize("seed", range(60))
def test_no_span_of_any_signal_leaves_the_text(seed):
    """Texts of anything, with everything that signals look for."""
    dice = random.Random(seed)
    pieces = [
        *AROUND, "bridge", "b r i d", "&", "&#", ";", "http://bit.ly/x ",
        "[a.com](http://b.com)", "\u202e", "\ud83d", "*", "aaa", "\u0301", "\ufe0f", "1", "ı", "İ", "\n", "ё",
    ]  # fmt: skip
    text = "".join(dice.choice(pieces) for _ in range(60))
    listed = ("bridge", "b*e", "*i*", "a", "aa*", "* bridge", "ﬁ", "½", "ı*", "x *", "ß", "&", "e\u0301", "שלום", "🙂")

    verdict = screen(Draft(text=text, policy=Policy(phrases=listed, languages=("en",))))

    assert verdict.unknown == ()
    for signal in verdict.signals:
        assert signal.span is None or 0 <= signal.span[0] < signal.span[1] <= len(text)
