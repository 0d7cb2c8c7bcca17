"""An article, its bylines, and what stands beside it."""

import re
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.db.models.functions import JSONObject
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from modelcluster.models import ClusterableModel, get_all_child_m2m_relations, get_all_child_relations
from wagtail.fields import StreamField
from wagtail.models import DraftStateMixin, LockableMixin, Orderable, PreviewableMixin, RevisionMixin, WorkflowMixin
from wagtail.search import index

from articles.blocks import BODY_BLOCKS
from articles.models.credits import Author, Source
from articles.models.pictures import Picture
from articles.models.sections import Section, Topic
from civic.lib.fields import CleanHTMLField
from civic.lib.site import SiteSettings
from comments.models import Thread

# Written by `articles.publishing` alone, in one UPDATE at publication. They never travel in a revision: an older one
# that is published again would bring back an older version number, and a page kept under it.
KEPT = ("thread", "published_at", "address", "body_html", "body_text", "render_version", "version", "words")

DECK_LENGTH = 120  # characters; three lines beside the lead


class ArticleQuerySet(models.QuerySet):
    def readable(self, at=None):
        """What anybody may read at a moment (now, by default): published and not expired.

        Expiry is asked here and not left to the job that sweeps up, so it holds to the second, worker or not.
        """
        return self.filter(live=True).filter(Q(expire_at=None) | Q(expire_at__gt=at or timezone.now()))

    def newest_first(self):
        return self.order_by("-published_at", "-pk")

    def with_bylines(self):
        return self.prefetch_related(
            Prefetch("bylines", Byline.objects.select_related("author").order_by("sort_order"))
        )

    def for_lists(self):
        """What a teaser draws, in two queries however many there are; the long texts stay where they are."""
        return (
            self.select_related("section", "source", "lead_picture", "thread__space")
            .defer("body", "body_html", "body_text", "words")
            .with_bylines()
        )

    def with_discussion(self):
        """What a page must know of an article whose story is kept: where and what it is, and its thread."""
        return self.select_related("thread__space").only(
            "headline", "slug", "address", "version", "section", "comments_mode", "published_at", "expire_at", "thread"
        )

    def for_page(self):
        """What an article's own page draws, in two queries: `topic_list` and `is_corrected` come along with the row."""
        topics = Topic.objects.filter(articles=OuterRef("pk")).order_by("name")
        corrections = Article.corrections.rel.related_model.objects.public().filter(article=OuterRef("pk"))
        return (
            self.select_related("section", "source", "lead_picture", "thread__space")
            .defer("body", "body_text", "words")
            .annotate(
                topic_list=ArraySubquery(topics.values(json=JSONObject(name="name", slug="slug"))),
                is_corrected=Exists(corrections),
            )
            .with_bylines()
        )


