"""The least valid things of the paper, for tests of every app."""

import itertools
from io import BytesIO

from django.core.files.base import ContentFile
from PIL import Image
from wagtail.models import Revision

from articles.models import Article, Author, Byline, Picture, Section, Source, Topic

_next = itertools.count(1)


def make_section(**fields) -> Section:
    n = next(_next)
    return Section.objects.create(**{"name": f"Section {n}", "slug": f"section-{n}", **fields})


def make_topic(**fields) -> Topic:
    n = next(_next)
    return Topic.objects.create(**{"name": f"Topic {n}", "slug": f"topic-{n}", **fields})


def make_author(**fields) -> Author:
    n = next(_next)
    return Author.objects.create(**{"name": f"Author {n}", "slug": f"author-{n}", **fields})


def make_source(**fields) -> Source:
    return Source.objects.create(**{"name": f"Source {next(_next)}", **fields})


def make_picture(*, size: tuple[int, int] = (60, 40), kind: str = "png", **fields) -> Picture:
    """A small red picture; nothing is cut from it until a job runs."""
    file = BytesIO()
    Image.new("RGB", size, "red").save(file, kind)
    n = next(_next)
    file = ContentFile(file.getvalue(), name=f"picture-{n}.{kind}")
    return Picture.objects.create(**{"title": f"Picture {n}", "alt": "A red field", "file": file, **fields})


def make_draft(*, author: Author | None = None, topics: list[Topic] | None = None, **fields) -> Article:
    """An article that nobody has published, with a revision of its text."""
    n = next(_next)
    fields = {
        "headline": f"Headline {n}",
        "slug": f"article-{n}",
        "standfirst": f"Standfirst {n}.",
        "body": [("paragraph", f"<p>Text of number {n}.</p>")],
        "section": fields.pop("section", None) or make_section(),
        "live": False,
        **fields,
    }
    article = Article(**fields)
    if author:
        article.bylines = [Byline(author=author)]
    article.save()
    if topics:
        article.topics.set(topics)
        article.save()
    article.save_revision()
    return article


def make_article(*, published_at=None, **fields) -> Article:
    """A published article with a discussion; `comments_mode="none"` for one without."""
    article = make_draft(**fields)
    article.latest_revision.publish()
    if published_at:
        Article.objects.filter(pk=article.pk).update(published_at=published_at)
    return Article.objects.get(pk=article.pk)


def edit(article: Article, **changes) -> Revision:
    """A newer draft of an article; publish it with `.publish()`."""
    draft = Article.objects.get(pk=article.pk).get_latest_revision_as_object()
    for name, value in changes.items():
        setattr(draft, name, value)
    return draft.save_revision()
