"""A discussion as search engines and other programs read it: schema.org, JSON-LD."""

from typing import Any

from civic.lib.html import plain_text
from comments.models import Thread
from comments.models.comments import State
from comments.rows import Row
from comments.threads import VOTES_SHOWN_FROM, Node

# Characters of each comment. Most are shorter; the whole of the long ones would make a page of fifty a third heavier,
# to say once more what stands in it.
EXCERPT = 200


def discussion_data(thread: Thread, nodes: list[Node], *, site_url: str) -> dict[str, Any]:
    """What a page with these comments says of the thing they are about. Addresses are absolute.

    It names that thing by its `@id`, and says nothing else of it: whoever publishes it has described it under the same.
    So the discussion's own page describes the article, and no forum post of nobody's.
    """
    return {
        "@context": "https://schema.org",
        "@type": "CreativeWork",
        "@id": site_url + thread.address,
        "commentCount": thread.comment_count,
        "comment": comment_data(nodes, site_url=site_url),
    }


def comment_data(nodes: list[Node], *, site_url: str) -> list[dict[str, Any]]:
    """The public comments among `nodes`, which stand in reading order, as nested schema.org `Comment`s.

    An answer to a gone one stands under what is above that. Nothing of it depends on who reads. No query.
    """
    found: list[dict[str, Any]] = []
    above: list[tuple[bytes, dict[str, Any]]] = []
    for node in nodes:
        row = node.comment
        if row.state != State.PUBLIC:
            continue
        while above and not row.path.startswith(above[-1][0]):
            above.pop()
        one = _comment(row, site_url)
        siblings = above[-1][1].setdefault("comment", []) if above else found
        siblings.append(one)
        above.append((row.path, one))
    return found


def _comment(row: Row, site_url: str) -> dict[str, Any]:
    said = {
        "@type": "Comment",
        "url": f"{site_url}/discuss/c/{row.id}/",
        "author": {"@type": "Person", "name": row.writer_name},
        "dateCreated": row.created_at.isoformat(),
        "text": _excerpt(plain_text(row.body_html)),
    }
    if row.is_edited:
        said["dateModified"] = row.edited_at.isoformat()
    if row.votes >= VOTES_SHOWN_FROM:
        said["upvoteCount"] = row.agree
    return said


def _excerpt(text: str) -> str:
    if len(text) <= EXCERPT:
        return text
    cut = text[:EXCERPT]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut else cut} …"
