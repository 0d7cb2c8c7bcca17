"""The newsroom's rooms for letters: issues, the newsletters themselves, and the reports that welcome readers."""

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, include, path, reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList, TitleFieldPanel
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.widgets.button import HeaderButton
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.chooser import SnippetChooserViewSet
from wagtail.snippets.views.snippets import CreateView, EditView, IndexView, SnippetViewSet, SnippetViewSetGroup

from newsletter import deliverability_urls, newsroom_urls, wagtail_home, wagtail_sending  # noqa: F401 - two register themselves
from newsletter.forms_newsroom import IssueForm, NewsletterForm
from newsletter.guarding import for_newsletter_editors
from newsletter.models import ConsentEvent, Issue, Newsletter, Reward, Subscription

CADENCES_HELP = (
    "<p>Whoever chose to hear from us more seldom gets one letter a week or a month that tells of those you write. It "
    "is made by itself. Where people write the newsletter, a letter for one of these groups alone takes its place in "
    "that week or month.</p>"
)
RHYTHM_HELP = (
    "<p>The day and the hour hold for newsletters that people write, too: then, whoever chose to hear more seldom gets "
    "one letter that tells of what was written since the last. Nothing new: no letter.</p>"
)
BOX_HELP = "The box under articles asks readers to take this one. Only one can: it takes the place of the one before."
HAS_READERS = (
    "“{newsletter}” stays: people had asked for it, and what they agreed to is proof that we might write to them. That "
    "would go with it, and is kept for three years."
)
NO_DRAFT = "This letter is no draft any more. To change it, take it back first."
TOO_LATE = "This letter cannot be changed any more. It stands here as it was written."
NOT_DELETED = (
    "“{issue}” went out, or is about to, or wrote itself. Who got it is kept with it, so it cannot be deleted. A "
    "letter to come can be cancelled."
)


class IssueFilters(WagtailFilterSet):
    class Meta:
        model = Issue
        fields = ["newsletter", "state", "cadence", "is_automatic"]


def page_of(issue: Issue) -> str:
    return reverse("newsletter_issue", args=[issue.pk])


def when_of(issue: Issue):
    """When it went out, or will."""
    return issue.sent_at or issue.scheduled_at


def state_of(issue: Issue) -> str:
    """Its state, and the way to how far it is where it has begun to go out."""
    words = issue.get_state_display()
    if not issue.has_begun:
        return words
    return format_html('<a href="{}">{}</a>', reverse("newsletter_sending_letter", args=[issue.pk]), words)


def writer_of(issue: Issue) -> str:
    return "itself" if issue.is_automatic else str(issue.written_by or "")


class IssueList(IndexView):
    """A draft is opened to be written, all others to be looked at: each on the page of the letter."""

    def _get_title_column(self, field_name, column_class=TitleColumn, **kwargs):
        return TitleColumn("subject", label="Subject", accessor=str, get_url=page_of, sort_key="subject")


class WriteIssue(CreateView):
    def get_success_url(self) -> str:
        return page_of(self.object)


class ChangeIssue(EditView):
    """For drafts alone: what was approved stays as it was read."""

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not self.object.is_draft:
            may = self.object.can_be_scheduled or self.object.can_be_taken_up
            messages.warning(request, NO_DRAFT if may else TOO_LATE)
            return redirect(page_of(self.object))
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        with transaction.atomic():
            # Whoever approves, takes back or saves at this moment comes before or after; and what is saved is the
            # letter as it is now: one read before would bring back an approval that was taken back meanwhile.
            self.object = Issue.objects.locked(self.object.pk)
            return super().post(request, *args, **kwargs)

    def get_success_url(self) -> str:
        return page_of(self.object)

    @property
    def header_buttons(self):
        return [
            HeaderButton(label="Check and send", url=page_of(self.object), icon_name="mail"),
            *super().header_buttons,
        ]


class DeskChooser(SnippetChooserViewSet):
    """Wagtail lets everybody who works at the paper choose from all there is. The subjects of letters to come are for
    those who write them."""

    def get_urlpatterns(self) -> list[URLPattern]:
        patterns = super().get_urlpatterns()
        for pattern in patterns:
            pattern.callback = for_newsletter_editors(pattern.callback)
        return patterns


class Desk(SnippetViewSet):
    chooser_viewset_class = DeskChooser
    search_backend_name = None
    copy_view_enabled = False


