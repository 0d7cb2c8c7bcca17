"""Words that advertisements need, as they were meant where a slip or a sign got in: sbuscribe, v*deo, chck, chan.nel.

Only these few are known, for only the facts (`facts.py`) hang on whole words; groups of letters bear with slips by
themselves. The first letter is what readers hold on to, so it is taken to be right.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

# The likelier one stands before another that is covered alike.
_ENGLISH = """
subscribe subscribed subscribes subscriber subscribers subscribing check checking checkout video videos youtube
channel channels follow following followers money please click clicking visit website websites comment comments song
music watch watching like page pages guys everyone everybody facebook instagram twitter whatsapp telegram snapchat
soundcloud thumbs album mixtape profile account accounts playlist homepage newsletter petition free cash earn earning
giveaway casino bitcoin bitcoins trading investment credit income salary dollars paypal discount coupon viagra cialis
replica escort escorts promotion download
"""
_GERMAN = """
abonnieren abonniert kanal podcast klicken klickt besuch besuche besucht besuchen kostenlos verdienen verdienst
verdiene gewinnen gewinn gewinnspiel kredit rendite nebenjob einkommen billig billige rabatt gutschein angebot
angebote bestellen bestellung kontaktiert
"""
# Words of their own that are a slip away from these.
_OTHERS = """
cheek chick chuck clock cluck fellow fallow monkey monty pager paper papal witch wach kicken
"""
_LONG = 5  # letters: in a word of so many any wrong one is a slip; a shorter one may be another word by it

_WORDS = f"{_ENGLISH} {_GERMAN}".split()
_KNOWN = frozenset(_WORDS)
_LEFT = _KNOWN.union(_OTHERS.split())

_COVERS = "*#_"
_COVERED = re.compile(rf"(?<![\w*#])[a-z](?=[a-z]*[{_COVERS}])[a-z{_COVERS}]+[a-z](?![\w*#])", re.IGNORECASE)
_WORD = re.compile(rf"(?<![a-z])[a-z]{{3,{max(map(len, _WORDS)) + 1}}}(?![a-z])")
_TORN = re.compile(r"(?<![a-z])([a-z]++) (?=([a-z]++))")
_APART = re.compile(r"[a-z]++(?:[-./,_…–—~][a-z]++)+")


def uncovered(text: str) -> str:
    """With the letters for the signs that cover them in words known here: as long as it was, sign for sign."""
    if not any(sign in text for sign in _COVERS):
        return text
    return _COVERED.sub(lambda found: _uncovered(found[0].lower()) or found[0], text)


def corrected(text: str) -> str:
    """A folded text with words known here for those that are a slip away from one."""
    text = _TORN.sub(lambda found: found[1] + " " * (found[1] + found[2] not in _KNOWN), text)
    text = _APART.sub(lambda found: _together(found[0]), text)
    return _WORD.sub(lambda found: _corrected(found[0]), text)


def _together(parts: str) -> str:
    word = "".join(filter(str.isalpha, parts))
    return word if word in _KNOWN else parts


def _uncovered(covered: str) -> str | None:
    pattern = re.sub(rf"[{_COVERS}]", ".", covered)
    return next((word for word in _BY_ENDS.get(_ends(covered), ()) if re.fullmatch(pattern, word)), None)


def _ends(word: str) -> tuple[int, str, str]:
    return len(word), word[0], word[-1]


@lru_cache(maxsize=8_192)
def _corrected(word: str) -> str:
    if word in _LEFT:
        return word
    tried = (word, *(_with_a_gap(word) if len(word) >= _LONG else ()))
    return next((_MEANT[slip] for slip in tried if slip in _MEANT), word)


def _slips(word: str) -> Iterator[str]:
    """What a word may become. A gap stands for any letter."""
    inner = range(1, len(word) - 1)
    if len(word) > 4:
        yield from (word[:at] + word[at + 1 :] for at in inner)
        yield word[0] + re.sub("[aeiou]", "", word[1:])
    yield from (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in inner)
    if len(word) >= _LONG:
        yield from _with_a_gap(word)
        yield from (f"{word[:at]}?{word[at:]}" for at in inner)
    yield from (word[:at] + word[at] + word[at:] for at in inner)


def _with_a_gap(word: str) -> Iterator[str]:
    return (f"{word[:at]}?{word[at + 1 :]}" for at in range(1, len(word)))


_BY_ENDS: dict[tuple[int, str, str], list[str]] = {}
for _word in _WORDS:
    _BY_ENDS.setdefault(_ends(_word), []).append(_word)
_MEANT = {slip: word for word in reversed(_WORDS) for slip in _slips(word) if slip not in _KNOWN}
