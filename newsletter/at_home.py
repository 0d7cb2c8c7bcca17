"""Whether an address of ours leads to something, without asking ourselves over the network."""

from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.urls import Resolver404, resolve

from articles.models import Article, Author, Redirect, Section, Topic
from newsletter.models import Issue, Newsletter


def is_ours(url: str) -> bool:
    return url == settings.SITE_URL or url.startswith(tuple(f"{settings.SITE_URL}{end}" for end in "/?#"))


def leads_somewhere(url: str) -> bool:
    """Whether there is such a page for everybody to read. At most two queries; of pages that it does not know better,
    it looks at the form of the address only."""
    try:
        found = resolve(unquote(urlsplit(url).path) or "/")
    except Resolver404:
        return False
    ask = _PAGES.get(found.view_name)
    return ask is None or any(rows.exists() for rows in ask(**found.kwargs))


def is_unpublished(url: str) -> bool:
    """Whether an article of this address is written and not on the site."""
    try:
        found = resolve(unquote(urlsplit(url).path) or "/")
    except Resolver404:
        return False
    return found.view_name == "article" and Article.objects.filter(slug=found.kwargs["slug"]).exists()


def _article(slug: str, **_) -> list[QuerySet]:
    readable = Article.objects.readable()
    return [readable.filter(slug=slug), Redirect.objects.filter(slug=slug, article__in=readable)]


def _issue(slug: str, slot: str, **_) -> list[QuerySet]:
    return [Issue.objects.readable().filter(newsletter__slug=slug, slot=slot)]


_PAGES: dict[str, Callable[..., list[QuerySet]]] = {
    "article": _article,
    "author": lambda slug: [Author.objects.filter(slug=slug)],
    "section": lambda slug: [Section.objects.filter(slug=slug)],
    "topic": lambda slug: [Topic.objects.filter(slug=slug)],
    "newsletter:issue": _issue,
    "newsletter:newsletter": lambda slug: [Newsletter.objects.filter(slug=slug)],
}
