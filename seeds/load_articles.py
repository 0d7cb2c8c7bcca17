"""Authors, pictures and articles of the demo paper, from the files beside this one.

Runs twice without doubling anything: what is there already, perhaps edited since, is left as it is.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from wagtail.images.rect import Rect

from accounts.models import User
from articles import pictures
from articles.models import (
    Article,
    Author,
    Byline,
    Correction,
    Picture,
    RelatedItem,
    Section,
    Source,
    Topic,
)
from civic.lib.site import SiteSettings
from seeds.files import FOLDER, read, read_folder

# Shapes that the front page and the first click show. All others are left to the worker, like AVIF: cutting everything
# here would take half a minute.
SEEN_FIRST = ("story", "small", "teaser")


def load_articles(now: datetime) -> dict[str, Article]:
    """All articles by slug, published `days_ago` before `now` on the paper's clock. Needs what `load_site` makes.

    What the first page shows is cut here in quick formats, about 8 s; the worker makes the rest.
    """
    with timezone.override(SiteSettings.current().zone):
        return _load(now)


def _load(now: datetime) -> dict[str, Article]:
    shown = load_pictures()
    authors = load_authors()
    told = sorted(read_folder("articles").values(), key=lambda article: -article["days_ago"])
    articles = {a.slug: a for a in Article.objects.filter(slug__in=[one["slug"] for one in told])}
    fresh = [one for one in told if one["slug"] not in articles]
    with transaction.atomic():
        for one in fresh:
            articles[one["slug"]] = _write(one, now, authors, shown)
        for one in fresh:
            _publish(articles[one["slug"]], one, now, articles, shown)
    return {a.slug: a for a in Article.objects.filter(slug__in=list(articles)).select_related("thread", "section")}


def load_authors() -> dict[str, Author]:
    """By the key they have in `people.toml`; tied to their accounts where those exist."""
    told = read("people")
    mail = {person["key"]: person["email"] for person in told["person"]}
    found = {}
    for author in told["author"]:
        member = User.objects.filter(email__iexact=mail.get(author.get("person", ""), "")).first()
        fields = {"name": author["name"], "bio": author["bio"], "title": author.get("title", ""), "member": member}
        found[author["key"]] = Author.objects.update_or_create(slug=author["slug"], defaults=fields)[0]
    return found


def load_pictures() -> dict[str, Picture]:
    found = {}
    for told in read("pictures")["picture"]:
        picture = Picture.objects.filter(title=told["title"]).first() or _hang(told)
        if not picture.cuts:
            pictures.cut(picture, shapes=SEEN_FIRST)
        found[told["key"]] = picture
    return found


def _hang(told: dict[str, Any]) -> Picture:
    said = {name: told.get(name, "") for name in ("title", "alt", "caption", "credit", "credit_url", "licence")}
    path = FOLDER / told["file"]
    with path.open("rb") as file:
        picture = Picture(file=File(file, name=path.name), **said)
        if told.get("focal"):
            x, y, width, height = told["focal"]
            across, down = picture.width, picture.height
            picture.set_focal_point(Rect(x * across, y * down, (x + width) * across, (y + height) * down))
        picture.save()
    return picture


def _write(one: dict[str, Any], now: datetime, authors: dict[str, Author], shown: dict[str, Picture]) -> Article:
    article = Article(
        headline=one["headline"],
        slug=one["slug"],
        kicker=one["kicker"],
        standfirst=one["standfirst"],
        section=Section.objects.get(slug=one["section"]),
        lead_picture=shown.get(one["picture"]),
        place=one["front"] or Article.Place.NONE,
        hook=one["hook"],
        invitation=one["invitation"],
        comments_mode=one["comments"],
        body=[_block(block, shown) for block in one["body"]],
        live=False,
        # Given before the first publication, this is the date that stands on the article and in its address.
        published_at=min(_moment(one, now), _before_talk(one["slug"], now)),
    )
    if source := one.get("source"):
        article.source = _source(source)
        article.source_url = source["url"]
        article.source_date = timezone.localdate(now) - timedelta(days=source["date_days_ago"])
    article.bylines = [
        Byline(author=authors[byline["author"]], role=byline["role"], sort_order=place)
        for place, byline in enumerate(one["bylines"])
    ]
    article.save()
    article.topics.set(Topic.objects.filter(slug__in=one["topics"]))
    article.save()
    return article


def _source(told: dict[str, Any]) -> Source:
    fields = {
        "url": told["url"].rsplit("/", 1)[0] + "/",
        "licence": told["licence"],
        "licence_url": told["licence_url"],
        "index_policy": told["index"],
    }
    return Source.objects.get_or_create(name=told["name"], defaults=fields)[0]


def _publish(
    article: Article, one: dict[str, Any], now: datetime, articles: dict[str, Article], shown: dict[str, Picture]
) -> None:
    related = [RelatedItem(to_article=articles[slug]) for slug in one["related"] if slug in articles]
    if video := one.get("video"):
        fields = {name: video[name] for name in ("title", "url", "host", "duration")}
        related.append(RelatedItem(kind=RelatedItem.Kind.VIDEO, picture=shown.get(video["picture"]), **fields))
    for place, item in enumerate(related):
        item.sort_order = place
    article.related_items = related
    article.save()
    article.save_revision().publish()
    Article.objects.filter(pk=article.pk).update(
        first_published_at=article.published_at, last_published_at=article.published_at
    )
    for correction in one.get("corrections", []):
        Correction.objects.create(article=article, at=_moment(correction, now), text=correction["text"])


def _moment(told: dict[str, Any], now: datetime) -> datetime:
    """`days_ago` at `time` on the paper's clock; never in the future, whatever the hour of seeding."""
    day = timezone.localdate(now) - timedelta(days=told["days_ago"])
    at = timezone.make_aware(datetime.combine(day, time.fromisoformat(told["time"])))
    return min(at, now)


def _before_talk(slug: str, now: datetime) -> datetime:
    """Ten minutes before its oldest comment: answers must not be older than what they answer."""
    thread = read(f"threads/{slug}") if (FOLDER / "threads" / f"{slug}.toml").exists() else {}
    hours = max((comment["hours_ago"] for comment in thread.get("comment", [])), default=0)
    return now - timedelta(hours=hours, minutes=10)


def _block(told: dict[str, Any], shown: dict[str, Picture]) -> tuple[str, Any]:
    kind = told["type"]
    if kind == "paragraph":
        return kind, f"<p>{told['html']}</p>"
    if kind == "heading":
        return kind, told["text"]
    if kind == "list":
        tag = "ol" if told["ordered"] else "ul"
        return kind, f"<{tag}>{''.join(f'<li>{item}</li>' for item in told['items'])}</{tag}>"
    if kind in ("quote", "pullquote"):
        return kind, {"text": told["text"], "by": told["by"]}
    if kind == "picture":
        return kind, {"picture": shown[told["picture"]], "caption": told.get("caption", "")}
    if kind == "table":
        cells = "\n".join("\t".join(row) for row in [told["head"], *told["rows"]])
        marked = told["highlight"] + 1 if "highlight" in told else None
        return kind, {"caption": told["caption"], "cells": cells, "marked_row": marked, "note": told["note"]}
    raise ValueError(f"seeds: no such block: {kind}")
