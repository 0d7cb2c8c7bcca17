"""Whether readers of a discussion can read a text. Nobody is told from a few words."""

import pytest

from screening import Draft, Policy, screen
from screening.languages import is_foreign

TEXTS = {
    "en": "I think the council has not been honest with the people of this town, and that is not right.",
    "de": "Ich finde, dass der Stadtrat hier nicht ehrlich war und die Bürger das wissen sollten.",
    "fr": "Je pense que le conseil municipal n’a pas été honnête avec les habitants de la ville.",
    "es": "Creo que el ayuntamiento no ha sido honesto con los vecinos y eso no está bien.",
    "it": "Penso che il consiglio comunale non sia stato onesto con i cittadini di questa città.",
    "pt": "Acho que a câmara não foi honesta com os moradores e isso não está certo.",
    "nl": "Ik vind dat de gemeenteraad hier niet eerlijk is geweest tegen de bewoners van de stad.",
    "sv": "Jag tycker att kommunen inte har varit ärlig mot invånarna och det är inte bra.",
    "pl": "Myślę, że rada miasta nie była szczera z mieszkańcami i to nie jest w porządku.",
    "cs": "Myslím, že se rada města k lidem nechovala poctivě a to je velmi špatné, ale je to tak.",
    "fi": "Minusta kaupunginvaltuusto ei ole ollut rehellinen asukkaille, ja se on väärin, mutta niin on.",
    "tr": "Bence belediye meclisi vatandaşlara karşı dürüst değil ve bu çok kötü bir şey ama ne yapalım.",
    "hu": "Szerintem a városi tanács nem volt őszinte a lakókkal, és ez nagyon nem jó, hogy így van.",
    "ru": "Я думаю, что городской совет был нечестен с жителями, и это плохо.",
    "el": "Νομίζω ότι το δημοτικό συμβούλιο δεν ήταν ειλικρινές με τους κατοίκους.",
    "ar": "أعتقد أن مجلس المدينة لم يكن صادقا مع السكان وهذا ليس صحيحا على الإطلاق.",
    "zh": "我认为市议会对居民不诚实这非常不好我们应该在下次会议上提出这个问题并且要求他们给出清楚的回答谢谢",
    "ja": "市議会は住民に対して正直ではなかったと思います。次の会議でこの問題を提起すべきです。みなさんありがとう。",
}


@pytest.mark.parametrize("code", TEXTS)
def test_each_language_is_at_home_where_it_is_spoken_and_nowhere_else(code):
    others = [other for other in TEXTS if is_foreign(TEXTS[code], [other]) is not True]

    # Who reads Japanese reads the signs of Chinese.
    assert others == [code] + (["ja"] if code == "zh" else [])
    assert is_foreign(TEXTS[code], ["cy", code]) is not True


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Danke!",
        "Das ist gut so, danke sehr",
        "Ha ha " * 20,
        "https://larkford.example/der/die/das/und/ist/nicht/ich/sie/es/ein",
        "123 456 789 " * 20,
        "😀" * 60,
    ],
)
def test_of_a_short_or_odd_text_nobody_can_tell(text):
    assert not is_foreign(text, ["en"])


def test_a_language_of_which_we_know_no_words_is_never_foreign():
    assert is_foreign(TEXTS["de"], ["cy"]) is None
    assert is_foreign(TEXTS["ru"], ["cy"]) is True


def test_where_no_language_is_named_any_is_spoken():
    assert is_foreign(TEXTS["de"], []) is None
    assert screen(Draft(text=TEXTS["de"])).signals == ()


def test_another_language_is_mentioned_and_holds_nothing_alone():
    verdict = screen(Draft(text=TEXTS["de"], policy=Policy(languages=("en-GB",))))

    assert (verdict.outcome, [s.rule for s in verdict.signals]) == ("publish", ["language"])
    strict = Policy(languages=("en",), thresholds={"language": 0.3})
    assert screen(Draft(text=TEXTS["de"], policy=strict)).outcome == "hold"
