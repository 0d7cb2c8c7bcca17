"""`manage.py setup`: what a site needs besides its tables. Run after every migrate; does nothing twice."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Q
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowContentType,
    WorkflowTask,
)

from accounts.roles import Role
from articles.models import Article
from civic.models import SiteSettings
from comments import discussions

WORKFLOW = "Read by an editor"

# Permissions by name: `app.act_model`. Wagtail asks for these in the newsroom; the rest of Civic asks accounts.roles.
DOOR = {"wagtailadmin.access_admin"}
WRITING = {f"articles.{act}_article" for act in ("add", "change", "view")}
EDITING = {
    *(f"articles.{act}_article" for act in ("publish", "delete", "lock", "unlock")),
    *(
        f"articles.{act}_{model}"
        for act in ("add", "change", "delete", "view")
        for model in ("section", "topic", "author", "source", "correction")
    ),
    *(f"civic.{act}_staticpage" for act in ("add", "change", "delete", "view")),
    "civic.change_sitesettings",
    "civic.view_sitesettings",
    *(f"comments.{act}_houserule" for act in ("add", "change", "view")),
    *(f"comments.{act}_phraselist" for act in ("add", "change", "delete", "view")),
    *(f"comments.{act}_space" for act in ("add", "change", "delete", "view")),
    *(f"accounts.{act}_badge" for act in ("add", "change", "delete", "view")),
}
MAY = {
    Role.WRITER: DOOR | WRITING,
    Role.EDITOR: DOOR | WRITING | EDITING,
    Role.MODERATOR: set(),
    Role.NEWSLETTER_EDITOR: DOOR,
    Role.ADMIN: DOOR | WRITING | EDITING,
}
# What each may do with pictures. "change" also means one's own only, where "add" is given alone.
PICTURES = {
    Role.WRITER: {"add_image", "choose_image"},
    Role.EDITOR: {"add_image", "change_image", "delete_image", "choose_image"},
    Role.NEWSLETTER_EDITOR: {"add_image", "choose_image"},
    Role.ADMIN: {"add_image", "change_image", "delete_image", "choose_image"},
}
# Whole apps whose tables a role looks after. Their models may come and go; the right to them stays.
APPS = {Role.NEWSLETTER_EDITOR: {"newsletter"}, Role.ADMIN: {"newsletter"}}


class Command(BaseCommand):
    help = "Makes groups, permissions, the editors' workflow, the cache table and defaults. Safe to run again."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("createcachetable", verbosity=0)  # first: Wagtail clears its caches when pages go
        with transaction.atomic():
            groups = {role: Group.objects.get_or_create(name=role)[0] for role in Role}
            grant(groups)
            grant_pictures(groups)
            make_workflow(groups)
            clear_page_tree()
            if not SiteSettings.objects.exists():
                SiteSettings().save()
            discussions.setup()


def grant(groups: dict[Role, Group]) -> None:
    """Give each role exactly what stands above: Wagtail's migrations give “Moderators” and “Editors” more."""
    known = {
        f"{p.content_type.app_label}.{p.codename}": p
        for p in Permission.objects.select_related("content_type").filter(
            content_type__app_label__in=["wagtailadmin", "accounts", "articles", "civic", "comments", "newsletter"]
        )
    }
    for role, group in groups.items():
        apps = APPS.get(role, set())
        wanted = {known[name] for name in MAY[role]}
        wanted |= {p for name, p in known.items() if name.split(".")[0] in apps}
        if set(group.permissions.all()) != wanted:
            group.permissions.set(wanted)


def grant_pictures(groups: dict[Role, Group]) -> None:
    root = Collection.get_first_root_node() or Collection.add_root(name="Root")
    acts = {p.codename: p for p in Permission.objects.filter(content_type__app_label="wagtailimages")}
    wanted = {(groups[role].pk, acts[act].pk) for role, names in PICTURES.items() for act in names}
    ours = GroupCollectionPermission.objects.filter(group__in=groups.values())
    found = {(p.group_id, p.permission_id): p.pk for p in ours if p.collection_id == root.pk}
    ours.exclude(pk__in=[pk for pair, pk in found.items() if pair in wanted]).delete()
    GroupCollectionPermission.objects.bulk_create(
        GroupCollectionPermission(group_id=group, permission_id=permission, collection=root)
        for group, permission in wanted - set(found)
    )


def make_workflow(groups: dict[Role, Group]) -> None:
    """A writer submits, an editor approves, and approving publishes."""
    if WorkflowContentType.objects.filter(content_type=Article.get_content_type()).exists():
        return  # theirs by now: whatever editors have made of it
    workflow, _ = Workflow.objects.get_or_create(name=WORKFLOW)
    task = GroupApprovalTask.objects.filter(name=WORKFLOW).first() or GroupApprovalTask.objects.create(name=WORKFLOW)
    task.groups.set([groups[Role.EDITOR], groups[Role.ADMIN]])
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    WorkflowContentType.objects.create(workflow=workflow, content_type=Article.get_content_type())


def clear_page_tree() -> None:
    """No pages, so nobody may edit them, and the welcome page goes. The root stays: Wagtail's history asks for it."""
    GroupPagePermission.objects.all().delete()
    Workflow.objects.filter(Q(name="Moderators approval"), workflow_content_types=None).delete()
    welcome = Page.objects.filter(depth=2).first()
    if welcome and Page.objects.count() == 2:
        welcome.delete()
    if not Page.objects.filter(depth=1).exists():
        Page.add_root(title="Root", slug="root")
