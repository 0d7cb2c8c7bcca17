"""The newsroom: where articles, and what belongs to them, are written."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Cast
from django.urls import reverse, reverse_lazy
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import Column, DateColumn, UpdatedAtColumn
from wagtail.models import Revision, WorkflowState
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from articles.forms import ArticleForm, AuthorForm
from articles.models import Article, Author, Correction, Section, Source, Topic

# --- articles -------------------------------------------------------------------------------------

_writing = [
    TitleFieldPanel("headline", targets=["slug"], placeholder="Headline"),
    FieldPanel("standfirst"),
    FieldPanel("lead_picture"),
    FieldPanel("body"),
    MultiFieldPanel(
        [FieldRowPanel([FieldPanel("section"), FieldPanel("kicker")]), FieldPanel("topics")], "Where it belongs"
    ),
    InlinePanel(
        "bylines", heading="Bylines", label="Byline", panels=[FieldRowPanel([FieldPanel("author"), FieldPanel("role")])]
    ),
]
_around = [
    MultiFieldPanel(
        [
            HelpPanel("<p>For an article that another publication printed first. Readers see where it comes from.</p>"),
            FieldPanel("source"),
            FieldRowPanel([FieldPanel("source_url"), FieldPanel("source_date")]),
        ],
        "Taken from",
    ),
    InlinePanel(
        "related_items",
        heading="Read on, and related videos",
        label="Item",
        panels=[
            FieldPanel("kind"),
            FieldPanel("to_article"),
            MultiFieldPanel(
                [
                    FieldPanel("title"),
                    FieldPanel("url"),
                    FieldRowPanel([FieldPanel("host"), FieldPanel("duration")]),
                    FieldPanel("picture"),
                ],
                "A video or a page elsewhere",
            ),
        ],
    ),
]
_settings = [
    FieldPanel("slug"),
    FieldPanel("place"),
    MultiFieldPanel(
        [
            FieldPanel("comments_mode"),
            FieldPanel("invitation"),
            FieldPanel("hook"),
            FieldPanel("comments_close_at"),
        ],
        "The discussion",
    ),
]


class ArticleFilters(WagtailFilterSet):
    class Meta:
        model = Article
        fields = ["section", "live", "place", "source", "comments_mode"]


class Desk(SnippetViewSet):
    search_backend_name = None  # a plain search in `search_fields`; each desk holds hundreds of rows, not millions


def state_of(article: Article) -> str:
    """Where an article stands, in one word or two. Wagtail's own column asks twice for each row."""
    if article.live:
        state = "expired" if article.is_expired else "live"
        return f"{state}, newer draft" if article.has_unpublished_changes else state
    if article.is_submitted:
        return "waits for an editor"
    return "scheduled" if article.is_scheduled else "draft"


def with_state() -> models.QuerySet[Article]:
    """Articles without their long texts, with what `state_of` asks."""
    return (
        Article.objects.defer("body", "body_html", "body_text", "words")
        .annotate(is_scheduled=_has(Revision, approved_go_live_at__isnull=False))
        .annotate(is_submitted=_has(WorkflowState, status=WorkflowState.STATUS_IN_PROGRESS))
    )


def _has(model: type[models.Model], **where: Any) -> Exists:
    """Whether there is such a row about the article; Wagtail names it by content type and text."""
    kind = ContentType.objects.get_for_model(Article)
    return Exists(
        model.objects.filter(base_content_type=kind, object_id=Cast(OuterRef("pk"), models.CharField()), **where)
    )


class ArticleDesk(Desk):
    model = Article
    icon = "doc-full"
    menu_label = "Articles"
    menu_order = 10
    add_to_admin_menu = True
    list_display = [
        "headline",
        "section",
        Column("state", label="State", accessor=state_of),
        DateColumn("published_at", label="Published", sort_key="published_at", width="14%"),
        UpdatedAtColumn(),
    ]
    list_per_page = 30
    filterset_class = ArticleFilters
    ordering = ["-published_at", "-pk"]
    search_fields = ["headline", "standfirst", "slug"]
    copy_view_enabled = False  # a copy would want the same address
    inspect_view_enabled = True
    inspect_view_fields = ["headline", "slug", "section", "published_at", "version", "source", "comments_mode"]
    edit_handler = TabbedInterface(
        [
            ObjectList(_writing, heading="Article"),
            ObjectList(_around, heading="Around it"),
            ObjectList(_settings, heading="Settings"),
        ],
        base_form_class=ArticleForm,
    )

    def get_queryset(self, request):
        return with_state().select_related("section")


