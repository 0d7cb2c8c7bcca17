"""What can be counted in a text besides its words, and what is known of its writer: a row of numbers for the model."""

import math
import re
from collections.abc import Sequence

from screening.addresses import LINK
from screening.draft import Trust

# What advertisements ask of their readers. In English and German; each is looked for in the folded, hardened text.
_THING = (
    r"(?:chann?els?|chanel|videos?|vids?|songs?|pages?|sites?|websites?|homepage|musi[ck]|blogs?|shops?|stores?|covers?|"
    r"remix|rap|mixtape|album|beats?|youtube|gaming|kanal|seite|kurs|buch|podcast|twitter|instagram|facebook|accounts?|"
    r"profile?|projekt|petition|newsletter|angebot\w*)"
)
APPEALS = {
    "points to its own page": r"\b(?:my|our|ma|mein\w*|unser\w*)\b(?:\W+(?!fav|best|childhood|liebling)\w+){0,2}?\W+"
    + rf"{_THING}\b",
    "asks for followers": r"\b(?:follow|subscrib\w*|sucscribe|subs?|sub4sub|abonnier\w*|abo|folgt?|folgen)\b",
    "asks for a look": r"\bcheck(?:ing)?\b(?:\W+\w+){0,2}?\W+out\b|\bcheckout\b|\bcheck (?:my|our|this|it)\b"
    r"|\btake a look\b|\blook at my\b|\bvisit\b|\bclick\w*|\bgo ?to\b|\b(?:watch|view) my\b|\bcome (?:and|n) \w+"
    r"|\bsearch\b|\blisten to\b"
    r"|\bschaut?\b|\bguckt?\b|\bklick\w*|\bbesuch\w*",
    "speaks of money": r"\b(?:earn\w*|money|cash|paypal|gift ?cards?|free|win|won|prizes?|giveaway|casino|bets?|betting"
    r"|bonus|bitcoins?|btc|crypto\w*|krypto\w*|forex|trading|invest\w*|profit\w*|loans?|credit|income|rich|salary|dollars?"
    r"|geld|verdien\w*|gewinn\w*|gratis|kostenlos\w*|kredit\w*|rendite\w*|nebenjob|einkommen|reich werden)\b|[$€£] ?\d",
    "sells something": r"\b(?:buy|cheap\w*|sales?|discount\w*|promo\w*|coupons?|codes?|orders?|offers?|deals?|shipping"
    r"|prices?|viagra|cialis|pills?|replica|rolex|escorts?|dating|singles|kauf\w*|billig\w*|rabatt\w*|gutschein\w*|angebot\w*"
    r"|bestell\w*|versand\w*|preis\w*|abnehmen)\b",
    "leaves a contact": r"\b(?:whats ?app|telegram|dm|inbox|(?:text|call|e-?mail) me|kontaktier\w*|schreib\w* mir"
    r"|insta(?:gram)?|ig|twitter|facebook|fb|snapchat|tiktok|twitch|soundcloud|gofundme|kickstarter|patreon|onlyfans)\b|(?<!\w)@\w{3,}"
    r"|\+?\d[\d ()-]{8,20}\d",
    "asks for likes": r"\blike (?:this|my|the|dis) (?:comment|page|vid\w*|post)\b|\b(?:thumbs? up|like|share)\b"
    r"(?:\W+\w+){0,3}?\W+(?:if|when|for)\b|\bgive it a (?:like|thumb\w*)|\bshare\b|\bthumbs? up\b|\b\d+ likes\b|👍"
    r"|\bteilt?\b|\bdaumen hoch\b",
    "asks for a favour": r"\b(?:please|plea?se|plz+|pls|bitte|guys|everyone|everybody|leute)\b",
}
_APPEALS = {name: re.compile(pattern) for name, pattern in APPEALS.items()}

_WORD = re.compile(r"\w+")
_STYLE = (
    "a link",
    "links",
    "length",
    "capitals",
    "digits",
    "exclamation marks",
    "different words",
    "signs and pictures",
    "long words",
    "hardly more than a link",
    "disguised words",
)
_WRITER = ("a first comment", "comments that stood", "earlier comments taken down", "mostly taken down")
# By place in the row: what moderators read.
NAMES = (
    *_STYLE,
    *APPEALS,
    *(f"{name}, at all" for name in APPEALS),
    "appeals",
    "two appeals",
    "three appeals",
    *_WRITER,
)
# What says something about rudeness, too: never who wrote it, else whoever was refused once is rude for ever; nor
# capitals, which are noticed by themselves (`signals/shouting.py`).
OF_RUDENESS = frozenset(map(NAMES.index, ("a link", "length", "exclamation marks", "disguised words")))


def facts_of(text: str, hardened: str, trust: Trust | None) -> list[float]:
    """A number for each of `NAMES`, mostly between 0 and 1. `text` as it was written, `hardened` as it was meant."""
    return [*_style(text, hardened), *_appeals(hardened), *_of_writer(trust)]


def _style(text: str, hardened: str) -> list[float]:
    length = max(1, len(text))
    capitals, small = sum(map(str.isupper, text)), sum(map(str.islower, text))
    words = _WORD.findall(hardened)
    places = [found.span() for found in LINK.finditer(text)]
    links, in_links = len(places), sum(end - start for start, end in places)
    return [
        float(links > 0),
        min(links, 5) / 2,
        math.log1p(length) / 6,
        capitals / max(1, capitals + small),
        5 * sum(map(str.isdecimal, text)) / length,
        min(text.count("!"), 10) / 5,
        len(set(words)) / max(1, len(words)),
        float(not text.isascii() and any(sign >= "\u2190" for sign in text)),
        float(any(len(word) > 15 for word in words)),
        float(links > 0 and length - in_links < 12),
        float(_is_disguised(text, hardened)),
    ]


def _is_disguised(text: str, hardened: str) -> bool:
    """Whether hardening joined or replaced something within words, beyond small letters and accents."""
    return sum(map(str.isalpha, hardened)) != sum(map(str.isalpha, text))


def _appeals(hardened: str) -> list[float]:
    counts = [len({found.group() for found in pattern.finditer(hardened)}) for pattern in _APPEALS.values()]
    kinds = sum(map(bool, counts))
    several = [kinds / 3, float(kinds >= 2), float(kinds >= 3)]
    return [*(min(count, 3) / 2 for count in counts), *(float(count > 0) for count in counts), *several]


def _of_writer(trust: Trust | None) -> Sequence[float]:
    """Nothing where nothing is known."""
    if trust is None or trust.published is None or trust.gone is None:
        return (0.0,) * len(_WRITER)
    published, gone = trust.published, trust.gone
    return (
        float(not published),
        math.log1p(published) / 4,
        math.log1p(gone) / 4,
        float(gone > 2 and gone > published),
    )
