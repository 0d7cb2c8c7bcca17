"""A letter from its blocks: what a reader gets, in the newsroom's preview, by mail, in the archive and in feeds.

A block is plain data; headlines and addresses are written into it, for a letter says what it said when it went out.

    {"type": "text", "paragraphs": [str], "call": str, "url": str}    or with "html": str instead of paragraphs
    {"type": "item", "lead": bool, "kicker": str, "headline": str, "text": str, "url": str, "call": str, "article": int,
     "picture": str, "picture_alt": str, "picture_width": int, "picture_height": int}
    {"type": "voice", "comment": int, "call": str}     or {"type": "voice", "text", "by", "on", "url", "call"}
    {"type": "picture", "picture": str, "picture_alt": str, "picture_width": int, "picture_height": int, "url": str}
    {"type": "button", "label": str, "url": str}

Only `type` and the words are required. Addresses are full ones: a mail program has no site to be relative to.

`article` and `comment` are numbers of what is asked for anew whenever the letter is drawn (`drawn`): an article that
was taken down is left out, a comment that is gone or not to be quoted any more too. In a roundup any block may have
`letter`, the number of the issue that it was in or, with `is_entry`, tells of (`newsletter.roundups`); what was in one
that was stopped since is left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from articles.models import Article
from civic.lib.html import clean_blocks
from comments import quoting
from newsletter.models import Cadence, Issue, Newsletter, Writing
from newsletter.models.issues import LONG

Block = dict[str, Any]


@dataclass(frozen=True)
class Drawn:
    """What is in a letter at this moment, and why what was meant to be in it is not."""

    blocks: list[Block]
    left_out: tuple[str, ...]


def write_issue(
    newsletter: Newsletter,
    *,
    slot: str,
    subject: str,
    preheader: str,
    blocks: list[Block],
    sent_at: datetime | None,
    **fields: Any,
) -> Issue:
    """A new issue, already sent when `sent_at` is given. Raises `IntegrityError` for a slot that is taken."""
    issue = Issue(newsletter=newsletter, slot=slot, subject=subject, preheader=preheader, blocks=blocks, **fields)
    if sent_at:
        issue.state, issue.sent_at = Issue.State.DONE, sent_at
    issue.save()
    return issue


def drawn(issue: Issue) -> Drawn:
    """The blocks as they may go out now. Two queries at most, three for a roundup."""
    return drawn_each([issue])[0]


def has_something_to_say(issue: Issue) -> bool:
    """Whether anything of it may still be read. Of one that wrote itself the greeting alone, and a voice or two, do not
    count: its first sentence promises stories, or letters. Three queries at most."""
    blocks = drawn(issue).blocks
    if not issue.is_automatic:
        return bool(blocks)
    return any(block["type"] == "item" or block.get("letter") for block in blocks)


def drawn_each(issues: Iterable[Issue]) -> list[Drawn]:
    """The same for several letters, with as many queries for all of them."""
    issues = list(issues)
    blocks = [block for issue in issues for block in issue.blocks]
    articles = _articles({block["article"] for block in blocks if block.get("article")})
    voices = quoting.quotations(block["comment"] for block in blocks if block.get("comment"))
    letters = _letters({block["letter"] for block in blocks if block.get("letter")})
    return [_drawn(issue.blocks, articles, voices, letters) for issue in issues]


def stands(issue: Issue) -> tuple:
    """A mark of all that could change in a letter by itself: equal as long as `drawn` gives the same. Two queries, none
    for a letter without articles and comments, three for a roundup.

    For whoever keeps a finished letter and must know at every batch whether it is still true.
    """
    articles = {block["article"] for block in issue.blocks if block.get("article")}
    readable = Article.objects.readable().filter(pk__in=articles).values_list("pk", "address") if articles else ()
    voices = quoting.marks(block["comment"] for block in issue.blocks if block.get("comment"))
    letters = _letters({block["letter"] for block in issue.blocks if block.get("letter")})
    return tuple(sorted(readable)), voices, tuple(sorted(letters.items()))


def _letters(ids: set[int]) -> dict[int, str]:
    """Addresses of those of these letters that may be told of."""
    if not ids:
        return {}
    found = Issue.objects.listed().filter(pk__in=ids).select_related("newsletter").defer(*LONG)
    return {letter.pk: settings.SITE_URL + letter.get_absolute_url() for letter in found}


def _articles(ids: set[int]) -> dict[int, Article]:
    if not ids:
        return {}
    return Article.objects.readable().only("address", "slug", "published_at").in_bulk(ids)


def _drawn(
    blocks: list[Block],
    articles: dict[int, Article],
    voices: dict[int, quoting.Quotation],
    letters: dict[int, str],
) -> Drawn:
    shown, left_out = [], []
    for block in blocks:
        if number := block.get("letter"):
            if number not in letters:
                left_out.append(f"Letter {number} was stopped while it went out.")
                continue
            if block.get("is_entry"):
                block = block | {"url": letters[number]}
        if number := block.get("article"):
            if number not in articles:
                left_out.append(f"The article “{block.get('headline', '')}” is not on the site.")
                continue
            # An address may be another by now; that of a draft is known once it is published.
            block = block | {"url": settings.SITE_URL + articles[number].get_absolute_url()}
        if number := block.get("comment"):
            if number not in voices:
                left_out.append(f"Comment {number} is gone, or its writer does not want to be quoted.")
                continue
            block = _voice(block, voices[number])
        if "html" in block:  # written in the newsroom, cleaned again on its way out: this row is only JSON
            block = block | {"markup": clean_blocks(block["html"])}
        shown.append(block)
    return Drawn(blocks=_in_groups(shown), left_out=tuple(dict.fromkeys(left_out)))


_WITHIN_QUOTES = str.maketrans("“”", "‘’")  # the words stand in quotation marks of ours


def _voice(block: Block, quotation: quoting.Quotation) -> Block:
    return {
        **block,
        "text": quotation.text.translate(_WITHIN_QUOTES),
        "by": quotation.name,
        "on": f"“{quotation.title}”",
        "url": settings.SITE_URL + quotation.url,
        "call": block.get("call") or "Answer",
    }


def _in_groups(blocks: list[Block]) -> list[Block]:
    """Voices that follow each other have one heading, over the first of them."""
    before = [None, *(block["type"] for block in blocks)]
    after = [*(block["type"] for block in blocks[1:]), None]
    return [
        block
        if block["type"] != "voice"
        else block | {"is_first": earlier != "voice", "has_others": later == "voice" or earlier == "voice"}
        for block, earlier, later in zip(blocks, before, after, strict=False)
    ]


# How a letter says, at its foot, why and how often somebody gets it.
RHYTHMS = {
    Cadence.THREE: "You get this letter on Monday, Wednesday and Friday",
    Cadence.WEEK: "You get this letter once a week",
    Cadence.MONTH: "You get this letter once a month",
}
EACH_TIME = {
    Writing.WEEKDAY: "You get this letter every weekday",
    Writing.DAY: "You get this letter every day",
    Writing.WEEK: "You get this letter once a week",
    Writing.BY_HAND: "You get this letter each time it comes out",
}


def rhythm_words(issue: Issue) -> str:
    """The beginning of a sentence that ends with “because you asked for it on …”."""
    if issue.cadence in RHYTHMS:
        return RHYTHMS[Cadence(issue.cadence)]
    return EACH_TIME[Writing(issue.newsletter.rhythm) if issue.is_automatic else Writing.BY_HAND]