class Article(
    WorkflowMixin,
    DraftStateMixin,
    LockableMixin,
    RevisionMixin,
    PreviewableMixin,
    index.Indexed,
    ClusterableModel,
):
    """What a paper prints. Drafts, revisions, locks and workflow are Wagtail's; readers get what `publish()` stored."""

    class Comments(models.TextChoices):
        SECTION = "section", "as everywhere in its section"
        OPEN = "open", "open to everybody"
        PREMODERATED = "premoderated", "open, each comment is read first"
        MEMBERS = "members", "members only"
        CLOSED = "closed", "closed: what was said stays"
        NONE = "none", "no discussion"

    class Place(models.TextChoices):
        LEAD = "lead", "lead story"
        SECOND = "second", "beside the lead"
        RIVER = "river", "in the list"
        NONE = "none", "not on the front page"

    headline = models.CharField(max_length=300)
    slug = models.SlugField(
        "address",
        max_length=120,
        unique=True,
        help_text="The last part of the address. After publication a change leaves a signpost at the old one.",
    )
    kicker = models.CharField(
        max_length=60, blank=True, help_text="A word or two over the headline, instead of the section."
    )
    standfirst = models.TextField(
        max_length=500, blank=True, help_text="One to three sentences under the headline, and on lists."
    )
    # Null in drafts only: nobody should lose a sentence because no section was chosen yet.
    section = models.ForeignKey(Section, null=True, on_delete=models.PROTECT, related_name="articles")
    topics = ParentalManyToManyField(Topic, blank=True, related_name="articles")
    lead_picture = models.ForeignKey(
        Picture, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name="picture"
    )
    body = StreamField(BODY_BLOCKS, blank=True)

    source = models.ForeignKey(
        Source,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="articles",
        help_text="The publication that this was taken from.",
    )
    source_url = models.URLField("address of the original", blank=True)
    source_date = models.DateField("date of the original", null=True, blank=True)

    place = models.CharField("on the front page", max_length=8, choices=Place.choices, default=Place.RIVER)
    hook = models.CharField(
        max_length=120,
        blank=True,
        help_text="What makes the discussion worth reading; stands under “Most discussed”.",
    )
    comments_mode = models.CharField("comments", max_length=12, choices=Comments.choices, default=Comments.SECTION)
    comments_close_at = models.DateTimeField(
        "comments close", null=True, blank=True, help_text="Empty: after the days that the space allows."
    )
    invitation = models.CharField(
        max_length=300, blank=True, help_text="Invites the first comment: a question, and who will read along."
    )

    thread = models.OneToOneField(
        Thread, null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Kept and not computed: the month depends on the paper's clock, and no letter or job should have to know that.
    address = models.CharField(max_length=160, blank=True, editable=False)
    body_html = CleanHTMLField(blank=True, editable=False)
    body_text = models.TextField(blank=True, editable=False)
    render_version = models.PositiveSmallIntegerField(default=0, editable=False)
    version = models.PositiveBigIntegerField(default=1, editable=False)
    words = SearchVectorField(null=True, editable=False)

    objects = models.Manager.from_queryset(ArticleQuerySet)()
    search_fields = [
        index.SearchField("headline"),
        index.AutocompleteField("headline"),
        index.FilterField("section"),
        index.FilterField("live"),
    ]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(live=False) | Q(section__isnull=False), name="published_article_has_a_section"
            )
        ]
        indexes = [
            models.Index(fields=["-published_at", "-id"], name="article_newest", condition=Q(live=True)),
            models.Index(
                fields=["section", "-published_at", "-id"], name="article_newest_of_section", condition=Q(live=True)
            ),
            models.Index(
                fields=["place", "-published_at"],
                name="article_on_the_front",
                condition=Q(live=True, place__in=["lead", "second"]),
            ),
            GinIndex(fields=["words"], name="article_words"),
        ]

    def __str__(self) -> str:
        return self.headline or "(no headline yet)"

    def clean(self) -> None:
        super().clean()
        from articles.models.record import Redirect

        if Redirect.objects.filter(slug=self.slug).exclude(article_id=self.pk).exists():
            raise ValidationError({"slug": "Another article stood at this address once, and its links lead there."})
        if self.source_url and not self.source_id:
            raise ValidationError({"source": "Say which publication this address belongs to."})

    def get_absolute_url(self) -> str:
        """`/2026/11/slug/`, as WordPress writes it: year and month of first publication, on the paper's own clock."""
        return self.address or self.address_at(timezone.localtime(self.published_at or timezone.now()))

    def address_at(self, day: datetime) -> str:
        return reverse("article", args=[f"{day:%Y}", f"{day:%m}", self.slug])

    # --- asked by pages ---

    @property
    def is_readable(self) -> bool:
        return self.live and not self.is_expired

    @property
    def is_expired(self) -> bool:
        return self.expire_at is not None and self.expire_at <= timezone.now()

    @property
    def kicker_text(self) -> str:
        return self.kicker or (self.section.name if self.section else "")

    @property
    def deck(self) -> str:
        """The standfirst where room is short: its first sentence, and those after it as long as they are short."""
        first, *others = re.split(r"(?<=[.!?])\s+", self.standfirst)
        for sentence in others:
            if len(first) + len(sentence) > DECK_LENGTH:
                break
            first = f"{first} {sentence}"
        return first

    @property
    def writers(self) -> list["Byline"]:
        return [byline for byline in self.bylines.all() if not byline.role]

    @property
    def helpers(self) -> list["Byline"]:
        """Who drew, photographed or translated it."""
        return [byline for byline in self.bylines.all() if byline.role]

    @property
    def byline(self) -> str:
        """`Ines Okafor-Lindqvist and Tom Radley`; with the title of somebody who signs alone."""
        writers = [byline.author for byline in self.writers]
        if len(writers) == 1:
            return ", ".join(filter(None, [writers[0].name, writers[0].title]))
        return " and ".join(filter(None, [", ".join(w.name for w in writers[:-1]), *(w.name for w in writers[-1:])]))

    @property
    def has_discussion(self) -> bool:
        return self.thread_id is not None and self.comments_mode != self.Comments.NONE

    @property
    def talk_url(self) -> str:
        return f"{self.get_absolute_url()}#discussion"

    @property
    def talk_line(self) -> str:
        """What the link to the discussion says."""
        count = self.thread.comment_count
        if count:
            return ngettext("%(n)s comment", "%(n)s comments", count) % {"n": f"{count:,}"}
        return "Comments are closed" if self.thread.is_closed else "Be the first to comment"

    @property
    def may_be_indexed(self) -> bool:
        return self.source is None or self.source.index_policy != Source.Index.NOINDEX

    @property
    def canonical_url(self) -> str:
        """The original's, where its publisher wants to be found there; else the path of our own page."""
        canonical = self.source is not None and self.source.index_policy == Source.Index.CANONICAL
        return self.source_url if canonical and self.source_url else self.get_absolute_url()

    # --- Wagtail's life cycle ---

    def serializable_data(self) -> dict:
        data = super().serializable_data()
        return {name: value for name, value in data.items() if name not in KEPT}

    def with_content_json(self, content: dict) -> "Article":
        """A revision, with what belongs to the article as a whole (thread, dates, stored text) left as it is."""
        revised = super().with_content_json(content)
        for name in KEPT:
            field = self._meta.get_field(name)
            setattr(revised, field.attname, getattr(self, field.attname))
        return revised

    def save(self, **kwargs) -> None:
        """Saves all but what only publication writes: an object that was read earlier must not turn the clock back."""
        if self.pk and kwargs.get("update_fields") is None and not kwargs.get("force_insert"):
            kwargs["update_fields"] = [
                *(f.name for f in self._meta.concrete_fields if not f.primary_key and f.name not in KEPT),
                *(relation.get_accessor_name() for relation in get_all_child_relations(self)),
                *(field.name for field in get_all_child_m2m_relations(self)),
            ]
        super().save(**kwargs)

    def publish(self, revision, user=None, changed=True, log_action=True, previous_revision=None, **options):
        """Publishes a revision now, or lets it wait for its time. All ways of publishing in Wagtail end here."""
        from articles import publishing  # a workflow stands above models; Wagtail calls it through the model

        with transaction.atomic():
            before = publishing.locked(self.pk)
            revision = publishing.at_home(revision, before=before, reverting=previous_revision is not None)
            super().publish(
                revision,
                user=user,
                changed=changed,
                log_action=log_action,
                previous_revision=previous_revision,
                **options,
            )
            publishing.after_publishing(revision, before=before)

    def unpublish(self, *args, **kwargs):
        from articles import publishing

        with transaction.atomic():
            super().unpublish(*args, **kwargs)
            publishing.after_unpublishing(self.pk)

    @classmethod
    def changed(cls, *article_ids: int) -> None:
        """Whatever was kept of these pages is stale, and of those that name them. Counted by the database, so that two
        at once count twice."""
        cls.objects.filter(pk__in=article_ids).update(version=F("version") + 1)
        SiteSettings.touch()

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        from articles.preview import preview

        return preview(request, self)


