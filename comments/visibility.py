"""The one door: whoever changes what readers see of a comment goes through here.

Each change locks the thread, then the comments above by id, then the comment: always in this order, so that
writers and moderators wait for each other and never for ever. Counts move here, under that lock, and nowhere else.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import F, Model, OuterRef, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.safestring import SafeString

from civic.lib import markdown, sql
from civic.lib.copying import copy_in
from comments.errors import MoveNotAllowed
from comments.models import Comment, CommentRevision, Guest, HouseRule, Tally, Thread
from comments.models.comments import MOVES, State
from comments.notices import tell_followers


@contextmanager
def locked(thread_id: int) -> Iterator[Thread]:
    """One transaction in which nobody else changes the thread. Readers are not held up.

    Its space is asked for afterwards: a join finds no row at all where the thread moved to another space while this
    waited for the lock.
    """
    with transaction.atomic():
        thread = sql.get(Thread, "WHERE id = %s FOR NO KEY UPDATE", [thread_id])
        if thread is None:
            raise Thread.DoesNotExist
        yield thread


def enter(comment: Comment, state: State, *beside: Model) -> None:
    """Save a new comment in its first state, and `beside` it what is known of it. The caller holds the thread's lock
    (`locked`)."""
    if state not in MOVES[None]:
        raise MoveNotAllowed(f"a comment cannot begin as {state}")
    comment.state = state
    if state == State.PUBLIC:
        comment.published_at = comment.created_at
        comment.shown = True
    tally = Tally(comment=comment, thread_id=comment.thread_id, is_shown_root=comment.is_shown_root)
    sql.insert(comment, tally, *beside)
    if state == State.PUBLIC and _count(comment, +1):
        tell_followers.defer(comment_id=comment.pk)


def enter_many(thread: Thread, comments: list[Comment]) -> None:
    """Save many new comments of one thread that are public at once, in order of their ids: a discussion from elsewhere.

    The caller holds the thread's lock. Ten statements or so, however many there are; every number moves as if each
    had come alone.
    """
    if not comments:
        return
    newly_heard = len({comment.guest_id for comment in comments} - _heard(thread, comments))
    above = Counter(pk for comment in comments for pk in comment.ancestor_ids())
    for comment in comments:
        comment.state, comment.published_at, comment.shown = State.PUBLIC, comment.created_at, True
    copy_in(comments)
    copy_in(
        Tally(
            comment=comment,
            thread=thread,
            is_shown_root=comment.is_shown_root,
            answers=above[comment.pk],
            discussed=above[comment.pk],
        )
        for comment in comments
    )
    _count_above({pk: above[pk] for pk in sorted(above.keys() - {comment.pk for comment in comments})})
    Thread.objects.filter(pk=thread.pk).update(
        comment_count=F("comment_count") + len(comments),
        people_count=F("people_count") + newly_heard,
        version=F("version") + len(comments),
        last_comment_at=Greatest("last_comment_at", max(comment.published_at for comment in comments)),
    )


def move(comment: Comment, to: State, *, rule: HouseRule | None = None) -> Comment:
    """Bring a comment into another state, with all that follows for counts and for what is shown.

    Returns the comment as it is now. Moving it where it already is changes nothing. Raises `MoveNotAllowed`.
    """
    with locked(comment.thread_id):
        _lock_above(comment)
        now = Comment.objects.select_for_update(no_key=True, of=("self",)).select_related("tally").get(pk=comment.pk)
        if now.state == to:
            return now
        if to not in MOVES[State(now.state)]:
            raise MoveNotAllowed(f"comment {now.pk} cannot go from {now.state} to {to}")
        was_public = now.state == State.PUBLIC
        now.edit_waits = _edit_waits(now, to)
        now.state = to
        now.gone_rule = rule if to in (State.REFUSED, State.REMOVED) else None
        is_first_time = to == State.PUBLIC and now.published_at is None
        if is_first_time:
            now.published_at = timezone.now()
        now.shown = to == State.PUBLIC or now.tally.answers > 0
        now.withdrawn_at = timezone.now() if to == State.WITHDRAWN else None
        if was_public:  # what is gone is not recommended; coming back, it is picked again by somebody or not at all
            now.is_pinned = now.is_picked = False
        changed = ["state", "gone_rule", "published_at", "shown", "withdrawn_at", "is_pinned", "is_picked"]
        now.save(update_fields=[*changed, "edit_waits"])
        Tally.objects.filter(comment=now).update(is_shown_root=now.is_shown_root)
        if was_public != (to == State.PUBLIC):
            if _count(now, -1 if was_public else +1) and is_first_time:
                tell_followers.defer(comment_id=now.pk)
        elif now.shown:  # its placeholder says something else from now on
            Thread.objects.filter(pk=now.thread_id).update(version=F("version") + 1)
        return now


def make_public(comment: Comment) -> Comment:
    return move(comment, State.PUBLIC)


def hold(comment: Comment) -> Comment:
    return move(comment, State.IN_REVIEW)


def refuse(comment: Comment, *, rule: HouseRule) -> Comment:
    return move(comment, State.REFUSED, rule=rule)


def remove(comment: Comment, *, rule: HouseRule) -> Comment:
    return move(comment, State.REMOVED, rule=rule)


def withdraw(comment: Comment) -> Comment:
    return move(comment, State.WITHDRAWN)


def replace_text(comment: Comment, body: str, html: SafeString) -> Comment:
    """Put another text in the place of the present one, which is kept. `body` is tidy and judged, `html` its drawing.

    The caller holds the thread's lock, and `comment` is as it was read under it. Votes and answers stay.
    """
    CommentRevision.objects.create(
        comment=comment,
        body=comment.body,
        body_html=comment.body_html,
        render_version=comment.render_version,
        state=CommentRevision.State.REPLACED,
        made_at=comment.edited_at or comment.created_at,
    )
    comment.body, comment.body_html, comment.render_version = body, html, markdown.RENDER_VERSION
    comment.edited_at, comment.edit_waits = timezone.now(), False
    comment.save(update_fields=["body", "body_html", "render_version", "edited_at", "edit_waits"])
    if comment.state == State.PUBLIC:
        Thread.objects.filter(pk=comment.thread_id).update(version=F("version") + 1)
    return comment


def _edit_waits(comment: Comment, to: State) -> bool:
    """Whether a newer text is in the queue after a move: it goes with its comment when that is removed, and comes back
    with it."""
    if to not in (State.PUBLIC, State.IN_REVIEW):
        return False
    was_gone = comment.state in (State.REFUSED, State.REMOVED)
    return comment.revisions.waiting().exists() if was_gone else comment.edit_waits


def _lock_above(comment: Comment) -> None:
    if ids := comment.ancestor_ids():
        list(Comment.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))


# One statement for all numbers, for this is what every post waits for, holding the lock.
_COUNT = """
WITH above AS (
    UPDATE comments_tally SET answers = answers + %(change)s, is_stale = true WHERE comment_id = ANY(%(above)s)
), heard AS (
    SELECT EXISTS (
        SELECT 1 FROM comments_comment
        WHERE thread_id = %(thread)s AND state = 'public' AND {writer} = %(writer)s AND id != %(pk)s
    ) AS elsewhere
)
UPDATE comments_thread SET
    comment_count = comment_count + %(change)s,
    people_count = people_count + CASE WHEN heard.elsewhere THEN 0 ELSE %(change)s END,
    last_comment_at = GREATEST(last_comment_at, %(at)s),
    version = version + 1
