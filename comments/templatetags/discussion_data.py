"""`{% discussion_data thread nodes %}`: a page's comments as JSON-LD."""

from django import template
from django.conf import settings
from django.utils.safestring import SafeString

from civic.lib.html import data_block
from comments.models import Thread
from comments.structured import discussion_data as described
from comments.threads import Node

register = template.Library()


@register.simple_tag
def discussion_data(thread: Thread, nodes: list[Node]) -> SafeString:
    """The comments that stand on the page and are public; nothing where there are none."""
    data = described(thread, nodes, site_url=settings.SITE_URL)
    return data_block(data) if data["comment"] else SafeString("")
