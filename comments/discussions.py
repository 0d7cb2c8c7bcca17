"""What those above ask of discussions: keep one for an article, and what readers said, for the front page."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.text import Truncator

from civic.lib.html import plain_text
from comments.models import Comment, HouseRule, Space, Thread
from comments.models.spaces import Concern
from comments.visibility import locked

# A starter set; a paper rewrites them in the newsroom.
STARTER_RULES = [
    ("Say who you are, or pick one name and keep it.", "No steady name", ""),
    ("Stay with the subject of the article.", "Off the subject", ""),
    ("Argue with the idea. No guesses about a person’s motives.", "Guess about motives", ""),
    ("No insults, no threats, no contempt for groups of people.", "Insult or contempt", Concern.SPEECH),
    ("No private facts about people who have no public office.", "Private fact", Concern.PRIVACY),
    ("No advertising, and no text copied from elsewhere.", "Advertising, copy", Concern.ADVERTISING),
]


VOICES_TRIED = 200


@dataclass(frozen=True)
class Voice:
    """A reader's words on the front page."""

    excerpt: str
    name: str
    title: str
    url: str
    thread: Thread  # read together with the words


def setup() -> None:
    """The default space and, where there are none, the first house rules. Runs twice without harm."""
    Space.default()
    if not HouseRule.objects.exists():
        HouseRule.objects.bulk_create(
            HouseRule(number=n, text=text, short=short, concerns=concerns)
            for n, (text, short, concerns) in enumerate(STARTER_RULES, start=1)
        )


def keep_discussion(
    thread: Thread | None,
    *,
    address: str,
    title: str,
    space: Space | None = None,
    mode: str = "",
    closes_at: datetime | None = None,
    visible_until: datetime | None = None,
    indexable: bool = True,
    invitation: str = "",
) -> Thread:
    """Make the thread of something that is published, or tell it that what it discusses has changed.

    `space` is the policy it shares with others, the default one where none is given. `mode` is one of open,
    premoderated, members, closed, or "" for that of the space.
    """
    known = {
        "address": address,
        "title": title,
        "space": space or Space.default(),
        "mode": mode,
        "closes_at": closes_at,
        "visible_until": visible_until,
        "indexable": indexable,
        "invitation": invitation,
    }
    now = timezone.now()
    if thread is None:
        return Thread.objects.create(**known, mode_since=now)
    with locked(thread.pk) as before:
        if before.mode != mode:
            known["mode_since"] = now
        Thread.objects.filter(pk=thread.pk).update(**known, version=F("version") + 1)
    thread.refresh_from_db()
    return thread


def bring_into(threads, space: Space | None) -> int:
    """Move discussions (a queryset of threads) into a space, the default one for None; how many. Those that are there
    already are left alone. One UPDATE."""
    space = space or Space.default()
    return threads.exclude(space=space).update(space=space, version=F("version") + 1)


def picked_voice(days: int = 30) -> Voice | None:
    """The newest comment that moderators picked, where its thread may be read. One query."""
    since = timezone.now() - timedelta(days=days)
    picked = Comment.objects.public().filter(
        is_picked=True, published_at__gt=since, thread__in=Thread.objects.visible()
    )
    comment = picked.with_writers().select_related("thread").order_by("-published_at").first()
    return _voice(comment, words=45) if comment else None


def voice_on(thread_id: int | None) -> Voice | None:
    """A picked comment among the newest conversations of one thread, else the one most answered. One query."""
    if thread_id is None:
        return None
    # Only the newest: sorting all of them by their answers would cost more the longer the thread.
    roots = Comment.objects.filter(thread_id=thread_id, shown=True).roots().order_by("-created_at", "-pk")
    newest = Comment.objects.public().filter(pk__in=roots.values("pk")[:VOICES_TRIED])
    comment = (
        newest.with_writers().select_related("thread").order_by("-is_picked", "-tally__answers", "-created_at").first()
    )
    return _voice(comment, words=24) if comment else None


def _voice(comment: Comment, words: int) -> Voice:
    first = plain_text(comment.body_html).split("\n\n")[0]
    return Voice(
        excerpt=Truncator(first).words(words, truncate=" …"),
        name=comment.writer_name,
        title=comment.thread.title,
        url=comment.get_absolute_url(),
        thread=comment.thread,
    )
