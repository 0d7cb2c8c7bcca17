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
        ("the caaasino is open", "caaasino"),
        ("so coooool", "coooool"),
        ("cia1is", "cia1is"),
        ("it is a caaasinooooo!", "caaasinooooo"),
        ("CASINOOO!", "CASINOOO"),
        ("c**asi**no", "c**asi**no"),
        ("**c**asino", "c**asino"),
        ("c`asin`o", "c`asin`o"),
        ("c~~asin~~o", "c~~asin~~o"),
        ("c\\asi\\no", "c\\asi\\no"),
        ("[cas](https://x.example)ino", "cas](https://x.example)ino"),
        ("the c&#97;sin&#x6F; is", "c&#97;sin&#x6F;"),
        ("ca&shy;si&ZeroWidthSpace;no", "ca&shy;si&ZeroWidthSpace;no"),
        ("c  a  s  i  n  o", "c  a  s  i  n  o"),
        ("c\na\ns\ni\nn\no", "c\na\ns\ni\nn\no"),
        ("c,a,s,i,n,o", "c,a,s,i,n,o"),
        ("such a c a s i n o u c", "c a s i n o"),
        ("I c c.a.s.i.n.o-games", "c.a.s.i.n.o"),
        ("r u a s s", "a s s"),
        ("ᴄᴀꜱɪɴᴏ", "ᴄᴀꜱɪɴᴏ"),
        ("🅲🅰🆂🅸🅽🅾", "🅲🅰🆂🅸🅽🅾"),
        ("𝓬𝓪𝓼𝓲𝓷𝓸 now", "𝓬𝓪𝓼𝓲𝓷𝓸"),
        ("a čąsįñø!", "čąsįñø"),
        ("that is ѕо сооӏ, is it", "сооӏ"),
        ("c\u0336a\u0336s\u0336i\u0336n\u0336o\u0336", "c\u0336a\u0336s\u0336i\u0336n\u0336o\u0336"),
    ],
)
def test_a_disguised_word_is_marked_where_it_stands(text, shown):
    assert hidden(text) == [shown]


@pytest.mark.parametrize(
    ("text", "phrase", "shown"),
    [
        ("ты дyрaк!", "дурак", "дyрaк"),
        ("ты дур@к", "дурак", "дур@к"),
        ("д у р а к", "дурак", "д у р а к"),
        ("дураааак", "дурак", "дураааак"),
        ("去赌.博 了", "赌博", "赌.博"),
        ("来 赌 博 吧", "赌博", "赌 博"),
        ("바.보", "바보", "바.보"),
        ("get free-money", "free money", "free-money"),
        ("get free...money", "free money", "free...money"),
        ("get FREE_MONEY now", "free money", "FREE_MONEY"),
        ("get fr33/m0ney", "free money", "fr33/m0ney"),
        ("👩‍🚀 sch\u200bwul 👩‍🚀", "schwul", "sch\u200bwul"),
        ("5 ㎏ ½ ﬁ c\u0336a\u0336b\u0336 x", "cab", "c\u0336a\u0336b\u0336"),
    ],
)
def test_in_other_scripts_and_between_words_too(text, phrase, shown):
    assert hidden(text, phrase) == [shown]


@pytest.mark.parametrize("text", ["fück", "FÛCK", "fu\u0308ck", "fuçk", "fıck"])
def test_a_word_with_accents_is_mentioned_and_not_held(text):
    verdict = screen(Draft(text=f"so {text} it is", policy=Policy(phrases=("fuck", "fick"))))

    assert [(s.score, s.evidence) for s in verdict.signals if s.rule != "incivility"] == [
        (0.3, "a word on the paper’s list, but for its accents")
    ]
    assert verdict.outcome == "publish"


HONEST = [
    "Call 0341 55 10 28 or +49 (0)30 1 2 3 4, between 9 a.m. and 5 p.m.",
    "A b c, said the U.S.A. and the U.K.; f(a, b) = a * b * c, a_b_c = x[i]-1",
    "hahaha soooo good, la la la la, na-na-na, brrrr",
    "if (a && b || c) { return s1 + s2 }; `as_set = 4`",
    "Die Äpfel waren schön süß, Straße, Größe: ß; Kühe, Höhe, über.",
    "L'été où l'élève naïf a dû manger, ça c'est sûr. Œuvres, façade.",
    "İstanbul'da ılık bir gün, ağaçlar çiçek açtı, şimdi öğle.",
    "Рот и сор, а тут сок; у меня 2 кота, 4-й дом, COVID-19",
    "Η Αθήνα είναι όμορφη, το νερό καθαρό.",
    "ไปกินข้าวกันเถอะ 我们去吃饭吧 ご飯を食べよう 밥 먹자",
    "مرحباً بالعالم שָׁלוֹם עולם नमस्ते दुनिया",
    "The co-op, mass transit, class of ’99, Scunthorpe & Essex; pass/fail, as.is",
    "see https://larkford.example/as-s/c4t?x=1&amp;y=2 or mail j.o.e@larkford.example",
    "| a | s | s | e | t |",
    "p a s s, C L A S S, g.r.a.s.s",
    "John F. Kennedy, J. R. R. Tolkien, C. S. Lewis",
]
LISTED = ("ass", "cunt", "sik", "pot", "cop", "hell", "sex", "anus", "cum", "tit", "xxx", "kot", "cac")


@pytest.mark.parametrize("text", HONEST)
def test_honest_texts_trip_nothing(text):
    assert hidden(text, *LISTED) == []


@pytest.mark.parametrize("text", ["schwül war es", "col 19", "J. R. R. Tolkien", "covid19 h1n1 hi!", "Пресса кассино"])
def test_honest_words_are_no_disguise(text):
    assert hidden(text) == []


def test_a_word_written_as_it_is_listed_is_no_disguise():
    verdict = screen(Draft(text="the casino", policy=Policy(phrases=PHRASES)))

    assert [s.rule for s in verdict.signals if s.rule != "spam"] == ["phrase"]


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

    assert [signal.rule for signal in verdict.signals].count("phrase") == 20
