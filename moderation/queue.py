"""Reading for the desk: a page of a list, and why each comment stands in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from comments.models import Comment, CommentRevision, Screening
from comments.models.comments import CommentQuerySet, State
from moderation.counts import ENOUGH, Counts, load_counts
from moderation.filters import MOST_PAGES, Filter
from moderation.lists import LISTED, listed
from moderation.scope import Scope

GRAVE = 40  # from this priority on the reason stands out in the list


@dataclass(frozen=True)
class Held:
    """A line of the list: a comment, or one whose newer text waits, and in few words why it stands here."""

    comment: Comment
    text: str
    why: list[str]
    is_edit: bool = False

    @property
    def is_grave(self) -> bool:
        return self.comment.is_waiting and self.comment.priority >= GRAVE


@dataclass(frozen=True)
class Queue:
    """A page of a list: `total` of all that the filter means, and the `held` on this page."""

    filter: Filter
    counts: Counts
    held: list[Held]

    @property
    def total(self) -> int:
        return self.counts.shown

    @property
    def first(self) -> int:
        """The place of the first line, from 1."""
        return (self.filter.page - 1) * LISTED + 1

    @property
    def before(self) -> Filter:
        return self.filter.at(page=self.filter.page - 1)

    @property
    def after(self) -> Filter:
        return self.filter.at(page=self.filter.page + 1)

    @property
    def has_more(self) -> bool:
        known = self.total > self.filter.page * LISTED
        beyond_count = self.total >= ENOUGH and len(self.held) == LISTED
        return self.filter.page < MOST_PAGES and (known or beyond_count)

    @property
    def pks(self) -> list[int]:
        return [held.comment.pk for held in self.held]


def load_queue(filter: Filter, scope: Scope) -> Queue:
    """One page of what a filter means. Four queries at most, however long the list is."""
    pks = listed(filter, scope)
    found = {comment.pk: comment for comment in with_reasons(Comment.objects.filter(pk__in=pks))}
    comments = [found[pk] for pk in pks if pk in found]
    newer = _waiting_texts(comments)
    return Queue(filter, load_counts(filter, scope), [_held(comment, newer.get(comment.pk)) for comment in comments])


def with_reasons(comments: CommentQuerySet) -> CommentQuerySet:
    """With their writers and threads, and what the last screening saw of each as `seen` ({signals, reasons, rule}, or
    None), in the same query."""
    last = Screening.objects.filter(comment=OuterRef("pk")).order_by("-pk")
    seen = last.values(found=JSONObject(signals="signals", reasons="reasons", rule="rule"))[:1]
    return comments.with_writers().select_related("thread").annotate(seen=Subquery(seen))


def _waiting_texts(comments: Iterable[Comment]) -> dict[int, str]:
    pks = [comment.pk for comment in comments if comment.edit_waits]
    return dict(CommentRevision.objects.waiting().filter(comment__in=pks).values_list("comment", "body")) if pks else {}


def _held(comment: Comment, newer: str | None) -> Held:
    is_edit = newer is not None and comment.state == State.PUBLIC
    if not (is_edit or comment.is_waiting):
        return Held(comment, comment.body, [comment.get_state_display()])
    reasons = comment.seen["reasons"] if comment.seen else []
    instead = "a moderator recommended it" if is_edit else "held by a moderator"
    return Held(comment, newer if is_edit else comment.body, reasons or [instead], is_edit)
