"""A letter as it leaves: two finished documents for all its readers, with marks where readers differ.

Drawn anew whenever a batch of readers is claimed, so that what is gone since is in no letter that leaves afterwards.
"""

import re
import textwrap
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from civic.lib.html import plain_text, stored
from civic.lib.site import SiteSettings
from newsletter.issues import Block, drawn, rhythm_words
from newsletter.models import Issue
from newsletter.splicing import MARKS, Marks, filled

# Gmail shows no more of a letter and hides the rest, its foot with the way out first, behind a link.
CLIPPED_FROM = 102 * 1024  # bytes
TEXT_WIDTH = 71  # characters, and a blank where the line goes on


@dataclass(frozen=True)
class Edition:
    """`html` and `text` are complete, with the marks of `newsletter.splicing`. `left_out` says in plain words what was
    meant to be in the letter and is not."""

    subject: str
    html: str
    text: str
    sender_name: str
    left_out: tuple[str, ...] = ()

    @property
    def html_bytes(self) -> int:
        return len(self.html.encode())


def edition_of(issue: Issue) -> Edition:
    """The letter as it is at this moment. Three queries, about 8 ms; no two readers need it twice."""
    now = drawn(issue)
    site = SiteSettings.current()
    context = {
        "issue": issue,
        "newsletter": issue.newsletter,
        "blocks": [_styled(block) for block in now.blocks],
        "rhythm": rhythm_words(issue),
        "since": MARKS.since,
        "leave_url": settings.SITE_URL + reverse("newsletter:leave", args=[MARKS.leave_token]),
        "preferences_url": settings.SITE_URL + reverse("newsletter:preferences", args=[MARKS.preferences_token]),
        "web_url": settings.SITE_URL + issue.get_absolute_url() if issue.slot else "",
        "day": issue.goes_at,
        "site": site,
        "site_url": settings.SITE_URL,
        "subject": issue.subject,
        "dir": "rtl" if site.language.partition("-")[0] in settings.LANGUAGES_BIDI else "ltr",
    }
    with timezone.override(site.zone):
        html = render_to_string("newsletter/issue.html", context)
        text = render_to_string("newsletter/issue.txt", context)
    return Edition(
        subject=" ".join(issue.subject.split()),  # a line break must not become a header
        html=re.sub(r"\n{2,}", "\n", html).strip() + "\n",
        text=flowed(re.sub(r"\n{3,}", "\n\n", text).strip()) + "\n",
        sender_name=" ".join((issue.newsletter.sender_name or site.name).split()),
        left_out=now.left_out,
    )


def flowed(text: str) -> str:
    """Lines as short as a column of a paper, for programs that show them as they are; those that know `format=flowed`
    (RFC 3676) join what ends with a blank and fill their own width with it, be it that of a phone. An address is one
    word and stays whole."""
    return "\n".join(_flowed(line) for line in text.split("\n"))


def _flowed(line: str) -> str:
    if line == "-- ":  # what follows is the foot
        return line
    lines = textwrap.wrap(line, TEXT_WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
    return " \n".join(f" {one}" if one.startswith((">", "From ")) else one for one in lines)


def for_nobody(issue: Issue, edition: Edition) -> Edition:
    """The same for whoever is not among the readers: previews, test letters. The ways out lead to the newsletter's own
    page, and nothing can be left with them."""
    page = settings.SITE_URL + issue.newsletter.get_absolute_url()
    ways = {
        settings.SITE_URL + reverse("newsletter:leave", args=[MARKS.leave_token]): page,
        settings.SITE_URL + reverse("newsletter:preferences", args=[MARKS.preferences_token]): page,
    }
    html, text = edition.html, edition.text
    for way, instead in ways.items():
        html, text = html.replace(way, instead), text.replace(way, instead)
    nobody = Marks("", "", timezone.localdate().strftime("%d %b %Y"))
    return Edition(edition.subject, filled(html, nobody), filled(text, nobody), edition.sender_name, edition.left_out)


# --- free text of the newsroom, dressed for mail programs -------------------------------------------------

_TAGS = {
    "p": "margin: 14px 0 0;",
    "ul": "margin: 14px 0 0; padding: 0 0 0 22px;",
    "ol": "margin: 14px 0 0; padding: 0 0 0 24px;",
    "li": "margin: 4px 0 0;",
}
_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)


def _styled(block: Block) -> Block:
    """What an editor wrote freely, as markup with its styles in the tags and as plain words with its addresses."""
    if "markup" not in block:
        return block
    markup = re.sub(r"<p>\s*(?:<br>)?\s*</p>", "", block["markup"])
    text = plain_text(_LINK.sub(_spelled_out, markup.replace("<li>", "<li>- ")))
    for tag, style in _TAGS.items():
        markup = markup.replace(f"<{tag}>", f'<{tag} style="{style}">')
    markup = markup.replace('<a href="', '<a class="go" style="color: #00664d;" href="')
    return block | {"markup": stored(markup), "words": re.sub(r"(?m)^(- .*)\n\n(?=- )", r"\1\n", text)}


def _spelled_out(link: re.Match) -> str:
    """“the plan (https://…)”, but an address that says itself only once."""
    address, words = link[1], link[2]
    return escape(address) if plain_text(words) in address else f"{words} ({address})"
