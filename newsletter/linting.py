"""What is looked at before a letter may be approved, in words that say how to mend it.

Some of it only a careful person would mind, and is advice. Some would be read as rudeness or against the law by a few
thousand people at once, and keeps the letter where it is.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from wagtail.models import Revision

from articles.models import Article
from civic.lib.html import plain_text
from civic.lib.site import SiteSettings
from comments import quoting
from newsletter import at_home
from newsletter.editions import CLIPPED_FROM, Edition, edition_of
from newsletter.issues import Block, drawn, has_something_to_say
from newsletter.models import Issue

SUBJECT_SHOWN = 70  # characters that a phone shows, more or less
_HREF = re.compile(r'href="([^"]*)"')
_SCHEMES = {"http", "https", "mailto", "tel"}


@dataclass(frozen=True)
class Finding:
    """`blocks`: the letter cannot be approved before this is mended."""

    words: str
    blocks: bool


def lint(issue: Issue) -> list[Finding]:
    """All that was noticed, what must be mended first. Asks nobody outside; about ten queries, and one or two for each
    page of ours to which somebody typed a link."""
    edition = edition_of(issue)
    found = [
        *_about_words(issue),
        *_about_the_sender(),
        *_about_pictures(issue.blocks),
        *_about_articles(issue),
        *_about_addresses(_free_links(issue)),
        *_about_size(edition),
        *_about_text(edition),
        *_about_voices(issue),
    ]
    return sorted(found, key=lambda finding: not finding.blocks)


def links_of(issue: Issue) -> list[str]:
    """Every address that the letter leads to, each once, in reading order."""
    found: dict[str, None] = {}
    for block in drawn(issue).blocks:
        for url in (block.get("url"), *_HREF.findall(block.get("html", ""))):
            if url:
                found[url.replace("&amp;", "&")] = None
    return list(found)


def _free_links(issue: Issue) -> list[str]:
    """Those that somebody typed. Of articles and comments of ours other lines speak."""
    kept = {block["url"] for block in drawn(issue).blocks if block.get("url") and _is_known(block)}
    return [link for link in links_of(issue) if link not in kept]


def _is_known(block: Block) -> bool:
    return bool(block.get("article") or block.get("comment") or block.get("letter"))


def _about_words(issue: Issue) -> Iterable[Finding]:
    if not issue.subject.strip():
        yield _must("The subject is empty. It is what people see first, and often all they see: say the news.")
    elif len(issue.subject) > SUBJECT_SHOWN:
        yield _advice(f"The subject has {len(issue.subject)} characters. Phones show about {SUBJECT_SHOWN} of them.")
    if not issue.preheader.strip():
        yield _advice(
            "There is no line after the subject. Mail programs will show the first words of the letter there instead."
        )
    if not issue.blocks:
        yield _must("There is nothing in the letter yet.")
    elif not has_something_to_say(issue):
        yield _must("Nothing of what is in the letter can be read on the site any more, so it would be empty.")


def _about_the_sender() -> Iterable[Finding]:
    site = SiteSettings.current()
    if not site.postal_address.strip():
        yield _must(
            "The paper has no postal address. Letters to many must say where you can be found: it is the law in most "
            "places, and friendly everywhere. An editor can fill it in under “The site”."
        )
    if not site.sender:
        yield _advice("The paper has no address as a sender. Letters come from the server’s own, which looks odd.")


def _about_pictures(blocks: list[Block]) -> Iterable[Finding]:
    for block in blocks:
        shown = block["type"] == "picture" or (block.get("lead") and block.get("picture"))
        if shown and not block.get("picture_alt", "").strip():
            which = f"of “{block['headline']}”" if block.get("headline") else "in the letter"
            yield _must(
                f"The picture {which} says nothing to those who cannot see it, and to all whose mail program hides "
                "pictures. Write what it shows, here or with the picture itself."
            )


def _about_articles(issue: Issue) -> Iterable[Finding]:
    """One that will be published before the letter goes is no mistake: letters are written the evening before."""
    wanted = {block["article"]: block for block in issue.blocks if block.get("article")}
    readable = set(Article.objects.readable().filter(pk__in=wanted).values_list("pk", flat=True))
    hidden = set(wanted) - readable
    planned = _planned(hidden)
    for number in sorted(hidden):
        headline = wanted[number]["headline"]
        at = planned.get(number)
        if at and (issue.scheduled_at is None or at <= issue.scheduled_at):
            when = timezone.localtime(at)
            yield _advice(
                f"“{headline}” will be published on {when:%A} at {when:%H:%M}. Let the letter go after that; before, "
                "the article is left out."
            )
        else:
            yield _must(f"“{headline}” is not on the site, so its link leads nowhere. Publish it, or take it out.")


def _about_voices(issue: Issue) -> Iterable[Finding]:
    quoted = {block["comment"] for block in issue.blocks if block.get("comment")}
    gone = len(quoted - set(quoting.quotations(quoted)))
    if gone:
        yield _advice(
            f"{'A comment' if gone == 1 else f'{gone} comments'} that you chose cannot be quoted any more: taken down, "
            "withdrawn, or its writer does not want it. The letter goes without."
        )


def _planned(ids: Iterable[int]) -> dict[int, datetime]:
    """When those of these articles will be published for which somebody has said so."""
    kind = Article.get_content_type()
    waiting = Revision.objects.filter(base_content_type=kind, object_id__in=[str(pk) for pk in ids])
    rows = waiting.filter(approved_go_live_at__gt=timezone.now()).values_list("object_id", "approved_go_live_at")
    return {int(pk): at for pk, at in rows}


def _about_addresses(links: list[str]) -> Iterable[Finding]:
    for link in links:
        parts = urlsplit(link)
        if parts.scheme not in _SCHEMES or (parts.scheme in ("http", "https") and not parts.hostname):
            yield _must(f"“{link}” is no whole address. In a letter it must begin with https://.")
        elif at_home.is_ours(link) and not at_home.leads_somewhere(link):
            if at_home.is_unpublished(link):
                yield _advice(f"“{link}” is an article that is not published yet. Let the letter go after that.")
            else:
                yield _must(f"“{link}” leads nowhere: there is no such page here.")
        elif parts.scheme == "http" and not settings.SITE_URL.startswith("http://"):
            yield _advice(f"“{link}” is an old, unsafe address. Does https:// work there, too?")


def _about_size(edition: Edition) -> Iterable[Finding]:
    if edition.html_bytes >= CLIPPED_FROM:
        yield _must(
            f"The letter has {edition.html_bytes // 1024} KB. From 102 KB on Gmail cuts off the rest, and with it the "
            "way to leave. Shorten it: the articles say it all anyway."
        )


def _about_text(edition: Edition) -> Iterable[Finding]:
    """What would remain for those who read without pictures and markup: more than the masthead and the foot."""
    words = edition.text.partition("\n-- \n")[0].split("\n\n", 2)
    body = words[2].strip() if len(words) > 2 else ""
    if not body and plain_text(edition.html).strip():
        yield _must(
            "Without pictures nothing is left of this letter: some people read plain text only. Write a sentence "
            "or two."
        )


def _must(words: str) -> Finding:
    return Finding(words, blocks=True)


def _advice(words: str) -> Finding:
    return Finding(words, blocks=False)
