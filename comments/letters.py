"""Letters to followers. One letter tells all that is new, however many comments, follows or jobs that concerns.

The queue is `Follow.due_at`. A worker takes a person by an advisory lock on the address, looks at what is public at
that moment, speaks to the mail server and moves `told_until` along, all in one transaction. Two workers cannot both
write to somebody; one that is killed leaves the row due. Killed between the server's "yes" and the commit it writes
again: for single letters we prefer that to a letter that never comes.
"""

import logging
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, reduce
from operator import or_
from smtplib import SMTPRecipientsRefused
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.db import connection as database
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Greatest, Lower
from django.utils import timezone

from accounts.models import Suspension, User
from civic.lib import tokens
from civic.lib.html import plain_text
from civic.lib.mail import send_letter
from civic.lib.site import SiteSettings
from comments.following import leave_url
from comments.models import Comment, Follow, Guest, Mute, Rhythm, Thread
from comments.models.comments import past

logger = logging.getLogger(__name__)

BATCH = 100  # letters between two looks at what else waits in the queue of jobs
PACE = timedelta(minutes=settings.FOLLOW_PACE_MINUTES)
TRY_AGAIN = timedelta(minutes=30)  # and twice as long after each further try
QUOTED_AT_ONCE, QUOTED_DAILY, THREADS_DAILY = 10, 4, 15  # what a letter quotes; of the rest it says how much it is
WORDS_QUOTED = 90


# --- what is due ---


def mark_due(comment: Comment) -> int:
    """A comment has become public: letters about it are due, at once or when the follower's pause is over; how many.

    One statement. Those who are due already are left alone: their letter will tell of this comment, too.
    """
    concerned = (
        Follow.objects.able()
        .concerning(comment)
        .filter(rhythm=Rhythm.AT_ONCE, due_at=None, told_until__lt=comment.published_at)
    )
    if comment.member_id:
        concerned = concerned.exclude(member=comment.member_id)
    return concerned.update(due_at=_after_pause())


def mark_daily(now: datetime | None = None) -> int:
    """The daily letters of this morning are due, where there may be something to tell; how many."""
    due = Follow.objects.able().filter(
        rhythm=Rhythm.DAILY,
        due_at=None,
        told_until__lt=last_morning(now),
        thread__last_comment_at__gt=F("told_until"),
    )
    return due.update(due_at=now or timezone.now())


def last_morning(now: datetime | None = None) -> datetime:
    """The hour of the daily letter, today or yesterday, by the clock of the site. The letter tells what was published
    before it; the next one tells the rest."""
    with timezone.override(SiteSettings.current().zone):
        local = timezone.localtime(now or timezone.now())
        morning = local.replace(hour=settings.DAILY_LETTER_HOUR, minute=0, second=0, microsecond=0)
        return morning if morning <= local else morning - timedelta(days=1)


def _after_pause() -> Greatest:
    """Now, or as long after the last letter as the pause lasts. (In PostgreSQL `greatest` passes over what is null.)"""
    return Greatest(timezone.now(), F("written_at") + PACE)


# --- writing ---


def write_due() -> bool:
    """Write a batch of the letters that are due; whether more may wait. Raises when the mail server is away."""
    due = list(Follow.objects.due().order_by("due_at", "pk").values_list("pk", flat=True)[:BATCH])
    if not due:
        return False
    mail = get_connection()
    mail.open()
    try:
        for pk in due:
            _write_or_put_off(pk, mail)
    finally:
        mail.close()
    return len(due) == BATCH


def _write_or_put_off(pk: int, mail) -> None:
    """One person's trouble must not stop everybody's letters: they are tried again later, and others go on."""
    try:
        told = _write(pk, mail)
    except OSError as error:  # what smtplib raises, too
        logger.warning("follow %s: the letter could not be sent (%s)", pk, type(error).__name__)
        _put_off(pk)
        mail.close()
        mail.open()
    except Exception:
        _put_off(pk)
        raise
    else:
        _look_again(told)


def _write(pk: int, mail) -> list[int]:
    """Write to the person of a follow all that is due there; the ids of the follows that this concerned."""
    with transaction.atomic():
        if (address := _address_of(pk)) is None or not _alone_with(address):
            return []
        person = Person(address)
        first = Follow.objects.due().filter(pk=pk).first()  # once more, now that nobody else writes to them
        if first is None:
            return []
        follows = person.follows_beside(first)
        letter = Letter(person, follows, daily=first.rhythm == Rhythm.DAILY)
        if person.may_hear and letter.talks:
            try:
                letter.send(mail)
            except SMTPRecipientsRefused as error:
                if any(code < 500 for code, _ in error.recipients.values()):
                    raise
                logger.info("follow %s: the mail server takes no letters to this address", pk)
        _told(letter)
    return [follow.pk for follow in follows]


