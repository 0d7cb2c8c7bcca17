"""An article as search engines and other programs read it: schema.org, JSON-LD."""

from typing import Any

from articles.models import Article
from articles.pictures import draw


def news_article(article: Article, *, site_name: str, site_url: str) -> dict[str, Any]:
    """A schema.org `NewsArticle` (https://schema.org/NewsArticle). Addresses are absolute."""
    published = article.published_at or article.last_published_at
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": site_url + article.get_absolute_url(),  # by which its discussion names it
        "headline": article.headline,
        "description": article.standfirst,
        "url": site_url + article.get_absolute_url(),
        "mainEntityOfPage": site_url + article.get_absolute_url(),
        "articleSection": article.section.name if article.section else None,
        "datePublished": published.isoformat() if published else None,
        "dateModified": article.last_published_at.isoformat() if article.last_published_at else None,
        "author": [
            {"@type": "Person", "name": b.author.name, "url": site_url + b.author.get_absolute_url()}
            for b in article.writers
        ],
        "publisher": {"@type": "NewsMediaOrganization", "name": site_name, "url": site_url + "/"},
        "isAccessibleForFree": True,
    }
    if article.lead_picture:
        found["image"] = picture_address(article, site_url)
    if article.source and article.source_url:
        found["isBasedOn"] = article.source_url
    if article.source and article.source.licence_url:
        found["license"] = article.source.licence_url
    if article.has_discussion:
        found["commentCount"] = article.thread.comment_count
        found["discussionUrl"] = site_url + article.talk_url
    return {key: value for key, value in found.items() if value not in (None, "", [])}


def picture_address(article: Article, site_url: str) -> str:
    url = draw(article.lead_picture, "card").url
    return url if "://" in url else site_url + url
