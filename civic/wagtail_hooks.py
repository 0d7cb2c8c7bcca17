"""The newsroom's pages about the site itself: its settings, and the pages that seldom change."""

from django import forms
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList, TitleFieldPanel
from wagtail.admin.rich_text import DraftailRichTextArea
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.rich_text import expand_db_html
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet

from civic.lib.html import clean_blocks
from civic.lib.site import SeenEverywhere
from civic.models import SiteSettings, StaticPage


class StaticPageForm(WagtailAdminModelForm):
    """The text in Wagtail's editor; as HTML where it holds a table, which that editor would take apart."""

    body_html = forms.CharField(
        label="Text",
        required=False,
        widget=DraftailRichTextArea(features=["h2", "h3", "ol", "ul", "bold", "italic", "link", "blockquote"]),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "<table" in (self.instance.body_html or ""):
            field = self.fields["body_html"]
            field.widget = AdminAutoHeightTextInput(attrs={"class": "w-font-mono"})
            field.help_text = "As HTML, because there is a table in it."

    def clean_body_html(self):
        return clean_blocks(expand_db_html(self.cleaned_data["body_html"]))


class StaticPageDesk(SnippetViewSet):
    model = StaticPage
    icon = "doc-empty"
    menu_label = "Pages"
    menu_order = 40
    add_to_admin_menu = True
    list_display = ["title", "slug", "in_footer"]
    search_fields = ["title"]
    edit_handler = ObjectList(
        [
            TitleFieldPanel("title", targets=["slug"], placeholder="Title"),
            FieldPanel("standfirst"),
            FieldPanel("body_html"),
            FieldPanel("slug"),
            FieldRowPanel([FieldPanel("in_footer"), FieldPanel("position")]),
        ],
        base_form_class=StaticPageForm,
    )


class StraightToTheRow(IndexView):
    """There is one row: a list of it would only stand between an editor and the switch that closes all discussions."""

    def get(self, request, *args, **kwargs):
        return redirect(self.edit_url_name, SiteSettings.current().pk)


class SiteSettingsDesk(SnippetViewSet):
    """One row, made by `manage.py setup`. Nobody has the right to add another, and the database allows none."""

    model = SiteSettings
    index_view_class = StraightToTheRow
    icon = "cog"
    menu_label = "The site"
    menu_order = 50
    add_to_admin_menu = True
    panels = [
        MultiFieldPanel(
            [
                FieldPanel(
                    "comments_closed",
                    heading="Close all discussions for the moment",
                    help_text="Nobody can comment until you untick it. What was said can be read.",
                ),
                FieldPanel(
                    "premoderate_all",
                    heading="Read every comment first",
                    help_text="No comment appears before a moderator has read it.",
                ),
            ],
            "All discussions",
        ),
        FieldPanel("decides_blind", heading="Moderators decide before they see what the model says"),
        MultiFieldPanel([FieldPanel("name"), FieldPanel("tagline"), FieldPanel("description")], "The paper"),
        MultiFieldPanel([FieldRowPanel([FieldPanel("zone"), FieldPanel("language")])], "Time and language"),
        MultiFieldPanel([FieldPanel("sender"), FieldPanel("postal_address")], "Letters"),
    ]


register_snippet(StaticPageDesk)
register_snippet(SiteSettingsDesk)


@hooks.register("after_bulk_action")
def pages_are_stale(request, action_type, objects, action) -> None:
    """Wagtail changes and deletes many rows at once past their `save()` and `delete()`."""
    SiteSettings.touch()


@hooks.register("insert_global_admin_css")
def dress_newsroom() -> str:
    """Wagtail in the paper's colours."""
    return format_html('<link rel="stylesheet" href="{}">', static("newsroom.css"))


@hooks.register("after_delete_snippet")
def forget_what_is_gone(request, objects) -> None:
    """Rows ticked in a list are deleted by one statement, which asks no model: kept pages are stale all the same."""
    if any(isinstance(gone, SeenEverywhere) for gone in objects):
        SiteSettings.touch()
