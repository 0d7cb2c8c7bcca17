"""Phrases in a text: other systems' hard cases, and texts made to be slow."""

import pytest

from screening.terms import ENOUGH, find


def found(text: str, *phrases: str) -> list[str]:
    return [text[m.start : m.end] for m in find(text, phrases)]


@pytest.mark.parametrize(
    ("text", "phrase", "expected"),
    [
        ("WordPress, press, _press_", "press", ["press", "press"]),
        ("Große GROSSE Grosser", "große", ["Große", "GROSSE"]),
        ("ΟΔΟΣ οδος", "οδος", ["ΟΔΟΣ", "οδος"]),
        ("zu İstanbul", "istanbul", ["İstanbul"]),
        ("cafe\u0301 café cafe", "café", ["cafe\u0301", "café"]),
        ("пресса Пресса прессам", "пресса", ["пресса", "Пресса"]),
        ("ไปเล่นการพนันกัน", "การพนัน", ["การพนัน"]),
        ("我爱赌博吧", "赌博", ["赌博"]),
        ("カジノで遊ぶ", "カジノ", ["カジノ"]),
        ("हिन्दी", "हि", []),
        ("CASINOS ccasinoz", "casino*", ["CASINOS"]),
        ("CASINOS ccasinoz", "*casino*", ["CASINOS", "ccasinoz"]),
        ("frequent", "fr*nt", ["frequent"]),
        ("free \n money", "free money", ["free \n money"]),
        ("don’t", "don't", ["don’t"]),
        ("c++ and c", "c++", ["c++"]),
        ("any words at all", "* *", []),
    ],
)
def test_a_phrase_is_found_where_a_reader_would_find_it(text, phrase, expected):
    assert found(text, phrase) == expected


def test_phrases_within_phrases_are_all_found():
    assert found("free money now", "free money", "money", "money now") == ["free money", "money", "money now"]


def test_words_within_words_do_not_fill_the_memory():
    phrases = [f"*{'a' * length}*" for length in range(1, 500)]

    assert len(find("a" * 20_000, phrases)) == ENOUGH
