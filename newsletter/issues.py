"""A letter from its blocks: the bodies that are stored and mailed.

A block is plain data; headlines and addresses are written into it, for a letter says what it said when it went out.

    {"type": "text", "paragraphs": [str], "call": str, "url": str}
    {"type": "item", "lead": bool, "kicker": str, "headline": str, "text": str, "url": str, "call": str,
     "picture": str, "picture_alt": str, "picture_width": int, "picture_height": int}
    {"type": "voice", "text": str, "by": str, "on": str, "url": str, "call": str}

Only `type` and the words are required. Addresses are full ones: a mail program has no site to be relative to.
"""

from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string

from civic.lib.html import stored
from newsletter.models import Issue, Newsletter


def write_issue(
    newsletter: Newsletter, *, slot: str, subject: str, preheader: str, blocks: list[dict], sent_at: datetime | None
) -> Issue:
    """A new issue with both bodies drawn, already sent when `sent_at` is given. Raises `IntegrityError` for a slot
    that is taken."""
    issue = Issue(newsletter=newsletter, slot=slot, subject=subject, preheader=preheader, blocks=blocks)
    if sent_at:
        issue.state, issue.sent_at = Issue.State.DONE, sent_at
    draw(issue)
    issue.save()
    return issue


def draw(issue: Issue) -> None:
    """Write `body_html` and `body_text` anew from the blocks. Does not save."""
    context = {"blocks": issue.blocks, "site_url": settings.SITE_URL}
    issue.body_html = stored(render_to_string("newsletter/_issue_body.html", context).strip())
    issue.body_text = render_to_string("newsletter/_issue_body.txt", context).strip()
