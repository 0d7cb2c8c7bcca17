"""The newsroom's pages about discussions: house rules, and spaces with their policy."""

from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from comments.models import HouseRule, Space


class HouseRuleDesk(SnippetViewSet):
    model = HouseRule
    icon = "list-ol"
    menu_label = "House rules"
    list_display = ["number", "text", "short"]
    panels = [FieldPanel("number"), FieldPanel("text"), FieldPanel("short")]


class SpaceDesk(SnippetViewSet):
    """A space cannot be made here yet: all sections share the default one."""

    model = Space
    icon = "group"
    menu_label = "Spaces"
    list_display = ["name", "mode", "hold_first", "max_links", "close_after_days"]
    panels = [
        HelpPanel("Applies to all discussions of this space, from the next comment on."),
        FieldPanel("name"),
        FieldPanel("mode"),
        MultiFieldPanel([FieldPanel("hold_first"), FieldPanel("max_links")], "What a moderator sees first"),
        FieldRowPanel([FieldPanel("close_after_days"), FieldPanel("pace_seconds")]),
    ]


class Talk(SnippetViewSetGroup):
    items = (HouseRuleDesk, SpaceDesk)
    menu_icon = "comment"
    menu_label = "Discussions"
    menu_name = "discussions"
    menu_order = 35


register_snippet(Talk)
