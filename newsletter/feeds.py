"""Letters for feed readers: what went out of one newsletter, as RSS, Atom and JSON.

The whole letter is in it, as it may be read now: a comment that is gone or not to be quoted any more is not.
"""

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_safe

from civic.lib import feeds
from civic.lib.site import SiteSettings
from newsletter.issues import drawn_each
from newsletter.models import Issue, Newsletter

NEWEST = 20


def newest_of(newsletter: Newsletter) -> list[Issue]:
    """What a feed lists, each with its `markup`. Three queries, however many there are."""
    found = list(Issue.objects.in_archive(newsletter).newest_first().defer("content")[:NEWEST])
    for issue, now in zip(found, drawn_each(found), strict=True):
        issue.newsletter = newsletter
        issue.markup = render_to_string("newsletter/_issue_web.html", {"blocks": now.blocks}).strip()
    return found


class Rss(Feed):
    feed_type = feeds.Rss
    route = "newsletter:rss"

    def get_object(self, request: HttpRequest, slug: str) -> Newsletter:
        return get_object_or_404(Newsletter, slug=slug)

    def title(self, newsletter: Newsletter) -> str:
        return f"{newsletter.name} · {SiteSettings.current().name}"

    def description(self, newsletter: Newsletter) -> str:
        return newsletter.in_short

    subtitle = description

    def link(self, newsletter: Newsletter) -> str:
        return newsletter.get_absolute_url()

    def feed_url(self, newsletter: Newsletter) -> str:
        return reverse(self.route, args=[newsletter.slug])

    def items(self, newsletter: Newsletter) -> list[Issue]:
        return newest_of(newsletter)

    def item_title(self, issue: Issue) -> str:
        return issue.subject

    def item_description(self, issue: Issue) -> str:
        return issue.markup

    def item_pubdate(self, issue: Issue):
        return issue.sent_at

    item_updateddate = item_pubdate


class Atom(Rss):
    feed_type = feeds.Atom
    route = "newsletter:atom"


@require_safe
def as_json(request: HttpRequest, slug: str) -> HttpResponse:
    """JSON Feed 1.1 (jsonfeed.org)."""
    newsletter = get_object_or_404(Newsletter, slug=slug)
    items = [
        {
            "id": request.build_absolute_uri(issue.get_absolute_url()),
            "url": request.build_absolute_uri(issue.get_absolute_url()),
            "title": issue.subject,
            "summary": issue.preheader,
            "content_html": issue.markup,
            "date_published": issue.sent_at.isoformat(),
        }
        for issue in newest_of(newsletter)
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{newsletter.name} · {SiteSettings.current().name}",
        "description": newsletter.in_short,
        "home_page_url": request.build_absolute_uri(newsletter.get_absolute_url()),
        "feed_url": request.build_absolute_uri(request.path),
        "items": items,
    }
    return JsonResponse(feed, content_type="application/feed+json", json_dumps_params={"ensure_ascii": False})
