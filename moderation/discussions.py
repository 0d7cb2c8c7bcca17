"""Discussions as a whole, at the desk: which there are, how one is set, what is recommended in it, and who did it."""

from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from wagtail.log_actions import log

from accounts.models import User
from civic.lib.site import SiteSettings
from comments import picking, visibility
from comments.models import Comment, Thread
from comments.models.spaces import Mode
from moderation.errors import AlreadySet
from moderation.models import ThreadDecision
from moderation.scope import Scope

LISTED = 30  # a page of the list
REMEMBERED = 20  # decisions shown beside a discussion
PICKED = 20

Act = ThreadDecision.Act
MARKS = {
    "pin": {True: (picking.pin, Act.PIN), False: (picking.unpin, Act.UNPIN)},
    "pick": {True: (picking.pick, Act.PICK), False: (picking.unpick, Act.UNPICK)},
}


@dataclass(frozen=True)
class Line:
    """A discussion in the list, and who may write in it now."""

    thread: Thread
    standing: str


@dataclass(frozen=True)
class Discussion:
    """One discussion at the desk. `seen` names the decision that it is set by: 0 where there is none."""

    thread: Thread
    why_closed: str
    pinned: list[Comment]
    picked: list[Comment]
    decisions: list[ThreadDecision]
    seen: int


def list_discussions(site: SiteSettings, scope: Scope, *, query: str = "", page: str = "") -> tuple[list[Line], Page]:
    """The discussions whose title holds `query`, those with the newest talk first, and the page they stand on.

    Two queries. A page that is not there gives the nearest.
    """
    threads = scope.threads(Thread.objects.select_related("space"))
    threads = threads.order_by(F("last_comment_at").desc(nulls_last=True), "-pk")
    if query:
        threads = threads.filter(title__icontains=query)
    found = Paginator(threads, LISTED).get_page(page)
    return [Line(thread, _standing(thread, site)) for thread in found], found


def load_discussion(thread: Thread, site: SiteSettings) -> Discussion:
    """One discussion with what is recommended in it and what moderators decided. Four queries."""
    decisions = ThreadDecision.objects.filter(thread=thread).order_by("-pk")
    return Discussion(
        thread=thread,
        why_closed=thread.why_closed(site),
        pinned=list(picking.pinned_on(thread).with_writers()),
        picked=list(picking.picked_on(thread).with_writers()[:PICKED]),
        decisions=list(decisions.select_related("by", "comment")[:REMEMBERED]),
        seen=_set_by(thread),
    )


def set_policy(
    thread: Thread, *, by: User, seen: int, mode: str, pace_seconds: int | None, keeps_open: bool, note: str
) -> ThreadDecision | None:
    """Set a discussion as a moderator wants it, and keep who did. None when it was set like that already.

    "" as `mode` and None as `pace_seconds` leave it to the paper. `seen` is `Discussion.seen` as the moderator saw it;
    raises `AlreadySet` when somebody has set it since.
    """
    wanted = {
        "desk_mode": mode,
        "desk_pace_seconds": pace_seconds,
        "desk_keeps_open": keeps_open,
        "desk_note": note,
    }
    with visibility.locked(thread.pk) as now:
        if _set_by(now) != seen:
            raise AlreadySet
        if all(getattr(now, name) == value for name, value in wanted.items()):
            return None
        if now.desk_mode != mode:
            wanted["desk_mode_since"] = timezone.now() if mode else None
        Thread.objects.filter(pk=now.pk).update(**wanted, version=F("version") + 1)
        policy = {"mode": mode, "pace_seconds": pace_seconds, "keeps_open": keeps_open, "note": note}
        return ThreadDecision.objects.create(thread=now, act=Act.SET, by=by, **policy)


def recommend(comment: Comment, mark: str, on: bool, *, by: User) -> bool:
    """Pin or pick a comment (`mark`), or let go of it, and keep who did. Returns whether that changed anything.

    Raises `CannotRecommend`.
    """
    do, act = MARKS[mark][on]
    with visibility.locked(comment.thread_id):
        if changed := do(comment):
            ThreadDecision.objects.create(thread_id=comment.thread_id, comment=comment, act=act, by=by)
        return changed


def switch_all(*, closed: bool, read_first: bool, by: User) -> bool:
    """Turn the two switches over all discussions, on every process from its next request on; whether that changed
    anything. Who did it stands in the newsroom's history of the site."""
    with transaction.atomic():
        site = SiteSettings.objects.select_for_update().filter(pk=1).first() or SiteSettings()
        if (site.comments_closed, site.premoderate_all) == (closed, read_first):
            return False
        site.comments_closed, site.premoderate_all = closed, read_first
        site.save()
        log(instance=site, action="wagtail.edit", user=by, content_changed=True)
        return True


def _set_by(thread: Thread) -> int:
    newest = ThreadDecision.objects.filter(thread=thread, act=Act.SET).order_by("-pk")
    return newest.values_list("pk", flat=True).first() or 0


def _standing(thread: Thread, site: SiteSettings) -> str:
    return str(Mode.CLOSED.label if thread.why_closed(site) else Mode(thread.effective_mode).label)