class IssueDesk(Desk):
    model = Issue
    icon = "mail"
    menu_label = "Letters"
    index_view_class = IssueList
    add_view_class = WriteIssue
    edit_view_class = ChangeIssue
    list_display = [
        "subject",
        "newsletter",
        Column("cadence", label="For those who want", accessor="get_cadence_display"),
        Column("state", label="State", accessor=state_of, sort_key="state"),
        Column("by", label="Written by", accessor=writer_of),
        DateColumn("when", label="Goes out", accessor=when_of),
    ]
    list_per_page = 30
    filterset_class = IssueFilters
    ordering = ["-pk"]
    search_fields = ["subject", "preheader"]
    edit_handler = ObjectList(
        [
            FieldPanel("subject"),
            FieldPanel("preheader"),
            FieldPanel("content"),
            MultiFieldPanel(
                [
                    HelpPanel(CADENCES_HELP),
                    FieldRowPanel([FieldPanel("newsletter"), FieldPanel("cadence")]),
                    FieldPanel("seen_version", classname="w-hidden"),
                ],
                "Whom it goes to",
            ),
        ],
        base_form_class=IssueForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Issue]:
        return Issue.objects.select_related("newsletter", "written_by").defer("content", "blocks")


class NewsletterDesk(Desk):
    model = Newsletter
    icon = "mail"
    menu_label = "Newsletters"
    list_display = [
        "name",
        "when",
        Column("rhythm", label="Writes itself", accessor="get_rhythm_display"),
        Column("readers", label="Readers", accessor="readers"),
    ]
    ordering = ["position", "name"]
    search_fields = ["name"]
    edit_handler = ObjectList(
        [
            TitleFieldPanel("name", targets=["slug"], placeholder="Name"),
            FieldPanel("when"),
            FieldPanel("promise", heading="Promise, for the box"),
            FieldPanel("what", heading="What is in it"),
            MultiFieldPanel(
                [
                    HelpPanel(RHYTHM_HELP),
                    FieldPanel("rhythm"),
                    FieldRowPanel([FieldPanel("rhythm_at"), FieldPanel("rhythm_weekday")]),
                    FieldPanel("sections", widget=CheckboxSelectMultiple),
                    FieldRowPanel([FieldPanel("articles_at_most"), FieldPanel("comments_at_most")]),
                ],
                "Letters that write themselves",
            ),
            MultiFieldPanel(
                [
                    FieldPanel("sender_name"),
                    FieldRowPanel([FieldPanel("cadence", heading="New readers get"), FieldPanel("cadences")]),
                    FieldPanel("each_label", heading="Name of “each letter”"),
                    FieldPanel("reward", heading="Report", help_text="What new readers get with their first letter."),
                    FieldRowPanel(
                        [
                            FieldPanel("slug", heading="Address", help_text="/newsletter/this-part/"),
                            FieldPanel("position", heading="Place in the list", help_text="The lowest stands first."),
                        ]
                    ),
                    FieldPanel("is_default", heading="On every article", help_text=BOX_HELP),
                ],
                "For readers",
            ),
        ],
        base_form_class=NewsletterForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Newsletter]:
        """With `readers`: who gets it now, the paused ones too."""
        active = Count("subscriptions", filter=Q(subscriptions__state=Subscription.State.ACTIVE))
        return Newsletter.objects.annotate(readers=active)


class RewardDesk(Desk):
    model = Reward
    icon = "doc-full-inverse"
    menu_label = "Reports"
    list_display = ["title", "what"]
    panels = [
        FieldPanel("title"),
        FieldPanel("what"),
        FieldPanel("file"),
        FieldRowPanel([FieldPanel("cover"), FieldPanel("cover_alt")]),
    ]


class Letters(SnippetViewSetGroup):
    items = (IssueDesk, NewsletterDesk, RewardDesk)
    menu_icon = "mail"
    menu_label = "Newsletters"
    menu_name = "newsletters"
    menu_order = 25


register_snippet(Letters)


@hooks.register("register_admin_urls")
def pages_of_letters() -> list:
    return [path("", include(newsroom_urls))]


@hooks.register("before_delete_snippet")
def keep_what_went_out(request: HttpRequest, objects) -> HttpResponse | None:
    """Only drafts and what was cancelled before anybody got it: nobody should be able to lose who got a letter, or who
    asked for one."""
    for issue in objects:
        if isinstance(issue, Issue) and not issue.can_be_deleted:
            messages.error(request, NOT_DELETED.format(issue=issue))
            return redirect(Issue.snippet_viewset.get_url_name("list"))
        if isinstance(issue, Newsletter) and (why := issue.why_it_stays()):
            messages.error(request, f"“{issue}” stays: {why}")
            return redirect(Newsletter.snippet_viewset.get_url_name("list"))
        if isinstance(issue, Newsletter) and ConsentEvent.objects.filter(newsletter=issue).exists():
            messages.error(request, HAS_READERS.format(newsletter=issue))
            return redirect(Newsletter.snippet_viewset.get_url_name("list"))
    return None


# --- whether letters arrive ------------------------------------------------------------------------


class DeliverabilityItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("newsletter.change_issue")


@hooks.register("register_admin_urls")
def pages_of_deliverability() -> list:
    return [path("", include(deliverability_urls))]


@hooks.register("register_admin_menu_item")
def deliverability_in_the_menu() -> MenuItem:
    url = reverse("newsletter_deliverability")
    return DeliverabilityItem("Deliverability", url, name="deliverability", icon_name="mail", order=26)
