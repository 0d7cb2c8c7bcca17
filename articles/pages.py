"""The paper's pages, put together from queries and ready to be drawn."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.core.cache import caches
from django.db.models import Count, Q, QuerySet, prefetch_related_objects
from django.utils import timezone

from articles.models import Article, Author, Byline, Correction, RelatedItem, Topic
from comments import discussions
from comments.models import Thread

SECONDS = 3  # beside the lead: as many as its picture is tall
RIVER = 12
MOST_DISCUSSED = 4
DISCUSSED_DAYS = 14  # older talk is not news, unless there is nothing newer
TOPIC_DAYS = 60
TOPICS = 7
READ_ON = 3

Place = Article.Place


@dataclass(frozen=True)
class FrontPage:
    lead: Article | None
    lead_voice: discussions.Voice | None
    seconds: list[Article]
    voice: discussions.Voice | None
    most_discussed: list[Article]
    river: list[Article]
    topics: list[Topic]
    correction: Correction | None

    @property
    def threads(self) -> list[Thread]:
        """Those whose readers speak here."""
        return [voice.thread for voice in (self.lead_voice, self.voice) if voice]

    @property
    def ends(self) -> list[datetime | None]:
        """When something on it stops being there to be read."""
        articles = [a for a in (self.lead, *self.seconds, *self.most_discussed, *self.river) if a]
        articles += [self.correction.article] if self.correction else []
        return [*(a.expire_at for a in articles), *(thread.visible_until for thread in self.threads)]


def front_page() -> FrontPage:
    """The front page. An editor's choice leads; without one the newest story does. At most ten queries."""
    stories = Article.objects.readable().for_lists().prefetch_related(None).newest_first()
    placed = list(stories.filter(place__in=[Place.LEAD, Place.SECOND])[: 4 * SECONDS])
    river = list(stories.exclude(place=Place.NONE).exclude(pk__in=[a.pk for a in placed])[: RIVER + 1])
    lead = next((a for a in placed if a.place == Place.LEAD), None) or next(iter(placed or river), None)
    seconds = [a for a in placed if a != lead][:SECONDS]
    river = _newest([a for a in {*placed, *river} if a != lead and a not in seconds])[:RIVER]
    shown = [a for a in (lead, *seconds, *river) if a]
    prefetch_related_objects(shown, *Article.objects.with_bylines()._prefetch_related_lookups)
    return FrontPage(
        lead=lead,
        lead_voice=discussions.voice_on(lead.thread_id) if lead and lead.has_discussion else None,
        seconds=seconds,
        voice=discussions.picked_voice(),
        most_discussed=most_discussed(),
        river=river,
        topics=topics_in_the_news(),
        correction=latest_correction(),
    )


def _newest(articles: list[Article]) -> list[Article]:
    return sorted(articles, key=lambda a: (a.published_at, a.pk), reverse=True)


def most_discussed() -> list[Article]:
    """Where people talk: most comments first, among discussions that were alive in the last two weeks."""
    talked = (
        Article.objects.readable()
        .filter(thread__comment_count__gt=0)
        .exclude(comments_mode=Article.Comments.NONE)
        .select_related("thread")
        .only("headline", "address", "hook", "published_at", "expire_at", "comments_mode", "thread__comment_count")
        .order_by("-thread__comment_count", "-published_at")
    )
    recent = talked.filter(thread__last_comment_at__gt=timezone.now() - timedelta(days=DISCUSSED_DAYS))
    return list(recent[:MOST_DISCUSSED]) or list(talked[:MOST_DISCUSSED])


def topics_in_the_news() -> list[Topic]:
    since = timezone.now() - timedelta(days=TOPIC_DAYS)
    recent = Q(articles__live=True, articles__published_at__gt=since)
    return list(
        Topic.objects.annotate(stories=Count("articles", filter=recent))
        .filter(stories__gt=0)
        .order_by("-stories", "name")[:TOPICS]
    )


def latest_correction() -> Correction | None:
    return Correction.objects.readable().select_related("article").defer(*_long("article__")).order_by("-at").first()


def _long(prefix: str = "") -> list[str]:
    return [f"{prefix}{name}" for name in ("body", "body_html", "body_text", "words")]


def stories(**where: Any) -> QuerySet[Article]:
    """Readable stories for a list, newest first: `stories(section=…)`, `stories(topics=…)`."""
    return Article.objects.readable().filter(**where).for_lists().newest_first()


def stories_by(author: Author) -> QuerySet[Article]:
    return stories(pk__in=author.bylines.values("article_id"))


def authors() -> QuerySet[Author]:
    """Everybody with a readable story, and how many."""
    readable = Article.objects.readable().values("pk")
    counted = Count("bylines__article", filter=Q(bylines__article__in=readable), distinct=True)
    return Author.objects.annotate(stories=counted).filter(stories__gt=0).order_by("name")


def corrections() -> QuerySet[Correction]:
    return Correction.objects.readable().select_related("article__section").defer(*_long("article__"))


class Story:
    """What an article's own page draws of it, each part asked for when it is drawn.

    Of an article `for_page()`, or of an unsaved one. Two queries; one more where there are corrections.
    """

    def __init__(self, article: Article) -> None:
        self.article = article

    @cached_property
    def topics(self) -> list[Topic]:
        if hasattr(self.article, "topic_list"):
            return [Topic(**topic) for topic in self.article.topic_list]
        return list(self.article.topics.all())

    @cached_property
    def corrections(self) -> list[Correction]:
        corrected = getattr(self.article, "is_corrected", self.article.pk)
        return list(self.article.corrections.public().order_by("at")) if corrected else []

    @cached_property
    def related(self) -> list[RelatedItem]:
        items = self.article.related_items.all()
        if not isinstance(items, QuerySet):  # a preview's unsaved rows
            return list(items)
        return list(items.select_related("picture").order_by("sort_order"))

    @property
    def videos(self) -> list[RelatedItem]:
        return [item for item in self.related if item.kind == RelatedItem.Kind.VIDEO]

    @property
    def links(self) -> list[RelatedItem]:
        return [item for item in self.related if item.kind == RelatedItem.Kind.LINK]

    @cached_property
    def read_on(self) -> list[Article]:
        chosen = [item.to_article_id for item in self.related if item.to_article_id]
        readable = {other.pk: other for other in _to_read_on().filter(pk__in=chosen)} if chosen else {}
        return [readable[pk] for pk in chosen if pk in readable] or _others_in_section(self.article)


def story_of(pk: int) -> Story:
    """The whole of a published article. Two queries."""
    return Story(Article.objects.for_page().get(pk=pk))


def writer_ids(article: Article) -> list[int]:
    """Ids of the members who wrote it: in the discussion they are marked as its authors. Kept for a minute."""
    writers = Byline.objects.filter(article=article.pk, role="", author__member__isnull=False)
    key = f"writers:{article.pk}:{article.version}"
    return caches["parts"].get_or_set(key, lambda: list(writers.values_list("author__member", flat=True)), 60)


def _others_in_section(article: Article) -> list[Article]:
    if article.section_id is None:
        return []
    return list(_to_read_on().filter(section=article.section_id).exclude(pk=article.pk).newest_first()[:READ_ON])


def _to_read_on() -> QuerySet[Article]:
    """Readable articles, with what stands at the foot of another's page."""
    drawn = ("headline", "kicker", "address", "published_at", "section__name", "section__slug", "lead_picture")
    return Article.objects.readable().select_related("section", "lead_picture").only(*drawn)
