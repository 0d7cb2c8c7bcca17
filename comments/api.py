"""Discussions for programs: what anybody may read, as JSON. Posting is `/discuss/<thread>/post/`, as for people."""

from datetime import datetime
from typing import Literal

from django.conf import settings
from django.http import Http404, HttpRequest
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError, ValidationError

from civic.lib.html import plain_text
from comments import rows
from comments.listing import NotACursor, list_comments
from comments.models import Comment, Thread
from comments.models.comments import State
from comments.rows import Row
from comments.threads import VOTES_SHOWN_FROM

MOST_AT_ONCE = 100

Sort = Literal["newest", "oldest", "discussed", "best"]

router = Router(tags=["discussions"])


class ThreadAnswer(Schema):
    id: int
    title: str
    address: str = Field(description="The page that is discussed.")
    url: str = Field(description="The discussion on a page of its own.")
    comments_url: str
    feed_url: str
    count: int = Field(description="Public comments.")
    people: int
    last_comment_at: datetime | None
    is_open: bool
    why_closed: str = Field(description='Why nobody can comment now; "" when they can.')
    closes_at: datetime | None


class Badge(Schema):
    kind: str
    label: str


class Author(Schema):
    name: str
    website: str | None
    is_guest: bool = Field(description="Wrote without an account.")
    badge: Badge | None


class Rule(Schema):
    number: int
    text: str


class Votes(Schema):
    agree: int
    disagree: int
    unsure: int
    respect: int


class CommentAnswer(Schema):
    """A comment, or the place of one that is gone and has answers: then without author and words."""

    id: int
    thread: int
    parent: int | None = Field(description="Whom it answers.")
    root: int = Field(description="The comment that begins the conversation; its own id if it does.")
    depth: int = Field(description="How deep it is drawn, 0 for the first of a conversation.")
    state: Literal["public", "removed", "withdrawn", "held"]
    rule: Rule | None = Field(description="The house rule by which it was removed.")
    author: Author | None
    html: str | None = Field(description="Clean HTML: paragraphs, emphasis, lists, quotations, code and links.")
    text: str | None = Field(description="The same words without markup.")
    created: datetime
    published: datetime | None
    edited: datetime | None
    votes: Votes | None = Field(description=f"From {VOTES_SHOWN_FROM} votes on; the first few should not lead.")
    replies: int = Field(description="Public comments below it.")
    pinned: bool
    picked: bool
    url: str


class CommentsAnswer(Schema):
    items: list[CommentAnswer]
    next: str | None = Field(description="Give it as `after` to read on; null on the last page.")
    count: int = Field(description="Public comments in the whole discussion.")


@router.api_operation(["GET", "HEAD"], "/threads", response=ThreadAnswer, summary="The discussion of a page")
def thread_at(request: HttpRequest, address: str = Query(..., description="Its path, or its full address.")):
    return _thread_answer(_visible(Thread.objects.at_address(address)), request)


@router.api_operation(["GET", "HEAD"], "/threads/{int:thread_id}", response=ThreadAnswer, summary="A discussion")
def thread(request: HttpRequest, thread_id: int):
    return _thread_answer(_visible(Thread.objects.filter(pk=thread_id)), request)


@router.api_operation(
    ["GET", "HEAD"], "/threads/{int:thread_id}/comments", response=CommentsAnswer, summary="Comments of a discussion"
)
def comments(
    request: HttpRequest,
    thread_id: int,
    sort: Sort = "newest",
    after: str = Query("", description="The `next` of the page before."),
    limit: int = Query(50, ge=1, le=MOST_AT_ONCE),
):
    """Each comment once, in reading order: `sort` moves conversations, answers follow what they answer."""
    found = _visible(Thread.objects.filter(pk=thread_id))
    try:
        listing = list_comments(found, sort=sort, after=after, limit=limit)
    except NotACursor:
        what = "is not a cursor of this sort; leave it out for the first page"
        raise ValidationError([{"loc": ("query", "after"), "msg": what}]) from None
    items = [_comment_answer(row, found.pk) for row in listing.rows]
    return {"items": items, "next": listing.next or None, "count": found.comment_count}


@router.api_operation(["GET", "HEAD"], "/comments/{int:pk}", response=CommentAnswer, summary="One comment")
def comment(request: HttpRequest, pk: int):
    """410 when it was public, is gone, and nothing of it remains to be shown."""
    known = Comment.objects.filter(pk=pk, thread__in=Thread.objects.visible())
    found = known.only("thread_id", "shown", "state", "published_at").first()
    if found is None:
        raise Http404
    if not found.shown:
        if found.state in (State.REMOVED, State.WITHDRAWN) and found.has_been_public:
            raise HttpError(410, "This comment is gone, and no answer to it remains.")
        raise Http404
    (row,) = rows.fetch("SELECT %(pk)s::bigint AS id", {"pk": pk})
    return _comment_answer(row, found.thread_id)


def _visible(threads) -> Thread:
    found = threads.visible().select_related("space").first()
    if found is None:
        raise Http404
    return found


def _thread_answer(thread: Thread, request: HttpRequest) -> dict:
    own = settings.SITE_URL + thread.get_absolute_url()
    why_closed = thread.why_closed(request.site)
    return {
        "id": thread.pk,
        "title": thread.title,
        "address": settings.SITE_URL + thread.address,
        "url": own,
        "comments_url": f"{settings.SITE_URL}/api/v1/threads/{thread.pk}/comments",
        "feed_url": f"{own}comments.xml",
        "count": thread.comment_count,
        "people": thread.people_count,
        "last_comment_at": thread.last_comment_at,
        "is_open": not why_closed,
        "why_closed": why_closed,
        "closes_at": thread.closing_time,
    }


# What a placeholder says of the others is that a moderator is looking at it.
_GONE = {State.REMOVED: "removed", State.REFUSED: "removed", State.WITHDRAWN: "withdrawn"}


def _comment_answer(row: Row, thread_id: int) -> dict:
    return {
        "id": row.id,
        "thread": thread_id,
        "parent": row.parent_id,
        "root": row.root_id,
        "depth": row.depth,
        "created": row.created_at,
        "replies": row.answers,
        "pinned": row.is_pinned,
        "picked": row.is_picked,
        "url": f"{settings.SITE_URL}/discuss/c/{row.id}/",
        **(_place_of_gone(row) if row.is_gone else _words(row)),
    }


def _words(row: Row) -> dict:
    shows_votes = row.votes >= VOTES_SHOWN_FROM
    votes = {"agree": row.agree, "disagree": row.disagree, "unsure": row.unsure, "respect": row.respect}
    return {
        "state": "public",
        "rule": None,
        "author": {
            "name": row.writer_name,
            "website": row.website or None,
            "is_guest": row.member_id is None,
            "badge": row.badge and row.badge._asdict(),
        },
        "html": row.body_html,
        "text": plain_text(row.body_html),
        "published": row.published_at,
        "edited": row.edited_at if row.is_edited else None,
        "votes": votes if shows_votes else None,
    }


def _place_of_gone(row: Row) -> dict:
    state = _GONE.get(State(row.state), "held")
    rule = row.gone_rule if state == "removed" else None
    nothing = dict.fromkeys(("author", "html", "text", "published", "edited", "votes"))
    return {"state": state, "rule": rule and rule._asdict(), **nothing}
