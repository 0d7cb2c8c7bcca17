"""The newsroom's pages about discussions: house rules, and spaces with their policy."""

from django.db.models import Count, ProtectedError
from django.db.models.deletion import Collector
from django.forms import CheckboxSelectMultiple
from django.http import HttpResponse
from django.shortcuts import redirect
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from comments.forms_spaces import SpaceForm, field_of
from comments.models import HouseRule, PhraseList, Space
from comments.thresholds import MOST, RULES

IN_USE = "“{space}” is still in use: sections or discussions belong to it. Give those sections another space first."
SIGNALS = (
    "<p>Whatever screening notices has a score. From 0.5 on the comment waits for a moderator. Here you set another "
    f"number for this space: 0 asks a person about all that is noticed, {MOST:g} about nothing. Empty: 0.5. "
    "At the desk, under “Policies”, you can try a change on the last 30 days before you save it.</p>"
)
DEFAULT = "“{space}” holds every discussion whose section has no space of its own. It can be changed, not deleted."


class HouseRuleDesk(SnippetViewSet):
    model = HouseRule
    icon = "list-ol"
    menu_label = "House rules"
    list_display = ["number", "text", "short"]
    panels = [FieldPanel("number"), FieldPanel("text"), FieldPanel("short"), FieldPanel("concerns")]


def _signals_panel() -> MultiFieldPanel:
    """One number for each signal, two side by side, folded: few spaces will need another."""
    fields = [FieldPanel(field_of(rule)) for rule in RULES]
    rows = [FieldRowPanel(fields[at : at + 2]) for at in range(0, len(fields), 2)]
    return MultiFieldPanel([HelpPanel(SIGNALS), *rows], "From when on a person is asked", classname="collapsed")


class SpaceDesk(SnippetViewSet):
    """Policies. Which section has which is said at the section."""

    model = Space
    icon = "group"
    menu_label = "Spaces"
    list_display = [
        "name",
        Column("mode", label="Who may comment", accessor="get_mode_display"),
        Column("discussions", label="Discussions", accessor="discussions"),
        Column("days", label="Close after days", accessor="close_after_days"),
    ]
    ordering = ["-is_default", "name"]
    search_fields = ["name"]
    search_backend_name = None
    copy_view_enabled = False
    edit_handler = ObjectList(
        [
            HelpPanel(
                "<p>A policy for the discussions of some sections, from the next comment on. Choose it at the section, "
                "in the card file; a section without one has the first of the list. An article may say otherwise for "
                "its own discussion, and a moderator for any.</p>"
            ),
            FieldPanel("name"),
            FieldPanel("mode"),
            MultiFieldPanel(
                [FieldPanel("hold_first"), FieldPanel("max_links"), FieldPanel("languages")],
                "What a moderator sees first",
            ),
            FieldPanel("asks_first"),
            FieldPanel("proof_of_work"),
            MultiFieldPanel(
                [FieldRowPanel([FieldPanel("close_after_days"), FieldPanel("pace_seconds")]), FieldPanel("max_depth")],
                "Time and room",
            ),
            FieldPanel("extra_rules"),
            FieldPanel("moderators", widget=CheckboxSelectMultiple),
            _signals_panel(),
        ],
        base_form_class=SpaceForm,
    )

    def get_queryset(self, request):
        return Space.objects.annotate(discussions=Count("threads"))


class PhraseDesk(SnippetViewSet):
    """Words that moderators want to look at first."""

    model = PhraseList
    icon = "list-ul"
    menu_label = "Words to look at"
    list_display = ["name", "space"]
    panels = [
        HelpPanel(
            "<p>A comment with one of these is read by a moderator before it appears, also where it is disguised.</p>"
        ),
        FieldPanel("name"),
        FieldPanel("space"),
        FieldPanel("phrases"),
    ]


class Talk(SnippetViewSetGroup):
    items = (HouseRuleDesk, SpaceDesk, PhraseDesk)
    menu_icon = "comment"
    menu_label = "Discussions"
    menu_name = "discussions"
    menu_order = 35


register_snippet(Talk)


@hooks.register("before_delete_snippet")
def keep_spaces_in_use(request, objects) -> HttpResponse | None:
    """Says kindly what keeps a space, one alone or among many ticked in the list. Nothing is deleted then."""
    for space in objects:
        if isinstance(space, Space) and (why := _why_kept(space)):
            messages.error(request, why.format(space=space))
            return redirect(SpaceDesk.model.snippet_viewset.get_url_name("list"))
    return None


def _why_kept(space: Space) -> str:
    if space.is_default:
        return DEFAULT
    try:
        if not space.threads.exists():
            Collector("default").collect([space])  # a section has it?
            return ""
    except ProtectedError:
        pass
    return IN_USE
