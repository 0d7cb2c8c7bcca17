"""How the paper says dates and shows pictures."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from articles.models import Article, Picture
from articles.pictures import draw
from articles.structured import news_article, picture_address
from civic.lib.html import data_block

register = template.Library()


@register.filter
def day(moment: datetime | None) -> str:
    """Today, Yesterday, Sunday (within a week), 3 November, 3 November 2024: on the paper's own clock."""
    if moment is None:
        return ""
    date, today = timezone.localtime(moment).date(), timezone.localdate()
    ago = (today - date).days
    if ago in (0, 1):
        return ("Today", "Yesterday")[ago]
    if 1 < ago < 7:
        return date_format(date, "l")
    return date_format(date, "j F" if date.year == today.year else "j F Y")


@register.filter
def moment(at: datetime | None) -> str:
    """17 November 2026, 7:10"""
    return date_format(timezone.localtime(at), "j F Y, G:i") if at else ""


@register.filter
def since(at: datetime, before: datetime) -> str:
    """“at 11:42” on the day of `before`, else “on 18 November, 11:42”."""
    at, before = timezone.localtime(at), timezone.localtime(before)
    if at - before < timedelta(days=1) and at.date() == before.date():
        return f"at {date_format(at, 'G:i')}"
    return f"on {date_format(at, 'j F, G:i' if at.year == before.year else 'j F Y, G:i')}"


@register.inclusion_tag("components/_picture.html")
def picture(shown: Picture, shape: str, alt: str = "", css: str = "", eager: bool = False) -> dict[str, Any]:
    """A picture in one of the shapes of `articles.pictures`. `eager` is for the one at the top of a page."""
    return {"drawing": draw(shown, shape), "alt": alt, "css": css, "eager": eager}


@register.simple_tag(takes_context=True)
def article_data(context: template.Context, article: Article) -> SafeString:
    """The article as JSON-LD."""
    return data_block(news_article(article, site_name=context["site"].name, site_url=settings.SITE_URL))


@register.simple_tag
def share_picture(article: Article) -> str:
    """The absolute address of the picture that stands beside a shared link."""
    return picture_address(article, settings.SITE_URL)