class CorrectionDesk(Desk):
    """On their own, beside the article's drafts: a correction must stand whatever text is published next."""

    model = Correction
    icon = "pick"
    menu_label = "Corrections"
    menu_order = 20
    add_to_admin_menu = True
    list_display = ["article", "text", DateColumn("at"), "public"]
    list_filter = ["public"]
    ordering = ["-at"]
    search_fields = ["text", "article__headline"]
    panels = [FieldPanel("article"), FieldPanel("text"), FieldRowPanel([FieldPanel("at"), FieldPanel("public")])]

    def get_queryset(self, request):
        return Correction.objects.select_related("article")


# --- what articles refer to -----------------------------------------------------------------------


class AuthorDesk(Desk):
    model = Author
    icon = "user"
    menu_label = "Authors"
    list_display = ["name", "title"]
    search_fields = ["name", "title"]
    edit_handler = ObjectList(
        [
            TitleFieldPanel("name", targets=["slug"], placeholder="Name"),
            FieldPanel("title"),
            FieldPanel("bio"),
            FieldPanel("slug"),
            FieldPanel("account"),
        ],
        base_form_class=AuthorForm,
    )


class SectionDesk(Desk):
    model = Section
    icon = "folder-open-inverse"
    menu_label = "Sections"
    list_display = ["name", "slug", "position", "space"]
    ordering = ["position", "name"]
    search_fields = ["name"]

    panels = [
        TitleFieldPanel("name", targets=["slug"], placeholder="Name"),
        FieldPanel("description"),
        FieldRowPanel([FieldPanel("slug"), FieldPanel("position")]),
        FieldPanel("space"),
    ]

    def get_queryset(self, request):
        return Section.objects.select_related("space")


class TopicDesk(Desk):
    model = Topic
    icon = "tag"
    menu_label = "Topics"
    list_display = ["name", "slug"]
    search_fields = ["name"]
    panels = [
        TitleFieldPanel("name", targets=["slug"], placeholder="Name"),
        FieldPanel("description"),
        FieldPanel("slug"),
    ]


class SourceDesk(Desk):
    model = Source
    icon = "globe"
    menu_label = "Sources"
    list_display = ["name", "licence", "index_policy"]
    search_fields = ["name"]
    panels = [
        FieldPanel("name"),
        FieldPanel("url"),
        FieldRowPanel([FieldPanel("licence"), FieldPanel("licence_url")]),
        FieldPanel("index_policy"),
    ]


class Cardfile(SnippetViewSetGroup):
    """Things that change seldom, kept out of the way of things that change daily."""

    menu_label = "Card file"
    menu_icon = "list-ul"
    menu_order = 30
    items = (AuthorDesk, SectionDesk, TopicDesk, SourceDesk)


register_snippet(ArticleDesk)
register_snippet(CorrectionDesk)
register_snippet(Cardfile)


# --- Wagtail without its pages --------------------------------------------------------------------

# There is no page tree and there are no documents; "snippets" would list once more what the menu has already.
_NOT_HERE = {"explorer", "documents", "snippets", "help"}


class WorkedOnLast(Component):
    """On the newsroom's first page: the articles that were changed last, and where each stands."""

    name = "worked_on_last"
    template_name = "articles/_latest_in_newsroom.html"
    order = 100
    LISTED = 12

    def get_context_data(self, parent_context):
        if not parent_context["request"].user.has_perm("articles.view_article"):
            return {"articles": []}
        articles = with_state().order_by("-latest_revision__created_at", "-pk")
        return {
            "articles": [
                {
                    "headline": article.headline,
                    "state": state_of(article),
                    "changed_at": article.latest_revision.created_at if article.latest_revision else None,
                    "edit_url": reverse("wagtailsnippets_articles_article:edit", args=[article.pk]),
                }
                for article in articles.select_related("latest_revision")[: self.LISTED]
            ]
        }


@hooks.register("construct_homepage_panels")
def show_what_was_worked_on(request, panels) -> None:
    panels.append(WorkedOnLast())


@hooks.register("construct_main_menu")
def leave_out(request, items):
    items[:] = [item for item in items if item.name not in _NOT_HERE]
    for item in items:
        if item.name == "images":
            item.label = "Pictures"


@hooks.register("register_rich_text_features", order=10)
def link_straight_to_addresses(features):
    """Links begin with a web address. Wagtail's own begin with its page tree, which is empty here."""
    link = features.plugins_by_editor["draftail"]["link"]
    link.data["chooserUrls"]["pageChooser"] = reverse_lazy("wagtailadmin_choose_page_external_link")
