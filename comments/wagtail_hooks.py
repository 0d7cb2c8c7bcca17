"""The newsroom's pages about discussions: house rules, and spaces with their policy."""

from django.db.models import Count, ProtectedError
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.admin.ui.tables import Column
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import DeleteView, SnippetViewSet, SnippetViewSetGroup

from comments.models import HouseRule, Space

IN_USE = "“{space}” is still in use: sections or discussions belong to it. Give those sections another space first."
DEFAULT = "“{space}” holds every discussion whose section has no space of its own. It can be changed, not deleted."


class HouseRuleDesk(SnippetViewSet):
    model = HouseRule
    icon = "list-ol"
    menu_label = "House rules"
    list_display = ["number", "text", "short"]
    panels = [FieldPanel("number"), FieldPanel("text"), FieldPanel("short")]


class LeaveSpace(DeleteView):
    """Deletes a space that nothing belongs to; says kindly what keeps any other."""

    def get(self, request, *args, **kwargs):
        return self._kept() or super().get(request, *args, **kwargs)

    def form_valid(self, form):
        if kept := self._kept():
            return kept
        try:
            return super().form_valid(form)
        except ProtectedError:  # somebody began to use it this very moment
            return self._say(IN_USE)

    def _kept(self):
        if self.object.is_default:
            return self._say(DEFAULT)
        in_use = self.object.threads.exists() or (self.usage and self.usage.is_protected)
        return self._say(IN_USE) if in_use else None

    def _say(self, why: str):
        messages.error(self.request, why.format(space=self.object))
        return redirect(self.edit_url_name, self.object.pk)


class SpaceDesk(SnippetViewSet):
    """Policies. Which section has which is said at the section. `moderators` is not offered: see the model."""

    model = Space
    icon = "group"
    menu_label = "Spaces"
    list_display = [
        "name",
        Column("mode", label="Who may comment", accessor="get_mode_display"),
        Column("discussions", label="Discussions", accessor="discussions"),
        "hold_first",
        "close_after_days",
        "pace_seconds",
    ]
    ordering = ["-is_default", "name"]
    search_fields = ["name"]
    search_backend_name = None
    copy_view_enabled = False
    delete_view_class = LeaveSpace
    panels = [
        HelpPanel(
            "<p>A policy for the discussions of some sections, from the next comment on. Choose it at the section, in "
            "the card file; a section without one has the first of the list. An article may say otherwise for its own "
            "discussion, and a moderator for any.</p>"
        ),
        FieldPanel("name"),
        FieldPanel("mode"),
        MultiFieldPanel([FieldPanel("hold_first"), FieldPanel("max_links")], "What a moderator sees first"),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("close_after_days"), FieldPanel("pace_seconds")]), FieldPanel("max_depth")],
            "Time and room",
        ),
        FieldPanel("extra_rules"),
    ]

    def get_queryset(self, request):
        return Space.objects.annotate(discussions=Count("threads"))


class Talk(SnippetViewSetGroup):
    items = (HouseRuleDesk, SpaceDesk)
    menu_icon = "comment"
    menu_label = "Discussions"
    menu_name = "discussions"
    menu_order = 35


register_snippet(Talk)
