"""The paper itself, its sections and its quiet pages, from `site.toml`. Runs twice without doubling anything."""

from django.conf import settings

from articles.models import Section, Topic
from civic.lib.html import clean_blocks
from civic.models import SiteSettings, StaticPage
from comments.models import Space
from seeds.files import read


def load_site() -> SiteSettings:
    """Name, zone and sender of the demo paper, its sections, topics and static pages; these name numbers of
    the settings, as {settings.COMMENT_CONFIRM_DAYS}."""
    told = read("site")
    site = SiteSettings.current()
    for name in ("name", "tagline", "description", "zone", "language", "postal_address"):
        setattr(site, name, told["site"].get(name, ""))
    site.sender = told["site"].get("sender_email", "")
    site.save()

    for known in told.get("space", []):
        rules = {"extra_rules": "\n".join(known["extra_rules"]), "hold_first": known["hold_first"]}
        Space.objects.update_or_create(name=known["name"], defaults=rules)
    for place, section in enumerate(told["section"], start=1):
        fields = {
            "name": section["name"],
            "description": section.get("description", ""),
            "position": place * 10,
            "space": Space.objects.get(name=section["space"]) if "space" in section else None,
        }
        Section.objects.update_or_create(slug=section["slug"], defaults=fields)
    for topic in told["topic"]:
        Topic.objects.update_or_create(slug=topic["slug"], defaults={"name": topic["name"]})
    for place, page in enumerate(told.get("page", []), start=1):
        fields = {
            "title": page["title"],
            "standfirst": page.get("standfirst", ""),
            "body_html": clean_blocks(page["body"].format(settings=settings)),
            "position": place * 10,
        }
        StaticPage.objects.update_or_create(slug=page["slug"], defaults=fields)
    return site
