"""Asking for letters, confirming, leaving, coming back, being forgotten.

Each act locks the subscriber's row first: two clicks at once do one thing, and one letter follows.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from civic.lib import limits
from civic.lib.errors import TooFast
from civic.lib.unproven import allowance_of, take_letter
from newsletter import consent, links
from newsletter.consent import Offer
from newsletter.forgetting import forget_unproven
from newsletter.jobs import answer, write_welcome
from newsletter.models import (
    LEFT_ALONE,
    ConsentEvent,
    Newsletter,
    SignupRequest,
    Subscriber,
    Subscription,
    Suppression,
)


def ask(*, email: str, offers: list[Offer], page: str, prefix: bytes) -> None:
    """Somebody typed an address and asked for letters; without `offers`, for the last confirmation letter once more.

    Whether we know the address shows neither here nor in the time taken, for nothing is looked up: a job does that,
    `newsletter.answering`. At most one letter follows, within the limits for the address. Raises `TooFast` when too
    much was asked from this address prefix.
    """
    within = {"times": settings.CONFIRM_LETTERS_PER_PREFIX_HOUR, "within": timedelta(hours=1)}
    if wait := limits.take("newsletter.asked", prefix, **within):
        raise TooFast(
            "Many letters were asked for from your network within an hour. Your address is still in the form; "
            f"please send it again in {_minutes(wait)}.",
            retry_after=wait,
        )
    with transaction.atomic():
        request = SignupRequest.objects.create(
            email=email,
            offers=[[offer.newsletter.pk, offer.wording] for offer in offers],
            page=page,
            prefix_hash=prefix,
            may_write=_one_more_letter_to(email),  # in here: a failure takes nothing off what the address may get
        )
        answer.defer(request_id=request.pk)


def confirm(subscriber: Subscriber, newsletters: Iterable[Newsletter], *, prefix: bytes) -> list[Newsletter]:
    """The address is theirs and the chosen letters begin; what else was waiting is dropped, for they unticked it.

    Returns the letters that began now: none the second time, so one welcome letter follows however often it is
    pressed. Lifts what the address was suppressed for: its owner wants letters.
    """
    with transaction.atomic():
        if not (subscriber := Subscriber.objects.lock(subscriber)):
            return []
        rows = list(subscriber.subscriptions.pending().in_order().filter(newsletter__in=newsletters))
        begun = _begin(subscriber, rows, consent.confirm_offer, page="/newsletter/confirm/", prefix=prefix)
        if begun:
            subscriber.subscriptions.pending().drop()
            SignupRequest.objects.filter(key=subscriber.key).update(proven_at=timezone.now())
            write_welcome.defer(subscriber_id=subscriber.pk, newsletter_ids=[n.pk for n in begun])
        return begun


def leave(
    subscriber: Subscriber, newsletters: Iterable[Newsletter], *, wording: str, page: str, prefix: bytes | None
) -> None:
    """Ends these letters, waiting ones too. Twice is as good as once."""
    with transaction.atomic():
        if not (subscriber := Subscriber.objects.lock(subscriber)):
            return
        rows = subscriber.subscriptions.in_order().filter(newsletter__in=newsletters)
        _end(subscriber, rows, wording=wording, page=page, prefix=prefix)


def come_back(subscriber: Subscriber, newsletters: Iterable[Newsletter], *, cadence: str = "", prefix: bytes) -> None:
    """Undoes leaving, with `cadence` for letters that come less often. Only what was left begins again: the link proves
    the address, not a wish for more. A letter that does not come in that rhythm stays left."""
    with transaction.atomic():
        if not (subscriber := Subscriber.objects.lock(subscriber)):
            return
        rows = [
            row
            for row in subscriber.subscriptions.in_order().filter(newsletter__in=newsletters)
            if row.state == Subscription.State.LEFT
            and (not cadence or cadence in dict(row.newsletter.seldomer(row.cadence)))
        ]
        for row in rows:
            row.cadence = cadence or row.cadence
        offer = partial(consent.return_offer, cadence=cadence)
        _begin(subscriber, rows, offer, page="/newsletter/leave/", prefix=prefix)


def disown(key: bytes) -> None:
    """ "This was not me": what nobody proved is erased, and for a while nothing is written to the address, whoever
    types it. What its owner has confirmed goes on."""
    with transaction.atomic():
        SignupRequest.objects.filter(key=key).update(disowned_at=timezone.now(), key=None)
        subscriber = Subscriber.objects.select_for_update().filter(key=key).first()
        if subscriber and subscriber.is_proven:
            subscriber.subscriptions.pending().drop()
            subscriber.left_alone_until = timezone.now() + LEFT_ALONE
            subscriber.save(update_fields=["left_alone_until"])
            return
        if subscriber:
            forget_unproven([subscriber])
        known = {"reason": Suppression.Reason.DISOWNED, "at": timezone.now()}
        row, is_new = Suppression.objects.get_or_create(key=key, defaults=known)
        if not is_new and row.reason in (Suppression.Reason.LEFT, Suppression.Reason.DISOWNED):
            Suppression.objects.filter(key=key).update(**known)


def own(key: bytes) -> None:
    """ "It was me after all": letters may be asked for again. What was erased stays so."""
    Suppression.objects.filter(key=key).disowned().update(at=timezone.now() - LEFT_ALONE)
    Subscriber.objects.filter(key=key).update(left_alone_until=None)


@dataclass(frozen=True)
class Wish:
    """How one letter shall come from now on. `cadence` "" ends it; `pause` None leaves a pause as it is, a moment that
    has passed ends it."""

    newsletter: Newsletter
    cadence: str
    pause: datetime | None = None


def choose(subscriber: Subscriber, wishes: Iterable[Wish], *, page: str, prefix: bytes) -> None:
    """From "Your letters": each of these as it says; letters that are not named stay as they are.

    Whoever sees that page has proven the address, by a link that came by mail or by signing in.
    """
    with transaction.atomic():
        if not (subscriber := Subscriber.objects.lock(subscriber)):
            return
        rows = {row.newsletter_id: row for row in subscriber.subscriptions.in_order()}
        wishes = list(wishes)
        unwanted = {wish.newsletter.pk for wish in wishes if not wish.cadence}
        dropped = [row for row in rows.values() if row.is_active and row.newsletter_id in unwanted]
        _end(subscriber, dropped, wording=f"[{consent.NEVER}, Save]", page=page, prefix=prefix)
        for wish in wishes:
            if wish.cadence:
                row = rows.get(wish.newsletter.pk) or Subscription.to(wish.newsletter, subscriber)
                _follow(subscriber, row, wish, page=page, prefix=prefix)


def leave_all(subscriber: Subscriber, *, page: str, prefix: bytes) -> None:
    with transaction.atomic():
        if not (subscriber := Subscriber.objects.lock(subscriber)):
            return
        rows = subscriber.subscriptions.active().in_order()
        _end(subscriber, rows, wording="[Leave all letters]", page=page, prefix=prefix)


def leave_by_mail(subject: str, *, prefix: bytes = b"") -> bool:
    """A mail to the `mailto:` of `links.list_headers`. Whether its subject named something to leave; twice is as good
    as once. For whoever reads the mail that comes back."""
    try:
        leaving = links.read_leave(subject.strip().removeprefix(links.BY_MAIL).strip())
    except links.BadToken:
        return False
    if leaving.subscriber:
        leave(leaving.subscriber, leaving.newsletters, wording="List-Unsubscribe by mail", page="", prefix=prefix)
    return True


def erase(subscriber: Subscriber) -> None:
    """Forget an address and all its subscriptions. See `Suppression` for what stays, and why."""
    with transaction.atomic():
        if not (subscriber := Subscriber.objects.lock(subscriber)):
            return
        subscriber.forget()


def _one_more_letter_to(email: str) -> bool:
    """Takes one letter off what this address may get: one in ten minutes, three a day, whoever asks."""
    pause = timedelta(minutes=settings.CONFIRM_LETTER_PAUSE_MINUTES)
    if limits.take("newsletter.letter.pause", allowance_of(email), times=1, within=pause):
        # As much work as a letter that is counted, so that nobody can measure whether the owner has just asked.
        limits.take("newsletter.letter.refused", allowance_of(email), times=1, within=pause)
        return False
    return not take_letter(email)


def _follow(subscriber: Subscriber, row: Subscription, wish: Wish, *, page: str, prefix: bytes) -> None:
    """Begin what was not active; change the rhythm and the pause of what is. A rhythm is no new consent."""
    was = (row.cadence, row.paused_until)
    row.cadence = wish.cadence
    if not row.is_active:
        offer = partial(consent.switch_offer, cadence=wish.cadence)
        _begin(subscriber, [row], offer, page=page, prefix=prefix)
    if wish.pause is not None:
        row.paused_until = wish.pause if wish.pause > timezone.now() else None
    if (row.cadence, row.paused_until) != was:
        row.save()


def _begin(
    subscriber: Subscriber,
    rows: list[Subscription],
    offer: Callable[[Newsletter], Offer],
    *,
    page: str,
    prefix: bytes,
) -> list[Newsletter]:
    for row in rows:
        row.begin()
        words = offer(row.newsletter).wording
        consent.note(ConsentEvent.Kind.CONFIRMED, subscriber, row.newsletter, wording=words, page=page, prefix=prefix)
    if rows:
        Suppression.objects.of(subscriber.email).delete()
        subscriber.settle()
    return [row.newsletter for row in rows]


def _end(
    subscriber: Subscriber, rows: Iterable[Subscription], *, wording: str, page: str, prefix: bytes | None
) -> None:
    for row in rows:
        if row.state == Subscription.State.LEFT:
            continue
        row.end()
        consent.note(ConsentEvent.Kind.LEFT, subscriber, row.newsletter, wording=wording, page=page, prefix=prefix)
    subscriber.settle()


def _minutes(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return "a minute" if minutes == 1 else f"{minutes} minutes"
