"""`{% discussion thread %}` draws the discussion under whatever it is about."""

from django import template
from django.conf import settings
from django.middleware.csrf import get_token
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString

from civic.lib.html import data_block
from civic.lib.pages import made_of
from comments.drawing import draw_list
from comments.forms import new_form
from comments.live import stamp
from comments.models import HouseRule, Thread
from comments.readers import ANYBODY, reader_of
from comments.structured import discussion_data
from comments.threads import SORTS, Node, load_thread

register = template.Library()


@register.inclusion_tag("comments/_discussion.html", takes_context=True)
def discussion(context: dict, thread: Thread, authors: list[int] = ()) -> dict:
    """The whole section: count, rules, comments, form. `authors` are ids of members who wrote the article."""
    request = context.get("request")
    reader = reader_of(request) if request else ANYBODY
    made_of(request, thread, until=[thread.visible_until, thread.closing_time])
    page = load_thread(thread, reader)
    return {
        **context.flatten(),
        "thread": thread,
        "page": page,
        "authors": authors,
        "form": SimpleLazyObject(lambda: new_form(thread, reader)),
        "sorts": SORTS,
        "anybody": reader.is_anybody,
    }


@register.simple_tag
def live_since(thread: Thread) -> str:
    """When the newest comment of a page was published: whatever came later is news to its reader."""
    return stamp(thread.last_comment_at)


@register.simple_tag(takes_context=True)
def why_closed(context: dict, thread: Thread) -> str:
    return thread.why_closed(context["site"])


@register.simple_tag
def house_rules() -> list[HouseRule]:
    return list(HouseRule.objects.all())


@register.simple_tag(takes_context=True)
def thread_list(context: dict, nodes: list[Node], thread: Thread, answerable=True, authors=()) -> SafeString:
    """The list of comments; with buttons to vote for somebody signed in."""
    request = context["request"]
    reader = reader_of(request)
    return draw_list(
        nodes,
        thread,
        answerable=answerable,
        authors=authors,
        token=get_token(request) if reader.member else "",
        moderates=reader.is_moderator,
        back=request.path,
    )


@register.simple_tag
def comments_data(thread: Thread, nodes: list[Node]) -> SafeString:
    """The comments of a page as JSON-LD."""
    return data_block(discussion_data(thread, nodes, site_url=settings.SITE_URL))
