"""Reading for the desk: a page of a list, and why each comment stands in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from accounts.models import User
from comments.models import Comment, CommentRevision, Screening
from comments.models.comments import CommentQuerySet, State
from moderation.claiming import looked_at_by
from moderation.deciding import words_of
from moderation.edge import ENOUGH, Counts, load_counts
from moderation.filters import MOST_PAGES, Filter
from moderation.lists import LISTED, listed
from moderation.models import Report
from moderation.reasons import in_short
from moderation.scope import Scope

MOST_REPORTS = 100  # looked at of one comment
GRAVE = 40  # from this priority on the reason stands out in the list


@dataclass(frozen=True)
class Held:
    """A line of the list: a comment, or one whose newer text waits, and in few words why it stands here."""

    comment: Comment
    text: str
    why: list[str]
    mark: str  # of all its words, as `deciding.words_of`
    is_edit: bool = False
    looked_at_by: User | None = None  # somebody else, just now

    @property
    def is_grave(self) -> bool:
        return self.comment.priority >= GRAVE and (self.comment.is_waiting or bool(self.comment.open_reports))


@dataclass(frozen=True)
class Listing:
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


def load_queue(filter: Filter, scope: Scope, *, at_most: int = LISTED, blind: bool = True) -> Listing:
    """One page of what a filter means. Four queries at most, however long the list is. `blind`: no line says what the
    model finds."""
    pks = listed(filter, scope, at_most=at_most)
    found = {comment.pk: comment for comment in with_reasons(Comment.objects.filter(pk__in=pks))}
    comments = [found[pk] for pk in pks if pk in found]
    newer = _waiting_texts(comments)
    held = [_held(comment, newer.get(comment.pk), scope, blind) for comment in comments]
    return Listing(filter, load_counts(filter, scope), held)


def with_reasons(comments: CommentQuerySet) -> CommentQuerySet:
    """With their writers, threads and claims, in the same query; and what the last screening saw of each as `seen`
    ({signals, reasons, rule}, or None) and the open reports on it as `open_reports` ([{kind, matter}])."""
    last = Screening.objects.filter(comment=OuterRef("pk")).order_by("-pk")
    seen = last.values(found=JSONObject(signals="signals", reasons="reasons", rule="rule"))[:1]
    about = Report.objects.open().filter(comment=OuterRef("pk")).order_by("pk")
    reports = ArraySubquery(about.values(found=JSONObject(kind="kind", matter="matter"))[:MOST_REPORTS])
    comments = comments.with_writers().select_related("thread", "claim__by")
    return comments.annotate(seen=Subquery(seen), open_reports=reports)


def _waiting_texts(comments: Iterable[Comment]) -> dict[int, str]:
    pks = [comment.pk for comment in comments if comment.edit_waits]
    return dict(CommentRevision.objects.waiting().filter(comment__in=pks).values_list("comment", "body")) if pks else {}


def _held(comment: Comment, newer: str | None, scope: Scope, blind: bool) -> Held:
    is_edit = newer is not None and comment.state == State.PUBLIC
    return Held(
        comment=comment,
        text=newer if is_edit else comment.body,
        why=_why(comment, is_edit, blind),
        mark=words_of(comment, comment.body if newer is None else newer),
        is_edit=is_edit,
        looked_at_by=looked_at_by(comment, scope.member),
    )


def _why(comment: Comment, is_edit: bool, blind: bool) -> list[str]:
    reported = _reported(comment)
    if not (is_edit or comment.is_waiting):
        return reported or [comment.get_state_display()]
    reasons = reported + (_noticed(comment.seen, blind) if comment.seen else [])
    return reasons or ["a moderator recommended it" if is_edit else "held by a moderator"]


def _noticed(seen: dict, blind: bool) -> list[str]:
    return seen["reasons"] if blind else in_short(seen["reasons"], seen["signals"])


def _reported(comment: Comment) -> list[str]:
    """What readers say, the gravest alone: `2 reports`."""
    illegal = [report["matter"] for report in comment.open_reports if report["kind"] == Report.Kind.ILLEGAL]
    if illegal:
        worst = next((matter for matter in illegal if matter in Report.URGENT), illegal[0])
        return [f"reported as illegal: {Report.Matter(worst).label}"]
    number = len(comment.open_reports)
    return [f"{number} report{'' if number == 1 else 's'}"] if number else []
