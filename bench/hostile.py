"""Texts made to be slow, and lists of phrases to look for in them. Made by dice, always the same."""

import random
import string
import unicodedata

PHRASES = 5_000
WORDS = ("the", "council", "bridge", "mill", "should", "have", "asked", "people", "who", "live", "before", "it", "sold")


def texts(length: int) -> dict[str, str]:
    """By name, each of so many characters."""
    dice = random.Random(length)
    alike = "аеорсухіјaeopcyx"
    any_sign = [chr(code) for code in range(0x20, 0x30000) if unicodedata.category(chr(code))[0] != "C"]
    made = {
        "prose": "The council met on Tuesday to discuss the budget. ",
        "Cyrillic prose": "Привет, как дела сегодня в городе? ",
        "Chinese": "我爱赌博吧今天天气很好",
        "Hangul": "".join(map(chr, range(0xAC00, 0xD7A4))),
        "nested brackets": "[" * (length // 2) + "]" * (length // 2),
        "nested Markdown": "[a](",
        "quotes in quotes": "> " * (length // 2),
        "links": "http://a.example/x ",
        "bare links": "www.a.b ",
        "named links": "[bank.example](http://evil.example) ",
        "half a link": "://",
        "a-a-a": "a-",
        "a.a.a": "a.",
        "a-b.c-d": "a-b.c-d.",
        "bait for regular expressions": "a" * (length - 1) + "!",
        "stars": "a*",
        "confusable letters": "".join(dice.choice(alike) for _ in range(length)),
        "confusable words": "".join(dice.choice(alike + " ") for _ in range(length)),
        "words of two alphabets": "cаt dоg ",
        "accents on one letter": "a" + "\u0301" * (length - 1),
        "accents on each letter": "a\u0301\u0336",
        "unseen signs": "\u200b" * (length - 1) + "a",
        "unseen signs in each word": "a\u200b",
        "one huge word": "x",
        "spaced letters": "a ",
        "letters and dots": "a. ",
        "leetspeak": "c4s1n0 ",
        "letters and digits": "a1",
        "repeated letters": "aaab",
        "capitals": "A",
        "blanks": " " * (length - 1) + "a",
        "signs that become eighteen": "\ufdfa",
        "any signs": "".join(dice.choice(any_sign) for _ in range(length)),
    }
    return {name: (text * (length // len(text) + 1))[:length] for name, text in made.items()}


def changed(text: str, turn: int) -> str:
    """Another text of the same kind: what was kept from the last one is of no use for it."""
    return text[1:] + string.ascii_letters[turn % 52]


def phrases(count: int = PHRASES) -> tuple[str, ...]:
    """As on a moderator's list: words, beginnings, some of two words, one in ten with a star inside."""
    dice = random.Random(count)

    def word() -> str:
        return "".join(dice.choice(string.ascii_lowercase) for _ in range(dice.randint(4, 9)))

    kinds = ("{}", "{}", "{}", "{}", "{}", "{}*", "*{}", "{} {}", "{}-{}", "{}*{}")
    return tuple(dice.choice(kinds).format(word(), word()) for _ in range(count))


def lists(count: int = PHRASES) -> dict[str, tuple[str, ...]]:
    """Lists made to be slow, by name: thousands that begin alike, and stars in each."""
    dice = random.Random(count)

    def word(fewest: int, most: int) -> str:
        return "".join(dice.choice(string.ascii_lowercase) for _ in range(dice.randint(fewest, most)))

    han = [chr(code) for code in range(0x4E00, 0x4E80)]
    kinds = {
        "begin alike": lambda: "casino" + word(1, 6),
        "begin alike, with a star": lambda: f"casino*{word(1, 4)}",
        "stars between letters": lambda: f"{word(1, 1)}*{word(2, 2)}*{word(1, 1)}",
        "stars around": lambda: f"*{word(2, 5)}*",
        "many stars": lambda: f"a*b*c*d*{word(1, 2)}",
        "a word between": lambda: f"the * {word(3, 4)}",
        "Chinese with a star": lambda: f"{dice.choice(han)}*{dice.choice(han)}",
        "forty words each": lambda: " ".join(word(3, 9) for _ in range(40)),
    }
    return {name: tuple(kind() for _ in range(count)) for name, kind in kinds.items()}


def nearly_listed(length: int) -> dict[str, str]:
    """Texts in which those lists nearly find something everywhere, by name, each of so many characters."""
    dice = random.Random(length)
    letters = "".join(dice.choice(string.ascii_lowercase + "  ") for _ in range(length))
    made = {
        "near": " ".join(f"casino{part}q" for part in letters.split()),
        "casinocasino": "casino",
        "the the": "the ",
        "abcd": "abcd",
        "letters": "a b c d ",
        "by dice": letters,
        "Chinese by dice": "".join(chr(dice.randint(0x4E00, 0x4E80)) for _ in range(length)),
    }
    return {name: (text * (length // len(text) + 1))[:length] for name, text in made.items()}


def comment(length: int, number: int) -> str:
    """Words by dice, as long as a comment."""
    dice = random.Random(number)
    text = ""
    while len(text) < length:
        text += dice.choice(WORDS) + " "
    return text[:length]