def _told(letter: "Letter") -> None:
    now = timezone.now()
    for follow in letter.follows:
        until = max(follow.told_until, letter.until(follow))
        sent = {"written_at": now, "tries": 0} if letter.is_sent else {}
        Follow.objects.filter(pk=follow.pk).update(told_until=until, due_at=None, **sent)


def _look_again(told: list[int]) -> None:
    """What became public while the letter was on its way found its follower due already, and marked nothing."""
    missed = Follow.objects.filter(
        pk__in=told, rhythm=Rhythm.AT_ONCE, due_at=None, thread__last_comment_at__gt=F("told_until")
    )
    if told:
        missed.update(due_at=_after_pause())


def _put_off(pk: int) -> None:
    """Until later, or for good: a mailbox that is full today may be empty tomorrow; one that stays full is left
    alone."""
    follow = Follow.objects.filter(pk=pk).first()
    if follow is None:
        return
    later = timezone.now() + TRY_AGAIN * 2**follow.tries
    follow.tries += 1
    if follow.has_failed:
        logger.warning("follow %s: no letter could be sent in %s tries, no more are written", pk, follow.tries)
    Follow.objects.filter(pk=pk).update(tries=follow.tries, due_at=None if follow.has_failed else later)


def _address_of(pk: int) -> str | None:
    """The address of whoever follows, in small letters; None when there is nobody to write to."""
    follow = Follow.objects.able().due().filter(pk=pk).select_related("member", "guest").first()
    if follow is None:
        Follow.objects.filter(pk=pk).update(due_at=None)
        return None
    return (follow.member or follow.guest).email.lower()


def _alone_with(address: str) -> bool:
    """Whether no other worker is just writing to this address; holds until the transaction ends."""
    number = int.from_bytes(tokens.fingerprint("follow-letter", address)[:8], signed=True)
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return cursor.fetchone()[0]


# --- whom, and what ---


