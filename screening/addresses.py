"""Web addresses in a text: where they stand, and to whose site they lead."""

import re
from collections.abc import Iterator
from functools import cache

from antispam_link_shorteners import link_shorteners_list

# What readers get as a link: a scheme, or www., or a bare name with a path, or one with a usual ending. Two letters are
# an ending only where they are no English word: who forgets a blank writes “self.so” and “it.is”.
# Bounded, and begun only where a name begins: a text of "a-a-a-…" must not cost a second.
_NAME = r"(?<![\w.@-])[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
_ENDING = "com|net|org|info|biz|edu|gov|pro|shop|name|web|xxx|aero|asia|coop|museum|рф"
_WORDS = "js|rb|am|an|as|at|be|by|do|go|he|if|im|in|is|it|me|my|no|of|on|or|so|to|up|us|we"
_BARE = rf"(?<![\w./@-])(?:[\w-]{{1,63}}\.){{1,8}}(?:{_ENDING}|(?-i:(?!{_WORDS})[a-z]{{2}}))(?![\w@-]|\.\w)"
LINK = re.compile(rf"(?:https?://|www\.)[^\s<>()\]]+|{_NAME}/[^\s<>()\]]+|{_BARE}", re.IGNORECASE)

# `[words](https://target.example "title")`, and the two halves of `[words][label]` … `[label]: https://target.example`.
# No part may hold what would begin another.
_TARGET = r"<?((?:https?:)?//[^\s<>()]{1,500}|www\.[^\s<>()]{1,500})"
_NAMED = re.compile(rf"\[([^\[\]]{{1,300}})\]\(\s{{0,9}}{_TARGET}(?:>?[^()\[\]<>]{{0,200}}\))?", re.IGNORECASE)
_BY_LABEL = re.compile(r"\[([^\[\]]{1,300})\](?:\[([^\[\]]{0,300})\])?(?![(:])")
_LABEL = re.compile(rf"^ {{0,3}}\[([^\[\]]{{1,300}})\]:\s{{0,9}}{_TARGET}", re.IGNORECASE | re.MULTILINE)

_HOST = re.compile(r"^(?:[a-z][a-z+.-]*:)?(?://)?(?:[^/?#@\s]*@)?([^/?#:\s]+)", re.IGNORECASE)
_FILES = "js|py|rb|md|html?|php|pdf|txt|docx?|xlsx?|csv|zip|jpe?g|png|gif|mp[34]"
_SAID = re.compile(
    rf"(?<![\w@.-])(?:https?://)?((?:[a-z0-9-]{{1,63}}\.){{1,8}}(?!(?:{_FILES})\b)[a-z]{{2,24}})(?![\w@-])",
    re.IGNORECASE,
)

# They look short and are on the list, but lead to one well-known site only.
_LEAD_TO_ONE_SITE = """
youtu.be nyti.ms wapo.st reut.rs bbc.in n.pr on.natgeo.com trib.al redd.it flic.kr amzn.to a.co g.co fb.me m.me wp.me
t.me lnkd.in spoti.fi discord.gg go.vic.gov.au nswroads.work
"""


def named_links(text: str) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """The links of a Markdown text that have words of their own: words, target, and where they stand."""
    for found in _NAMED.finditer(text):
        yield found[1], found[2], found.span()
    if targets := {found[1].casefold(): found[2] for found in _LABEL.finditer(text)}:
        for found in _BY_LABEL.finditer(text):
            if target := targets.get((found[2] or found[1]).casefold()):
                yield found[1], target, found.span()


def host_of(address: str) -> str:
    """`larkford.example` of `https://www.larkford.example:443/x`; "" of nonsense."""
    found = _HOST.match(address)
    return found[1].lower().rstrip(".").removeprefix("www.") if found else ""


def said_host(words: str) -> str:
    """The site that words name as an address, if they are one: `bank.example` of "see bank.example/login"."""
    found = _SAID.search(words)
    return found[1].lower().removeprefix("www.") if found else ""


def is_same_site(one: str, other: str) -> bool:
    """A site and its parts: `news.bank.example` belongs to `bank.example`."""
    return one == other or one.endswith("." + other) or other.endswith("." + one)


def is_shortener(host: str) -> bool:
    return host in shorteners()


@cache
def shorteners() -> frozenset[str]:
    """Sites that hide where a link leads, by the list of a package that is kept."""
    return frozenset(host.removeprefix("www.") for host in link_shorteners_list()) - set(_LEAD_TO_ONE_SITE.split())


shorteners()  # read once, when the program starts
