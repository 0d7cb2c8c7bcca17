"""Taking a name off comments, and words out of the tables, so that nothing of either remains.

What was never public goes entirely. What was public stays without a name, or leaves a placeholder where others have
answered, without a word behind it. A living answer stays where it is in each case.
"""

from collections.abc import Collection

from django.db import connection
from django.db.models import F
from django.utils.safestring import SafeString

from comments.models import Comment, CommentOrigin, CommentRevision, Fingerprint, Guest, Screening, Thread
from comments.models.comments import State
from comments.visibility import locked, withdraw

AT_ONCE = 20  # comments withdrawn under one lock of their thread: a tenth of a second for whoever waits to post


def forget_writer(writer: dict[str, int], *, words_go: bool) -> None:
    """Take a writer off all comments; with `words_go` the words too. `writer` is {"member_id": …} or {"guest_id": …}.

    Thread by thread, in short transactions, each of which leaves every count right. Killed in the middle, it goes on
    there when called again. A comment whose words go costs a dozen statements, a thread of others ten in all.
    """
    own = Comment.objects.filter(**writer)
    while threads := sorted(set(own.values_list("thread_id", flat=True))):
        for thread_id in threads:
            _drop_unread(thread_id, own.filter(thread_id=thread_id))
            if words_go:
                _withdraw_all(thread_id, own.filter(thread_id=thread_id))
            _take_name_off(thread_id, own.filter(thread_id=thread_id))


def erase_words(ids: Collection[int]) -> None:
    """Empty gone comments in every table: the text, its earlier texts, what screening quoted, where it came from, what
    it is known again by.

    What screening decided stays as a number. Readers see what they saw before: these comments are not shown, or as
    placeholders. What is kept as evidence stays as it is.
    """
    ids = list(Comment.objects.filter(pk__in=ids).not_kept().values_list("pk", flat=True))
    CommentRevision.objects.filter(comment__in=ids).delete()
    CommentOrigin.objects.filter(comment__in=ids).delete()
    Fingerprint.objects.filter(comment__in=ids).delete()
    Screening.objects.filter(comment__in=ids).update(reasons=[], signals=[])
    Comment.objects.filter(pk__in=ids).update(body="", body_html=SafeString(""), edit_waits=False)


def erase_refused_edits(ids: Collection[int]) -> None:
    """Erase texts that were refused while an older one stands, by id of the revision, and what screening quoted."""
    for refused in CommentRevision.objects.refused().filter(pk__in=ids):
        seen = Screening.objects.filter(comment=refused.comment_id, made_at__lte=refused.made_at).order_by("-pk")[:1]
        Screening.objects.filter(pk__in=list(seen.values_list("pk", flat=True))).update(reasons=[], signals=[])
        refused.delete()


def _drop_unread(thread_id: int, own) -> None:
    """What nobody but moderators has read: gone if nothing was decided about it yet, else an empty row."""
    with locked(thread_id):
        unread = own.filter(published_at=None)
        unread.filter(state__in=(State.UNCONFIRMED, State.IN_REVIEW)).not_kept().delete()
        decided = list(unread)
        for comment in decided:
            withdraw(comment)
        erase_words([comment.pk for comment in decided])


def _withdraw_all(thread_id: int, own) -> None:
    standing = own.exclude(state=State.WITHDRAWN).order_by("pk")
    while batch := list(standing[:AT_ONCE]):
        with locked(thread_id):
            for comment in batch:
                withdraw(comment)
            erase_words([comment.pk for comment in batch])


def _take_name_off(thread_id: int, own) -> None:
    """Put a nameless guest in the writer's place, for the whole thread in one step: it is one person before and after,
    so that the number of people in it is right at any moment."""
    with locked(thread_id):
        ids = list(own.values_list("pk", flat=True))
        if not ids:
            return
        erase_words(own.filter(state=State.WITHDRAWN).values_list("pk", flat=True))
        CommentOrigin.objects.filter(comment__in=ids).delete()
        Fingerprint.objects.filter(comment__in=ids).delete()
        CommentRevision.objects.filter(comment__in=own.not_kept()).delete()
        _forget_counts(ids)
        Comment.objects.filter(pk__in=ids).update(member=None, guest=Guest.nameless(), edit_waits=False)
        Thread.objects.filter(pk=thread_id).update(version=F("version") + 1)


# Beside what the spam head said stands how many comments of its writer stood and how many did not: numbers that rise
# by one from comment to comment, by which those of one nameless person would be known again.
_FORGET_COUNTS = """
UPDATE comments_screening SET signals = (
    SELECT jsonb_agg(signal - 'writer' ORDER BY place)
    FROM jsonb_array_elements(signals) WITH ORDINALITY AS noticed (signal, place)
) WHERE comment_id = ANY(%s) AND signals @? '$[*].writer'
"""


def _forget_counts(ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_COUNTS, [ids])