FROM heard WHERE id = %(thread)s
RETURNING EXISTS (SELECT 1 FROM comments_comment WHERE id = ANY(%(above)s) AND NOT shown),
          EXISTS (SELECT 1 FROM comments_follow WHERE thread_id = %(thread)s AND rhythm = 'at_once')
"""


def _count(comment: Comment, change: int) -> bool:
    """A comment has become public (+1) or has stopped being so (-1): move every number that says so.

    Returns whether anybody wants letters about the thread at once.
    """
    values = {
        "above": comment.ancestor_ids(),
        "thread": comment.thread_id,
        "pk": comment.pk,
        "writer": comment.member_id or comment.guest_id,
        "change": change,
        "at": comment.published_at if change > 0 else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(writer="member_id" if comment.member_id else "guest_id"), values)
        hidden_above, is_followed = cursor.fetchone()
    if values["above"] and (hidden_above or change < 0):
        _show_above(values["above"], change)
    return is_followed


def _show_above(above: list[int], change: int) -> None:
    """A gone comment has a place on the page for as long as something public stands under it."""
    if change > 0:
        changed = Comment.objects.filter(pk__in=above, shown=False).update(shown=True)
    else:
        empty = Comment.objects.filter(pk__in=above, tally__answers=0).exclude(state=State.PUBLIC)
        changed = empty.update(shown=False)
    if changed:
        root_is_shown = Comment.objects.filter(pk=above[0], shown=True).exists()
        Tally.objects.filter(comment=above[0]).update(is_shown_root=root_is_shown)


def _heard(thread: Thread, comments: list[Comment]) -> set[int]:
    """Which guests among the writers of these have a public comment in the thread. Looks at one comment of each."""
    one = Comment.objects.public().on(thread).filter(guest=OuterRef("pk")).values("pk")[:1]
    guests = Guest.objects.filter(pk__in={comment.guest_id for comment in comments})
    return set(guests.annotate(one=Subquery(one)).exclude(one=None).values_list("pk", flat=True))


def _count_above(more: dict[int, int]) -> None:
    """Comments above, by id, have so many public answers more."""
    if not more:
        return
    list(Tally.objects.select_for_update(no_key=True).filter(comment__in=more).order_by("pk").values_list("pk"))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE comments_tally SET answers = answers + n, is_stale = true "
            "FROM unnest(%s::bigint[], %s::int[]) AS more(id, n) WHERE comment_id = id",
            [list(more), list(more.values())],
        )
    gone = Comment.objects.filter(pk__in=more, shown=False)
    roots = list(gone.roots().values_list("pk", flat=True))
    if gone.update(shown=True):
        Tally.objects.filter(comment__in=roots).update(is_shown_root=True)
