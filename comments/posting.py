"""Posting a comment: gate, screening, and the door if it may be public at once."""

import logging
from dataclasses import dataclass, replace
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone

import screening
from civic.lib import limits, markdown
from civic.lib.site import SiteSettings
from comments.confirming import ask_to_confirm
from comments.drafts import draft_of, tidy
from comments.errors import CommentingClosed, MembersOnly, NothingToAnswer, TextRefused, TooFast
from comments.models import Comment, CommentOrigin, Fingerprint, Screening, Thread
from comments.models.comments import NEXT_ID, State
from comments.models.spaces import Mode
from comments.pace import how_long
from comments.prompting import ask, asked_before, count_answer, may_ask, rules_to_ask_about
from comments.proving import proof_for
from comments.visibility import enter, locked
from comments.writers import Member, Visitor, Writer, check_may_write, read_warnings

logger = logging.getLogger(__name__)

# The same words again within this time are a second click, or a reload.
TWIN_HOURS = 24
# Somebody without a key is the same person when name, address, words and prefix agree for this long.
TWIN_MINUTES_WITHOUT_KEY = 10


@dataclass(frozen=True)
class Origin:
    """Where a post comes from: the hash of the address prefix and the family of the browser."""

    prefix_hash: bytes
    agent: str = ""


def post_comment(
    *,
    thread: Thread,
    writer: Writer,
    body: str,
    parent: Comment | None,
    origin: Origin,
    site: SiteSettings | None = None,
    acknowledge: int | None = None,
    prompted: str | None = None,
    solution: str = "",
) -> Comment:
    """Screen a reader's comment and keep it. `site` where the caller knows it already; `acknowledge` is the newest
    warning by moderators that the writer says to have read. `prompted` is the mark of an earlier question
    (`prompting.py`), "" where somebody could be asked and was not, None where nobody can answer. `solution` is a solved
    sum (`proving.py`), "" for none.

    Returns the saved comment: public, waiting for a moderator, or waiting for the address to be confirmed; the
    first one again when the same text is sent twice. Raises a `Refusal`: `CommentingClosed`, `MembersOnly`,
    `Suspended`, `WarningUnread`, `NothingToAnswer`, `TextRefused` or `TooFast` (with `retry_after` in seconds);
    `LookAgain`, which is a question, where somebody can answer it.
    """
    body = tidy(body)
    site = site or SiteSettings.current()
    check_open(thread, writer, site)
    read_warnings(check_may_write(writer), acknowledge)
    proof = proof_for(thread, solution)
    draft = draft_of(thread, writer, body, site, prefix=origin.prefix_hash, proof=proof and bool(proof.mark))
    verdict = screening.screen(draft)  # no lock is held while we think
    if verdict.outcome == "refuse":
        raise TextRefused(f"Your text is kept, but {verdict.reasons[0]}.")
    asked = asked_before(prompted, thread, writer)
    if prompted is not None and not asked and (rules := rules_to_ask_about(thread, draft, verdict)):
        found = _twin_or_room(thread, writer, body, parent, origin)
        if isinstance(found, Comment):
            return found  # the second half of a double click: its own first half makes it a repetition
        if may_ask(writer, origin.prefix_hash):
            ask(thread, writer, body, rules)
    html = markdown.render(body)

    space = thread.space
    with locked(thread.pk) as thread:
        if thread.space_id == space.pk:
            thread.space = space  # as it was a moment ago
        check_open(thread, writer, site)  # once more: it may have closed while we thought
        found = _twin_or_room(thread, writer, body, parent, origin)
        if isinstance(found, Comment):
            return found
        _check_pace(thread, writer)
        if isinstance(writer, Visitor):
            _check_flood(origin)
        if draft.proof and not proof.counts():
            verdict = screening.screen(replace(draft, proof=False))  # rare: somebody sends one sum with many texts
        new = {"pk": found, "thread": thread, "parent": parent, "body": body, "body_html": html}
        comment = Comment.write(**new, priority=verdict.priority, **writer.keep())
        whence = CommentOrigin(comment=comment, prefix_hash=origin.prefix_hash, agent=origin.agent)
        beside = [Screening.of(comment, verdict), whence, Fingerprint.of(comment, body)]
        enter(comment, _first_state(comment, verdict), *filter(None, beside))
        if comment.state == State.UNCONFIRMED:
            ask_to_confirm(comment.guest, origin.prefix_hash)
    count_answer(asked, body)
    logger.info("comment %s in thread %s: %s", comment.pk, thread.pk, comment.state)
    return comment


