"""Who leaves for good: members (asked by `accounts.leaving` through the registry), and guests.

A guest is known by the key of a device. The key may erase what was written with it; what was written with the same
address on other devices goes only when a letter has proven that address anew (docs/decisions/0003).
"""

import logging
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import Leaving, User
from civic.lib import limits, tokens
from civic.lib.errors import TooFast
from civic.lib.forms import as_id
from civic.lib.jobs import every, one_by_one, task
from civic.lib.mail import send_letter
from civic.lib.site import SiteSettings
from comments import voting
from comments.erasing import forget_writer
from comments.models import Follow, Guest, Mute, Visit
from notifications.forgetting import forget_address

logger = logging.getLogger(__name__)

LINK = "guest-leave"
LINK_SECONDS = 60 * 60  # as for members
LETTERS_A_DAY = 3


class EnoughLetters(TooFast):
    title = "Enough letters for today"
    message = "We have written to this address about it three times today. Please look among the junk."


def forget_member(leaving: Leaving) -> None:
    """The answer of comments to `erasers`. Guests who have proven the same address go in the same way."""
    for kept in (Follow.objects.filter(member=leaving.member_id), Visit.objects.filter(member=leaving.member_id)):
        kept.delete()
    Mute.objects.filter(Q(by=leaving.member_id) | Q(member=leaving.member_id)).delete()
    let_go(with_address(leaving.address), words_go=leaving.words_go)
    forget_writer({"member_id": leaving.member_id}, words_go=leaving.words_go)
    voting.forget(leaving.member_id, erase=leaving.words_go)


def with_key(key: UUID) -> Q:
    """What the key of a device may erase."""
    return Q(key=key)


def with_address(address: str) -> Q:
    """What a proven address may erase: guests who have proven it, too."""
    return Q(lower_email=address.lower(), confirmed_at__isnull=False)


def typed_address(address: str) -> Q:
    """Whoever typed the address, proven or not. For the paper itself, which answers a letter on paper."""
    return Q(lower_email=address.lower())


def let_go(guests: Q, *, words_go: bool) -> int:
    """Name, address, website and key of these guests go now, their comments by a job; how many guests.

    What others see is nameless when this returns.
    """
    known = Guest.objects.annotate(lower_email=Lower("email")).filter(guests, leaving="")
    with transaction.atomic():
        list(known.select_for_update().order_by("pk").values_list("pk"))  # whoever is just posting comes first
        found = list(known)  # once more: the post that was waited for may have made another row
        ids = [guest.pk for guest in found]
        Guest.objects.filter(pk__in=ids).update(
            name="",
            email="",
            website="",
            key=RandomUUID(),
            asked_at=None,
            leaving=Guest.Leaving.WORDS_GO if words_go else Guest.Leaving.WORDS_STAY,
        )
        Follow.objects.filter(guest__in=ids).delete()
        for address in {guest.email.lower() for guest in found if guest.email}:
            _forget_what_was_told(address)
        if ids:
            SiteSettings.touch()
            logger.info("guests %s leave", ", ".join(map(str, ids)))
        for pk in ids:
            finish.defer(guest_id=pk)
    return len(ids)


@task
def finish(guest_id: int) -> None:
    """The comments of a guest who leaves, and then the guest. Harmless twice."""
    guest = Guest.objects.filter(pk=guest_id).exclude(leaving="").first()
    if guest is None:
        return
    forget_writer({"guest_id": guest.pk}, words_go=guest.leaving == Guest.Leaving.WORDS_GO)
    guest.delete()
    logger.info("guest %s has left", guest_id)


@every("13,43 * * * *")
def take_up_again() -> None:
    """Guests whose job failed for good."""
    one_by_one(finish.func, Guest.objects.exclude(leaving="").values_list("pk", flat=True))


# --- a guest proves an address anew ---------------------------------------------------------------


def ask(guest: Guest, *, words_go: bool) -> None:
    """Have the letter written with the link that erases all that this address has proven. Raises `TooFast`."""
    if wait := limits.take("guest-leave", guest.email.lower(), times=LETTERS_A_DAY, within=timedelta(days=1)):
        raise EnoughLetters(retry_after=wait)
    send_link.defer(guest_id=guest.pk, words_go=words_go)


@task(priority=10)
def send_link(guest_id: int, words_go: bool) -> None:
    guest = Guest.objects.confirmed().filter(pk=guest_id).exclude(email="").first()
    if guest is None:
        return
    token = tokens.make(LINK, f"{guest.pk}.{words_go:d}")
    send_letter(
        "letters/guest_leave",
        to=guest.email,
        subject="Leave for good? One button, and it is done",
        context={"url": f"{settings.SITE_URL}/discuss/leave/{token}/", "words_go": words_go},
    )


def read_token(token: str) -> tuple[Guest, bool]:
    """Which guest leaves, and whether the words go. Raises `tokens.OldToken`, also for one who has left, and
    `tokens.BadToken`."""
    value = tokens.read(LINK, token, max_age=LINK_SECONDS)
    pk, words = value.split(".")
    guest = Guest.objects.confirmed().filter(pk=as_id(pk), leaving="").exclude(email="").first()
    if guest is None:
        raise tokens.OldToken(value)
    return guest, words == "1"


def _forget_what_was_told(address: str) -> None:
    """Unless somebody is still here under this address: a letter would go out twice."""
    still_here = Guest.objects.annotate(lower_email=Lower("email")).filter(lower_email=address).exists()
    if not still_here and not User.objects.filter(email__iexact=address).exists():
        forget_address(address)
