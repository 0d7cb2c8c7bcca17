"""The newsroom's page about badges: who somebody is, beside the name, after the paper has checked."""

from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, ObjectList
from wagtail.admin.ui.tables import DateColumn
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from accounts.badges import BadgeForm
from accounts.models import Badge


class BadgeDesk(SnippetViewSet):
    model = Badge
    icon = "tag"
    menu_label = "Badges"
    menu_order = 36
    add_to_admin_menu = True
    list_display = [
        "member",
        "label",
        "kind",
        "verified_by",
        DateColumn("given_at", label="Given", sort_key="given_at"),
    ]
    list_filter = ["kind"]
    ordering = ["-given_at"]
    search_fields = ["label", "member__display_name", "member__email"]
    search_backend_name = None
    copy_view_enabled = False
    edit_handler = ObjectList(
        [
            HelpPanel(
                "<p>Stands beside the name, with all that this member has written. Check first: ring the office, or "
                "write to its public address. To take a badge away, delete it.</p>"
            ),
            FieldPanel("who"),
            FieldRowPanel([FieldPanel("kind"), FieldPanel("label")]),
            FieldPanel("note"),
        ],
        base_form_class=BadgeForm,
    )

    def get_queryset(self, request):
        return Badge.objects.select_related("member", "verified_by")


register_snippet(BadgeDesk)
