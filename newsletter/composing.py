"""What an editor put together becomes the blocks of a letter, and an issue gets its place among the others."""

from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.text import slugify
from wagtail.images.models import SourceImageIOError
from wagtail.rich_text import expand_db_html

from accounts.models import User
from articles.models import Article, Picture
from civic.lib.html import clean_blocks
from newsletter.issues import Block
from newsletter.models import Issue

# Twice the width of a letter, for sharp screens; JPEG, for Outlook knows nothing newer.
PICTURE = "width-1072|format-jpeg"
WIDTH = 536  # CSS pixels


def blocks_of(content: Any) -> list[Block]:
    """The blocks of a `StreamField`'s value. Of readers' comments only the number is kept. Cuts pictures: 0.1 s each,
    once."""
    made = [_MAKERS[part.block_type](part.value) for part in content]
    return [block for block in made if block]


def article_block(article: Article, *, lead: bool = False, headline: str = "", text: str = "", call: str = "") -> Block:
    """An article in a letter, with its picture where it leads. The link invites to the discussion if there is one."""
    block = {
        "type": "item",
        "article": article.pk,
        "lead": lead,
        "kicker": article.kicker_text,
        "headline": headline or article.headline,
        "text": text or (article.standfirst if lead else article.deck),
        "url": settings.SITE_URL + article.get_absolute_url(),
        "call": call or invitation(article),
    }
    if lead and article.lead_picture:
        block |= picture_of(article.lead_picture, alt=article.lead_picture.default_alt_text)
    return block


def invitation(article: Article) -> str:
    """“Read on, or join 128 others”: of a discussion in which that many have said something."""
    if article.has_discussion and article.thread.people_count > 1 and not article.thread.is_closed:
        return f"Read on, or join {article.thread.people_count:,} others"
    return "Read on"


def picture_of(picture: Picture, *, alt: str) -> Block:
    """Its address and size. Nothing where the file is gone: a letter without a picture is better than a broken one."""
    try:
        cut = picture.get_rendition(PICTURE)
    except (SourceImageIOError, OSError):
        return {}
    height = round(cut.height * WIDTH / cut.width) if cut.width > WIDTH else cut.height
    return {
        "picture": _full(cut.url),
        "picture_alt": alt,
        "picture_width": min(cut.width, WIDTH),
        "picture_height": height,
    }


def free_slot(issue: Issue, day: date) -> str:
    """The day and the subject, numbered where that is taken: automatic letters have the day alone.

    Two who save at the same moment may choose the same; the database refuses the second, who saves again.
    """
    words = f"{day.isoformat()}-{slugify(issue.subject) or 'letter'}"[:55].strip("-")
    others = Issue.objects.filter(newsletter_id=issue.newsletter_id, cadence=issue.cadence, slot__startswith=words)
    taken = set(others.exclude(pk=issue.pk).values_list("slot", flat=True))
    numbered = (f"{words}-{n}" for n in range(2, len(taken) + 3))
    return words if words not in taken else next(slot for slot in numbered if slot not in taken)


def letters_by(member: User) -> dict[str, Any]:
    """For the export of somebody who works here: which letters they wrote, changed or approved."""
    parts = {"wrote": "written_by", "changed": "changed_by", "approved": "approved_by"}
    found = Issue.objects.filter(Q(written_by=member) | Q(changed_by=member) | Q(approved_by=member)).order_by("pk")
    return {
        "newsletter_letters": [
            {
                "subject": issue.subject,
                "you": [part for part, name in parts.items() if getattr(issue, f"{name}_id") == member.pk],
                "sent_at": issue.sent_at,
            }
            for issue in found.defer("content", "blocks")
        ]
    }


def _full(url: str) -> str:
    return url if "://" in url else settings.SITE_URL + url


def _text(value: Any) -> Block | None:
    markup = str(clean_blocks(expand_db_html(value.source)))
    return {"type": "text", "html": markup} if markup.strip() else None


def _article(value: Any) -> Block | None:
    article = value["article"]
    if article is None:
        return None
    return article_block(
        article,
        lead=bool(value["lead"]),
        headline=_said(value, "headline"),
        text=_said(value, "text"),
        call=_said(value, "call"),
    )


def _said(value: Any, name: str) -> str:
    """One line, empty where nothing was typed."""
    return " ".join((value.get(name) or "").split())


def _comment(value: Any) -> Block | None:
    number = str(value["comment"] or "")
    return {"type": "voice", "comment": int(number), "call": _said(value, "call")} if number.isdigit() else None


def _picture(value: Any) -> Block | None:
    if value["picture"] is None:
        return None
    found = picture_of(value["picture"], alt=_said(value, "alt") or value["picture"].default_alt_text)
    return {"type": "picture", "url": _said(value, "url"), **found} if found else None


def _button(value: Any) -> Block | None:
    return {"type": "button", "label": value["label"], "url": value["url"]} if value["url"] else None


_MAKERS = {"text": _text, "article": _article, "comment": _comment, "picture": _picture, "button": _button}