def _first_state(comment: Comment, verdict: screening.Verdict) -> State:
    if comment.guest and not comment.guest.is_confirmed:
        return State.UNCONFIRMED
    return State.PUBLIC if verdict.outcome == "publish" else State.IN_REVIEW


def check_open(thread: Thread, writer: Writer, site: SiteSettings) -> None:
    if why := thread.why_closed(site):
        raise CommentingClosed(why)
    if thread.effective_mode == Mode.MEMBERS and not isinstance(writer, Member):
        raise MembersOnly


# All three are asked under the lock, for which others wait: in one statement.
_TWIN_OR_ROOM = f"""
SELECT (
    SELECT id FROM comments_comment
    WHERE {{writer}} AND created_at > %(since)s AND thread_id = %(thread)s AND parent_id IS NOT DISTINCT FROM %(parent)s
      AND body = %(body)s AND state != 'withdrawn'
    ORDER BY id LIMIT 1
), %(parent)s::bigint IS NULL OR EXISTS (
    SELECT 1 FROM comments_comment WHERE id = %(parent)s AND thread_id = %(thread)s AND state = 'public'
), {NEXT_ID}
"""  # noqa: S608 - our own words


def _twin_or_room(thread: Thread, writer: Writer, body: str, parent: Comment | None, origin: Origin) -> Comment | int:
    """The same words of the same writer in the same place, sent a moment ago; the id for a new comment otherwise.

    Raises `NothingToAnswer` when what is answered was removed while the answer was written.
    """
    whose, who = writer.selects
    since = timezone.now() - timedelta(hours=TWIN_HOURS)
    values = {"thread": thread.pk, "parent": parent and parent.pk, "body": body, "since": since, "writer": who}
    with connection.cursor() as cursor:
        cursor.execute(_TWIN_OR_ROOM.format(writer=whose), values)
        twin, is_answerable, next_id = cursor.fetchone()
    if twin:
        return Comment.objects.get(pk=twin)
    if isinstance(writer, Visitor) and (twin := _twin_without_key(thread, writer, body, parent, origin)):
        return twin
    if not is_answerable:
        raise NothingToAnswer
    return next_id


def _twin_without_key(thread: Thread, writer: Visitor, body: str, parent: Comment | None, origin: Origin):
    """The second half of a double click comes before the first half's cookie. A stranger would have to send the same
    unpublished words with the same name and address from the same house."""
    if writer.known:
        return None
    since = timezone.now() - timedelta(minutes=TWIN_MINUTES_WITHOUT_KEY)
    same = Comment.objects.on(thread).filter(parent=parent, body=body, state=State.UNCONFIRMED, created_at__gt=since)
    known = {"guest__name": writer.name, "guest__email__iexact": writer.email}
    return same.filter(origin__prefix_hash=origin.prefix_hash, **known).first()


def _check_pace(thread: Thread, writer: Writer) -> None:
    """Slow mode counts what was said in this discussion; the common pace, where it is the shorter, in all of them."""
    pace = thread.pace
    everywhere = min(pace, settings.COMMENT_PACE_SECONDS)
    own = writer.own_comments()
    wait = max(_wait(own, everywhere), _wait(own.filter(thread=thread), pace) if pace > everywhere else 0)
    if wait:
        raise TooFast(f"Your text is safe. You can post it in {how_long(wait)}.", retry_after=wait)


def _wait(comments, pace: int) -> int:
    """Seconds until the newest of these comments is `pace` seconds old."""
    if not pace:
        return 0
    since = timezone.now() - timedelta(seconds=pace)
    last = comments.filter(created_at__gt=since).order_by("-created_at").values_list("created_at", flat=True).first()
    return max(1, round((last - since).total_seconds())) if last else 0


def _check_flood(origin: Origin) -> None:
    wait = limits.take(
        "comment", origin.prefix_hash, times=settings.COMMENTS_PER_PREFIX_HOUR, within=timedelta(hours=1)
    )
    if wait:
        raise TooFast(
            f"Your text is safe. Very many comments came from your network; try again in {how_long(wait)}.",
            retry_after=wait,
        )
