"""Refused and removed words are erased when the time for appeals, courts and dispute bodies is over.

What was decided, by which rule and by whom, and every number stay. An open appeal and what is kept as evidence wait.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from civic.lib.jobs import every
from comments.erasing import erase_refused_edits, erase_words
from comments.models import Comment, CommentRevision
from comments.visibility import locked
from moderation.in_force import GONE
from moderation.models import Act, Appeal, Decision

AT_ONCE = 100  # texts erased under one lock of their thread: some ten statements, however many they are


@every("53 * * * *")
def erase_refused() -> None:
    """Erase what was refused or removed `REFUSED_TEXT_DAYS` ago, and newer texts that were. Thread by thread, in short
    transactions: killed in the middle, the next tick goes on there."""
    for thread_id in _threads(due_comments().values_list("thread_id", flat=True)):
        _in_batches(thread_id, due_comments().filter(thread=thread_id), _erase)
    for thread_id in _threads(due_edits().values_list("comment__thread_id", flat=True)):
        _in_batches(thread_id, due_edits().filter(comment__thread=thread_id), erase_refused_edits)


def due_comments() -> QuerySet[Comment]:
    """Gone comments whose words have been kept for long enough since the last decision about them."""
    decided = Decision.objects.filter(comment=OuterRef("pk")).exclude(act=Act.KEEP).order_by("-pk").values("made_at")
    gone = Comment.objects.filter(state__in=GONE).exclude(body="").not_kept()
    # What came here gone, from another system, was decided by nobody.
    old = gone.annotate(since=Coalesce(Subquery(decided[:1]), "created_at")).filter(since__lt=_before())
    return old.exclude(Exists(_open_appeals(OuterRef("pk"))))


def due_edits() -> QuerySet[CommentRevision]:
    """Newer texts that were refused so long ago. One whose comment is gone goes together with it."""
    decided = Decision.objects.filter(comment=OuterRef("comment"), act=Act.REFUSE_EDIT).order_by("-pk")
    texts = CommentRevision.objects.refused().exclude(comment__state__in=GONE)
    old = texts.annotate(since=Coalesce(Subquery(decided.values("made_at")[:1]), "made_at")).filter(since__lt=_before())
    old = old.filter(comment__in=Comment.objects.not_kept())
    return old.exclude(Exists(_open_appeals(OuterRef("comment"))))


def _before():
    return timezone.now() - timedelta(days=settings.REFUSED_TEXT_DAYS)


def _open_appeals(comment) -> QuerySet[Appeal]:
    return Appeal.objects.filter(decision__comment=comment, state=Appeal.State.OPEN)


def _threads(ids: Iterable[int]) -> list[int]:
    return sorted(set(ids))


def _in_batches(thread_id: int, due: QuerySet, erase: Callable[[list[int]], None]) -> None:
    """What is due is asked again under the lock of the thread: somebody may have put it back, appealed or kept it."""
    while True:
        with locked(thread_id):
            ids = list(due.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
            erase(ids)
        if len(ids) < AT_ONCE:
            return


def _erase(ids: list[int]) -> None:
    erase_words(ids)
    # What its author and moderators said about the words goes with them: it may quote them.
    Appeal.objects.filter(decision__comment__in=ids).exclude(text="", note="").update(text="", note="")
    Decision.objects.filter(comment__in=ids).exclude(note="").update(note="")
