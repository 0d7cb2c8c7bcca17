"""Changing what one wrote: other words in a comment, screened again, and a newer text that waits for a moderator."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils.safestring import SafeString

import screening
from accounts.models import Suspension
from civic.lib import limits, markdown
from civic.lib.site import SiteSettings
from comments import visibility
from comments.drafts import draft_of, mark_of, tidy
from comments.errors import ChangedElsewhere, NotEditable, TextRefused, TooFast
from comments.models import Comment, CommentRevision, Fingerprint, Screening
from comments.models.comments import EDITABLE, State
from comments.pace import how_long
from comments.posting import check_open
from comments.proving import proof_of
from comments.visibility import locked
from comments.writers import Member, Writer, check_may_write, read_warnings, writer_of

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class NewerText:
    """A text that waits while an older one stands, and why it waits, in plain words."""

    body: str
    html: SafeString
    reasons: list[str]


def edit_comment(comment: Comment, *, body: str, seen: str = "", acknowledge: int | None = None) -> Comment:
    """Put other words into a comment, on behalf of its writer. The whole screening runs again.

    Returns the comment as it is now. What is public and now calls for a person stays as it stood, with `edit_waits`;
    what waits itself goes on waiting, with the new words. The same words change nothing.
    `seen` is the `mark_of` the text that the writer had before them, "" for whatever is there; `acknowledge` the newest
    warning by moderators that they say to have read.
    Raises a `Refusal`: `NotEditable`, `ChangedElsewhere`, `CommentingClosed`, `MembersOnly`, `Suspended`,
    `WarningUnread`, `TextRefused` or `TooFast` (with `retry_after` in seconds).
    """
    body = tidy(body)
    writer, site, warnings = check_may_edit(comment)
    read_warnings(warnings, acknowledge)
    _check_flood(writer)
    draft = draft_of(comment.thread, writer, body, site, comment=comment, proof=proof_of(comment))
    verdict = screening.screen(draft)  # no lock is held while we think
    if verdict.outcome == "refuse":
        raise TextRefused(f"Your text is kept, but {verdict.reasons[0]}.")
    html = markdown.render(body)

    with locked(comment.thread_id) as thread:
        now = _fresh(comment)
        _check_editable(now)  # once more: it may be gone, and the discussion closed, since we thought
        check_open(thread, writer, site)
        newest = newest_text(now)
        if body == newest:
            return now
        if seen and seen != mark_of(newest):
            raise ChangedElsewhere
        Screening.of(now, verdict).save()
        Fingerprint.keep(now, body)
        _write(now, body, html, verdict)
    logger.info("comment %s edited: %s%s", now.pk, now.state, ", the edit waits" if now.edit_waits else "")
    return now


def check_may_edit(comment: Comment) -> tuple[Writer, SiteSettings, list[Suspension]]:
    """The gate, for the writer of a comment. Returns what it had to look up, with the warnings that wait to be read;
    raises what `edit_comment` does."""
    writer, site = writer_of(comment), SiteSettings.current()
    _check_editable(comment)
    check_open(comment.thread, writer, site)
    return writer, site, check_may_write(writer)


def newest_text(comment: Comment) -> str:
    """What its writer said last: the text that waits, or else the one that stands."""
    waiting = comment.revisions.waiting().first() if comment.edit_waits else None
    return waiting.body if waiting else comment.body


def newer_texts(comments: list[Comment]) -> dict[int, NewerText]:
    """What waits, by id of the comment. For its writer and for moderators. Two queries, or none."""
    pks = [comment.pk for comment in comments if comment.edit_waits]
    if not pks:
        return {}
    reasons = Screening.newest_reasons(pks)
    waiting = CommentRevision.objects.waiting().filter(comment__in=pks)
    return {w.comment_id: NewerText(w.body, w.body_html, reasons.get(w.comment_id, [])) for w in waiting}


def publish_edit(comment: Comment) -> Comment:
    """A moderator lets the newer text stand. Raises `NotEditable` when none waits (any more)."""
    with locked(comment.thread_id):
        now, waiting = _with_waiting(comment)
        waiting.delete()
        return visibility.replace_text(now, waiting.body, markdown.render(waiting.body))


def refuse_edit(comment: Comment) -> Comment:
    """A moderator leaves the older text standing. Raises `NotEditable` when no newer one waits (any more)."""
    with locked(comment.thread_id):
        now, waiting = _with_waiting(comment)
        waiting.state = CommentRevision.State.REFUSED
        waiting.save(update_fields=["state"])
        return _let_go(now)


def publish_refused_edit(comment: Comment) -> Comment:
    """A second look finds that the text refused last may stand. Raises `NotEditable` when that is not to be had."""
    with locked(comment.thread_id):
        now = _fresh(comment)
        refused = now.revisions.refused().order_by("-pk").first()
        if now.state != State.PUBLIC or now.edit_waits or refused is None:
            raise NotEditable("The refused text cannot take its place any more.")
        refused.delete()
        return visibility.replace_text(now, refused.body, markdown.render(refused.body))


def forget_edit(comment: Comment) -> Comment:
    """Its writer would rather leave the older text standing, at any time. None waits: nothing changes."""
    with locked(comment.thread_id):
        now = _fresh(comment)
        now.revisions.waiting().delete()
        return _let_go(now)


def _fresh(comment: Comment) -> Comment:
    """The comment as it is now, for whoever holds the lock on its thread."""
    return Comment.objects.select_for_update(no_key=True, of=("self",)).get(pk=comment.pk)


def _check_editable(comment: Comment) -> None:
    if comment.state == State.WITHDRAWN:
        raise NotEditable("You have taken it back.")
    if comment.state not in EDITABLE:
        raise NotEditable(f"A moderator has {comment.get_state_display()} it.")
    if not comment.is_editable:
        raise NotEditable(
            f"You can change a comment for {settings.COMMENT_EDIT_MINUTES} minutes after you sent it. "
            "This one stays as it is; what you want to add, you can say in an answer to it."
        )


def _check_flood(writer: Writer) -> None:
    """Not the pace of posting: what one mends is most often what one sent a moment ago."""
    who = f"member {writer.user.pk}" if isinstance(writer, Member) else f"guest {writer.key}"
    if wait := limits.take("edit", who, times=settings.COMMENT_EDITS_PER_HOUR, within=timedelta(hours=1)):
        raise TooFast(
            f"Your text is safe. You have changed your comments very often; you can again in {how_long(wait)}.",
            retry_after=wait,
        )


def _write(comment: Comment, body: str, html: SafeString, verdict: screening.Verdict) -> None:
    """Under the lock. What was waiting until now is no longer what the writer wants to say."""
    comment.revisions.waiting().delete()
    if body == comment.body:
        _let_go(comment)
    elif comment.state == State.PUBLIC and _needs_a_person(comment, verdict):
        _keep_waiting(comment, body, html, verdict.priority)
    else:
        if comment.state == State.IN_REVIEW:
            _raise_priority(comment, verdict.priority)
        visibility.replace_text(comment, body, html)


def _needs_a_person(comment: Comment, verdict: screening.Verdict) -> bool:
    """What moderators recommend, they have read: other words under their mark they read first."""
    return verdict.outcome == "hold" or comment.is_picked or comment.is_pinned


def _keep_waiting(comment: Comment, body: str, html: SafeString, priority: int) -> None:
    CommentRevision.objects.create(comment=comment, body=body, body_html=html, state=CommentRevision.State.WAITING)
    comment.edit_waits = True
    comment.save(update_fields=["edit_waits"])
    _raise_priority(comment, priority)


def _raise_priority(comment: Comment, priority: int) -> None:
    """Other words never make a comment less urgent than it was."""
    if priority > comment.priority:
        comment.priority = priority
        comment.save(update_fields=["priority"])


def _with_waiting(comment: Comment) -> tuple[Comment, CommentRevision]:
    now = _fresh(comment)
    waiting = now.revisions.waiting().first()
    if waiting is None or not now.edit_waits:
        raise NotEditable("No newer text waits any more.")
    return now, waiting


def _let_go(comment: Comment) -> Comment:
    comment.edit_waits = False
    comment.save(update_fields=["edit_waits"])
    return comment