class Person:
    """Everybody who has proven one address: a member, and guests under whatever name. They get one letter."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.member = User.objects.active().annotate(address=Lower("email")).filter(address=address).first()
        guests = list(Guest.objects.confirmed().with_address(address).order_by("pk"))
        self.guests = [guest.pk for guest in guests]
        self.guest = guests[-1] if guests else None
        self.mailbox = (self.member or self.guest).email  # as they write it: some servers tell capitals apart

    def follows_beside(self, first: Follow) -> list[Follow]:
        """With which others of theirs a follow shares a letter: the daily ones that are due, or those of its thread."""
        theirs = Follow.objects.filter(Q(member=self.member, guest=None) | Q(guest__in=self.guests))
        theirs = theirs.filter(rhythm=first.rhythm).select_related("thread", "branch")
        theirs = theirs.due() if first.rhythm == Rhythm.DAILY else theirs.filter(thread=first.thread_id)
        return list(theirs.order_by("thread", "pk"))

    @property
    def may_hear(self) -> bool:
        """Nobody who may not speak here is written to about what others say, as a member or as a guest. What is decided
        about themselves, letters of their own tell."""
        whose = Q(address_hash__in=tokens.fingerprints("address", self.address))
        if self.member:
            whose |= Q(member=self.member)
        kinds = (Suspension.Kind.SUSPEND, Suspension.Kind.BAN)
        return not Suspension.objects.filter(whose, kind__in=kinds, is_unconfirmed=False).in_force().exists()

    def wants(self, comments):
        """Without their own words, and without those of people whom they have muted."""
        comments = comments.exclude(guest__in=self.guests)
        if self.member is None:
            return comments
        muted = Mute.objects.filter(by=self.member)
        return (
            comments.exclude(member=self.member)
            .exclude(member__in=muted.exclude(member=None).values("member"))
            .exclude(guest__in=muted.exclude(guest=None).values("guest"))
        )

    def wrote(self, comment: Comment | None) -> bool:
        if comment is None:
            return False
        return comment.guest_id in self.guests or (self.member is not None and comment.member_id == self.member.pk)

    @property
    def own_page(self) -> str:
        """Where they see all that they follow: members by signing in, guests by a link that only they have."""
        if self.member:
            return f"{settings.SITE_URL}/me/follows/"
        return f"{settings.SITE_URL}/discuss/by-letter/{self.guest.letter_token()}/follows/"


@dataclass
class Talk:
    """What a letter says of one discussion: `count` new comments, the first of them in `quotes`."""

    thread: Thread
    count: int
    quotes: list["Quote"]

    @property
    def more(self) -> int:
        return self.count - len(self.quotes)

    @property
    def said(self) -> str:
        return f"{self.count} new comment{'' if self.count == 1 else 's'}"

    @property
    def url(self) -> str:
        return f"{settings.SITE_URL}{self.thread.get_absolute_url()}"


@dataclass
class Quote:
    name: str
    words: str
    answers_you: bool
    answers: str
    url: str


@dataclass
class Letter:
    """What is new for a person in these follows, as it is public now."""

    person: Person
    follows: list[Follow]
    daily: bool
    is_sent: bool = False
    _until: dict[int, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        morning = last_morning() if self.daily else None
        for follow in self.follows:
            self._until[follow.pk] = morning or follow.thread.last_comment_at or follow.told_until

    def until(self, follow: Follow) -> datetime:
        """The time of publication up to which the letter tells."""
        return self._until[follow.pk]

    @cached_property
    def talks(self) -> list[Talk]:
        by_thread: dict[Thread, list[Follow]] = {}
        for follow in self.follows:
            by_thread.setdefault(follow.thread, []).append(follow)
        visible = set(Thread.objects.visible().filter(pk__in=[t.pk for t in by_thread]).values_list("pk", flat=True))
        talks = (self._talk(thread, follows) for thread, follows in by_thread.items() if thread.pk in visible)
        return [talk for talk in talks if talk.count]

    def send(self, mail) -> None:
        leave = leave_url(self.follows, daily=self.daily)
        headers = {
            "List-Unsubscribe": f"<{leave}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "List-Id": f"<{self._list_id}.{urlsplit(settings.SITE_URL).hostname}>",
        }
        context = {
            "talks": self.talks[:THREADS_DAILY],
            "more_talks": len(self.talks[THREADS_DAILY:]),
            "only": self.talks[0] if len(self.talks) == 1 else None,
            "daily": self.daily,
            "count": self.count,
            "whole": any(follow.branch_id is None for follow in self.follows),
            "leave_url": leave,
            "own_page": self.person.own_page,
        }
        send_letter(
            "letters/follow",
            to=self.person.mailbox,
            subject=self.subject,
            context=context,
            headers=headers,
            connection=mail,
        )
        self.is_sent = True

    @property
    def count(self) -> int:
        return sum(talk.count for talk in self.talks)

    @property
    def subject(self) -> str:
        if len(self.talks) > 1:
            return f"{self.count} new comments in {len(self.talks)} discussions"
        talk = self.talks[0]
        if talk.count > 1:
            return f"{talk.count} new comments: {talk.thread.title}"
        quote = talk.quotes[0]
        return f"{quote.name} {'answered you' if quote.answers_you else 'wrote'}: {talk.thread.title}"

    @property
    def _list_id(self) -> str:
        return "daily.discussions" if self.daily else f"{self.follows[0].thread_id}.discussions"

    def _talk(self, thread: Thread, follows: list[Follow]) -> Talk:
        new = self.person.wants(Comment.objects.public().on(thread).filter(reduce(or_, map(self._news_of, follows))))
        limit = QUOTED_DAILY if self.daily else QUOTED_AT_ONCE
        first = list(new.with_writers().order_by("published_at", "pk")[:limit])
        count = len(first) if len(first) < limit else new.count()
        return Talk(thread, count, [self._quote(comment) for comment in first])

    def _news_of(self, follow: Follow) -> Q:
        when = Q(published_at__gt=follow.told_until, published_at__lte=self.until(follow))
        return when & below(follow.branch) if follow.branch else when

    def _quote(self, comment: Comment) -> Quote:
        parent = comment.parent if comment.parent and not comment.parent.is_gone else None
        return Quote(
            name=comment.writer_name,
            words=beginning(plain_text(comment.body_html), WORDS_QUOTED),
            answers_you=self.person.wrote(parent),
            answers=parent.writer_name if parent else "",
            url=f"{settings.SITE_URL}{comment.get_absolute_url()}",
        )


def below(branch: Comment) -> Q:
    """The comments of a branch: drawn below it, or answering it at the level below which nothing is drawn."""
    path = bytes(branch.path)
    return Q(path__gt=path, path__lt=past(path)) | Q(parent=branch)


def beginning(text: str, words: int) -> str:
    """The first words of a text, its paragraphs kept."""
    ends = [word.end() for word in re.finditer(r"\S+", text)]
    return text if len(ends) <= words else f"{text[: ends[words - 1]]} …"