class Byline(Orderable):
    """Who did what. No role: wrote it."""

    article = ParentalKey(Article, on_delete=models.CASCADE, related_name="bylines")
    author = models.ForeignKey(Author, on_delete=models.PROTECT, related_name="bylines")
    role = models.CharField(
        max_length=60, blank=True, help_text="Empty for whoever wrote it; else “Drawing by”, “Photographs by” …"
    )

    def __str__(self) -> str:
        return f"{self.role or 'By'} {self.author}"


class RelatedItem(Orderable):
    """What to read or see next: an article of ours, or a video or page elsewhere. Nothing is fetched from there."""

    class Kind(models.TextChoices):
        ARTICLE = "article", "an article of ours"
        VIDEO = "video", "a video elsewhere"
        LINK = "link", "a page elsewhere"

    article = ParentalKey(Article, on_delete=models.CASCADE, related_name="related_items")
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.ARTICLE)
    to_article = models.ForeignKey(
        Article, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name="article"
    )
    title = models.CharField(max_length=200, blank=True)
    url = models.URLField("web address", blank=True)
    host = models.CharField(
        "comes from", max_length=100, blank=True, help_text="As readers know it: films.sillvalley.example"
    )
    duration = models.CharField(max_length=30, blank=True, help_text="3 min 12 s")
    picture = models.ForeignKey(
        Picture,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Our own picture for the title card of a video.",
    )

    class Meta(Orderable.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="article", to_article__isnull=False)
                | (~Q(kind="article") & ~Q(title="") & ~Q(url="")),
                name="related_item_leads_somewhere",
            )
        ]

    def __str__(self) -> str:
        return self.title or str(self.to_article or "")

    def clean(self) -> None:
        super().clean()
        if self.kind == self.Kind.ARTICLE and not self.to_article_id:
            raise ValidationError({"to_article": "Choose the article."})
        if self.kind != self.Kind.ARTICLE and not (self.title and self.url):
            raise ValidationError("A video or a page needs a title and an address.")

    @property
    def from_host(self) -> str:
        return self.host or self.url.split("/")[2].removeprefix("www.") if self.url else self.host
