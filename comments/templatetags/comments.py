"""`{% discussion thread %}` draws the discussion under whatever it is about."""

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from civic.lib.html import stored
from comments.models import HouseRule, Thread
from comments.readers import ANYBODY, reader_of
from comments.threads import SORTS, Node, load_thread
from comments.views import new_form

register = template.Library()


@register.inclusion_tag("comments/_discussion.html", takes_context=True)
def discussion(context: dict, thread: Thread, authors: list[int] = ()) -> dict:
    """The whole section: count, rules, comments, form. `authors` are ids of members who wrote the article."""
    request = context.get("request")
    reader = reader_of(request) if request else ANYBODY
    page = load_thread(thread, reader)
    return {
        **context.flatten(),
        "thread": thread,
        "page": page,
        "authors": authors,
        "form": new_form(thread, reader),
        "sorts": SORTS,
    }


@register.simple_tag(takes_context=True)
def why_closed(context: dict, thread: Thread) -> str:
    return thread.why_closed(context["site"])


@register.simple_tag
def house_rules() -> list[HouseRule]:
    return list(HouseRule.objects.all())


@register.simple_tag
def thread_list(nodes: list[Node], thread: Thread, answerable: bool = True, authors: list[int] = ()) -> SafeString:
    """The list of comments, drawn in Jinja2."""
    context = {"nodes": nodes, "thread": thread, "answerable": answerable, "authors": set(authors)}
    return stored(render_to_string("comments/thread.jinja", context, using="jinja"))
