"""Comments in letters: which may be quoted, and in which words. Asked anew whenever a letter is drawn.

What is public on the site may be quoted in the paper's letters, unless its writer would rather not: a switch among a
member's settings, a button for guests. Nothing of a comment is kept in a letter but its number, so whatever is taken
down, taken back or not to be quoted any more is in no letter drawn afterwards.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Length
from django.utils.text import Truncator

from civic.lib.html import plain_text
from comments.models import Comment, Guest, Thread
from comments.readers import Reader

WORDS = 60  # of a comment in a letter; the rest is one click away
VOTES_AT_LEAST = 3  # before readers have found a comment good
BEST_AT_LEAST = 600_000  # millionths, as in `Tally.best`: clearly more than one half agrees
LENGTH_AT_LEAST = 40  # characters: "Well said!" is loved and says nothing in a letter
_SENTENCE_ENDS = re.compile(r"[.!?][”’\"')]*(?=\s)")
TRIED_FOR_ONE = 20  # more candidates than places, for only one is taken of each writer and discussion


@dataclass(frozen=True)
class Quotation:
    """A reader's words, ready for a letter. `url` is a path of ours."""

    comment_id: int
    text: str
    name: str
    title: str
    url: str


def quotable() -> QuerySet[Comment]:
    """Public comments whose writers are still here and mind no quotation, in discussions that may be read."""
    by_member = Q(member__is_active=True, member__may_be_quoted=True)
    # One key may have several names; whoever said no under one of them means all.
    said_no = Guest.objects.filter(key=OuterRef("guest__key"), may_be_quoted=False)
    by_guest = Q(guest__isnull=False, guest__leaving="") & ~Q(guest__name="") & ~Exists(said_no)
    return Comment.objects.public().filter(by_member | by_guest, thread__in=Thread.objects.visible()).exclude(body="")


def quotations(ids: Iterable[int]) -> dict[int, Quotation]:
    """Those of these comments that may be quoted now, by id. One query; none for no ids."""
    ids = set(ids)
    if not ids:
        return {}
    found = quotable().filter(pk__in=ids).with_writers().select_related("thread")
    return {comment.pk: _quotation(comment) for comment in found}


def marks(ids: Iterable[int]) -> tuple:
    """Equal as long as `quotations` gives the same for these comments, and cheaper. One query; none for no ids."""
    ids = set(ids)
    if not ids:
        return ()
    said = ("pk", "edited_at", "body_html", "member__display_name", "guest__name", "thread__title")
    return tuple(quotable().filter(pk__in=ids).order_by("pk").values_list(*said))


def best_between(
    since: datetime, until: datetime, *, threads: QuerySet[Thread] | None = None, at_most: int
) -> list[int]:
    """Ids of the best comments that became public in a time, the best first: those that moderators picked, then
    those with which clearly most readers agree. One of each discussion and each writer. One query."""
    if at_most <= 0:
        return []
    good = Q(tally__ranked_votes__gte=VOTES_AT_LEAST, tally__best__gte=BEST_AT_LEAST, length__gte=LENGTH_AT_LEAST)
    found = (
        quotable()
        .annotate(length=Length("body"))
        .filter(Q(is_picked=True) | good, published_at__gt=since, published_at__lte=until)
        .order_by("-is_picked", "-tally__best", "-published_at", "-pk")
    )
    if threads is not None:
        found = found.filter(thread__in=threads)
    chosen, taken = [], set()
    for pk, *marks in found.values_list("pk", "thread_id", "member_id", "guest__key")[: at_most * TRIED_FOR_ONE]:
        thread, member, guest = marks
        whose = {("thread", thread), ("writer", member or guest)}
        if not whose & taken:
            taken |= whose
            chosen.append(pk)
    return chosen[:at_most]


def newest_picks(at_most: int) -> list[Quotation]:
    """What moderators picked, the newest first. One query."""
    picked = quotable().filter(is_picked=True).with_writers().select_related("thread")
    return [_quotation(comment) for comment in picked.order_by("-published_at", "-pk")[:at_most]]


def may_be_quoted(reader: Reader) -> bool | None:
    """How somebody's switch stands; None for whoever wrote nothing here."""
    if reader.member:
        return reader.member.may_be_quoted
    answers = Guest.objects.filter(key=reader.guest_key).values_list("may_be_quoted", flat=True)
    answers = list(answers) if reader.guest_key else []
    return all(answers) if answers else None


def let_quote(reader: Reader, allowed: bool) -> None:
    """Turn a guest's switch, for all names under the same key. A member's is among the settings."""
    if reader.guest_key and not reader.member:
        Guest.objects.filter(key=reader.guest_key).update(may_be_quoted=allowed)


def _quotation(comment: Comment) -> Quotation:
    words = " ".join(plain_text(comment.body_html).split())
    return Quotation(
        comment_id=comment.pk,
        text=_shortened(words),
        name=comment.writer_name,
        title=comment.thread.title,
        url=comment.get_absolute_url(),
    )


def _shortened(words: str) -> str:
    """At most `WORDS` of them, to the end of a sentence where that leaves most of them."""
    cut = Truncator(words).words(WORDS, truncate="")
    if cut == words:
        return words
    ends = [end.end() for end in _SENTENCE_ENDS.finditer(cut) if end.end() > len(cut) * 0.6]
    return f"{cut[: ends[-1]] if ends else cut} …"
