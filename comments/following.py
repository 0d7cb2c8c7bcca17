"""Following: who wants letters about a discussion or about the answers to a comment, and how often."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from civic.lib import tokens
from civic.lib.forms import as_id
from comments.models import Comment, Follow, Guest, Rhythm, Thread
from comments.readers import Reader

LEAVE = "follow-leave"


def follows_of(reader: Reader) -> QuerySet[Follow]:
    """What this reader follows: as a member, and as a guest with the same proven address, under whatever name and on
    whatever device. They get one letter about it, so they see it in one list."""
    if reader.is_anybody:
        return Follow.objects.none()
    known = Q(member=reader.member) if reader.member else Q(guest__key=reader.guest_key)
    return Follow.objects.filter(known | Q(guest__in=_guests_with_the_address_of(reader)))


def following_guest(reader: Reader) -> Guest | None:
    """The guest of this device to whom letters may go: the newest with a proven address."""
    if reader.member or not reader.guest_key:
        return None
    return Guest.objects.confirmed().filter(key=reader.guest_key).exclude(email="").order_by("-pk").first()


def follow(reader: Reader, thread: Thread, branch: Comment | None, rhythm: str) -> Follow | None:
    """Begin to follow, or change how often. None for a reader who cannot be written to.

    Letters begin with what is published from now on. With another rhythm nothing is lost: what was not told yet is
    told by the next letter.
    """
    person = {"member": reader.member} if reader.member else {"guest": following_guest(reader)}
    if not any(person.values()):
        return None
    if known := follows_of(reader).filter(thread=thread, branch=branch).first():
        return change(known, rhythm)
    return _begin(person, thread, branch, rhythm)


def follow_answers(comment: Comment, rhythm: str) -> Follow | None:
    """Whoever wrote a comment wants to hear of answers to it. A guest's letters begin once the address is confirmed.

    None, and nothing happens, where `rhythm` is none.
    """
    if rhythm not in Rhythm.values:
        return None
    person = {"member": comment.member} if comment.member_id else {"guest": comment.guest}
    return _begin(person, comment.thread, comment, rhythm)


def change(follow: Follow, rhythm: str) -> Follow:
    """Another rhythm, or the same once more, by which letters that did not arrive are tried again."""
    changed = {"rhythm": rhythm, "due_at": None if rhythm != follow.rhythm else follow.due_at, "tries": 0}
    for name, value in changed.items():
        setattr(follow, name, value)
    follow.save(update_fields=changed)
    return follow


def _begin(person: dict, thread: Thread, branch: Comment | None, rhythm: str) -> Follow:
    begun, is_new = Follow.objects.get_or_create(**person, thread=thread, branch=branch, defaults={"rhythm": rhythm})
    return begun if is_new else change(begun, rhythm)


def _guests_with_the_address_of(reader: Reader) -> QuerySet[Guest]:
    if reader.member:
        return Guest.objects.confirmed().with_address(reader.member.email)
    proven = Guest.objects.confirmed().filter(key=reader.guest_key).exclude(email="").values(lower=Lower("email"))
    return Guest.objects.confirmed().annotate(address=Lower("email")).filter(address__in=proven)


# --- leaving by a link in a letter ---


@dataclass(frozen=True)
class Leaving:
    """What a link in a letter ends: follows of `members` and `guests` (ids of one person), those of `threads` as a
    whole and of `branches` (ids of comments); with `daily`, all that come in the daily letter."""

    members: tuple[int, ...]
    guests: tuple[int, ...]
    threads: tuple[int, ...] = ()
    branches: tuple[int, ...] = ()
    daily: bool = False

    def follows(self) -> QuerySet[Follow]:
        """Those that there still are."""
        theirs = Follow.objects.filter(Q(member__in=self.members) | Q(guest__in=self.guests))
        if self.daily:
            return theirs.filter(rhythm=Rhythm.DAILY)
        return theirs.filter(Q(thread__in=self.threads, branch=None) | Q(branch__in=self.branches))

    def end(self) -> int:
        """Stop them; how many there were. Twice is as good as once."""
        return self.follows().delete()[0]


def leave_url(follows: Iterable[Follow], *, daily: bool) -> str:
    """Where these follows are left. It names person and subject, not rows: an old letter still ends what was begun
    anew."""
    people = {f"m{f.member_id}" if f.member_id else f"g{f.guest_id}" for f in follows}
    subjects = {f"c{f.branch_id}" if f.branch_id else f"t{f.thread_id}" for f in follows}
    what = "daily" if daily else ".".join(sorted(subjects))
    token = tokens.make(LEAVE, f"{'.'.join(sorted(people))}-{what}")
    return f"{settings.SITE_URL}/discuss/unfollow/{token}/"


def read_leave(token: str) -> Leaving:
    """Raises `tokens.BadToken`. It never grows old."""
    people, _, what = tokens.read(LEAVE, token).partition("-")
    members, guests = _ids(people, "m"), _ids(people, "g")
    if what == "daily":
        return Leaving(members, guests, daily=True)
    return Leaving(members, guests, threads=_ids(what, "t"), branches=_ids(what, "c"))


def _ids(words: str, letter: str) -> tuple[int, ...]:
    ids = (as_id(word[1:]) for word in words.split(".") if word.startswith(letter))
    return tuple(pk for pk in ids if pk is not None)
