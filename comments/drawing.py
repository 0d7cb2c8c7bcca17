"""Drawing comments, in Jinja2: the list of a page, and the votes of one comment alone."""

from collections.abc import Collection

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from civic.lib.html import stored
from comments import rows
from comments.marks import own_votes
from comments.models import Comment, Thread
from comments.readers import Reader
from comments.threads import Node


def draw_list(
    nodes: list[Node],
    thread: Thread,
    *,
    answerable: bool = True,
    authors: Collection[int] = (),
    token: str = "",
    moderates: bool = False,
    back: str = "",
) -> SafeString:
    """The nested list. `authors` are ids of members who wrote what is discussed; `token` is the member's CSRF token,
    "" for everybody else, who cannot vote; `moderates` adds the ways to the desk; `back` is the path of the page."""
    context = {
        "nodes": nodes,
        "thread": thread,
        "answerable": answerable,
        "authors": set(authors),
        "token": token,
        "moderates": moderates,
        "back": back,
        "at": comments_address(),
    }
    return stored(render_to_string("comments/thread.jinja", context, using="jinja"))


def comments_address() -> str:
    """What the addresses of all comments begin with. Asked once a list: 200 look-ups would cost more than the text."""
    return reverse("comments:comment", args=[0]).removesuffix("0/")


def draw_votes(comment: Comment, reader: Reader, token: str) -> SafeString:
    """The buttons of one comment as the reader left them."""
    row = rows.fetch("SELECT %(pk)s::bigint AS id", {"pk": comment.pk})[0]
    node = Node(row, row.depth, vote=own_votes([comment.pk], reader).get(comment.pk))
    context = {"node": node, "token": token, "back": "", "at": comments_address()}
    return stored(render_to_string("comments/votes.jinja", context, using="jinja"))
