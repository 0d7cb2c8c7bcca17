"""A member leaves for good: asked by letter, done at once for everybody to see, and finished in the background.

At once, in one transaction: the account is closed, its name, line, badge, roles and address go, and every kept page is
stale. Then a job has each app erase what it keeps (`civic.lib.registry.erasers`), ends the sessions, and deletes the
account. It can be killed at any line and starts again.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import Badge, Leaving, Suspension, User
from accounts.roles import Role
from civic.lib import limits, tokens
from civic.lib.errors import Refusal, TooFast
from civic.lib.forms import as_id
from civic.lib.jobs import every, one_by_one, task
from civic.lib.mail import send_letter
from civic.lib.registry import erasers
from civic.lib.site import SiteSettings

logger = logging.getLogger(__name__)

LINK = "leave"
LINK_SECONDS = 60 * 60  # long enough to find the letter, too short for one that is found in an old mailbox
LETTERS_A_DAY = 3
LEFT_BEHIND = timedelta(hours=2)  # a leaving of this age is taken up again: 20,000 comments take minutes, not hours


class LastAdmin(Refusal):
    status = 409
    title = "You are the only one with the keys"
    message = (
        "You are the last admin of this paper: without you nobody could let in another. Make somebody else an admin "
        "first, and then you are free to go."
    )


class EnoughLetters(TooFast):
    title = "Enough letters for today"
    message = "We have written to you about this three times today. Please look among the junk, or ask again tomorrow."


@dataclass(frozen=True)
class Choice:
    """What somebody wants who leaves. `words_go`: comments and votes go too. `letters_go`: newsletters end, too."""

    words_go: bool
    letters_go: bool


def ask(member: User, choice: Choice) -> None:
    """Have the letter written with the link that does it. Raises `LastAdmin` or `EnoughLetters`."""
    check_may_leave(member)
    if wait := limits.take("leave-letter", str(member.pk), times=LETTERS_A_DAY, within=timedelta(days=1)):
        raise EnoughLetters(retry_after=wait)
    send_link.defer(member_id=member.pk, words_go=choice.words_go, letters_go=choice.letters_go)


@task(priority=10)
def send_link(member_id: int, words_go: bool, letters_go: bool) -> None:
    member = User.objects.filter(pk=member_id, leaving=None).first()
    if member is None:
        return
    token = make_token(member, Choice(words_go, letters_go))
    send_letter(
        "letters/leave",
        to=member.email,
        subject="Leave for good? One button, and it is done",
        context={"url": f"{settings.SITE_URL}/me/leave/{token}/", "words_go": words_go, "letters_go": letters_go},
    )


def make_token(member: User, choice: Choice) -> str:
    """Good for one hour and for the address it is sent to: moving to another makes it void."""
    return tokens.make(LINK, f"{member.pk}.{choice.words_go:d}{choice.letters_go:d}.{_mark_of(member)}")


def read_token(token: str) -> tuple[User, Choice]:
    """Who leaves, and what becomes of the rest. Raises `tokens.OldToken`, also for somebody who has left already, and
    `tokens.BadToken`."""
    value = tokens.read(LINK, token, max_age=LINK_SECONDS)
    pk, choice, mark = value.split(".")
    member = User.objects.filter(pk=as_id(pk), leaving=None).first()
    if member is None or _mark_of(member) != mark:
        raise tokens.OldToken(value)
    return member, Choice(words_go=choice[0] == "1", letters_go=choice[1] == "1")


@transaction.atomic
def check_may_leave(member: User) -> None:
    """Raises `LastAdmin`. Two admins who leave at the same moment wait for each other, until the caller's transaction
    ends."""
    admins = User.objects.active().filter(Q(groups__name=Role.ADMIN) | Q(is_superuser=True))
    if not admins.filter(pk=member.pk).exists():
        return
    rows = User.objects.select_for_update(no_key=True).filter(pk__in=admins.values("pk")).order_by("pk")
    if set(rows.filter(is_active=True).values_list("pk", flat=True)) == {member.pk}:
        raise LastAdmin


@transaction.atomic
def leave(member: User, choice: Choice) -> Leaving:
    """Close an account for good. What others see of it is nameless when this returns; the rest follows by a job.

    Twice is as good as once: the first choice stands. Raises `LastAdmin`.
    """
    check_may_leave(member)
    member = User.objects.select_for_update().get(pk=member.pk)  # whoever is just posting comes first
    if leaving := Leaving.objects.filter(member=member).first():
        return leaving
    leaving = Leaving.objects.create(
        member=member, address=member.email, words_go=choice.words_go, letters_go=choice.letters_go
    )
    _keep_limits(member)
    _make_nobody(member)
    SiteSettings.touch()
    finish.defer(leaving_id=leaving.pk)
    logger.info("member %s leaves", member.pk)
    return leaving


@task
def finish(leaving_id: int) -> None:
    """All that takes time. Harmless twice, and side by side with itself."""
    leaving = Leaving.objects.select_related("member").filter(pk=leaving_id).first()
    if leaving is None:
        return
    erasers.ask(leaving)
    _end_sessions(leaving)
    # Nothing points here any more. Something that came in at the last moment makes this fail, and the job come again.
    leaving.member.delete()
    logger.info("member %s has left", leaving.member_id)


@every("11,41 * * * *")
def take_up_again() -> None:
    """Leavings whose job failed for good."""
    old = Leaving.objects.filter(begun_at__lt=timezone.now() - LEFT_BEHIND)
    one_by_one(finish.func, old.values_list("pk", flat=True))


def _mark_of(member: User) -> str:
    return tokens.fingerprint(LINK, member.email.lower()).hex()


def _keep_limits(member: User) -> None:
    """Who was suspended or banned stays so under this address: leaving must not be a way to begin anew.

    The rule and the end are kept; a moderator's words and note, which may say anything about a person, are not.
    Warnings go. How long this is kept: docs/decisions/0007.
    """
    in_force = Suspension.objects.filter(member=member).in_force().exclude(kind=Suspension.Kind.WARN)
    in_force.update(member=None, address_hash=tokens.fingerprint("address", member.email.lower()), words="", note="")


def _make_nobody(member: User) -> None:
    EmailAddress.objects.filter(user=member).delete()
    Badge.objects.filter(member=member).delete()
    member.groups.clear()
    member.user_permissions.clear()
    member.is_active = member.is_superuser = False
    member.display_name = member.bio = member.language = member.zone = ""
    member.slug = f"left-{get_random_string(12).lower()}"
    member.email = f"{member.slug}@left.invalid"
    member.set_unusable_password()
    member.save()


def _end_sessions(leaving: Leaving) -> None:
    """Sessions of the account, and those in which somebody began to sign in with its address. None works any more; but
    they say who it was. All are read: there is no index for what a session says."""
    for session in Session.objects.iterator(chunk_size=500):
        said = session.get_decoded()
        if said.get(SESSION_KEY) == str(leaving.member_id) or leaving.address.lower() in str(said).lower():
            session.delete()
