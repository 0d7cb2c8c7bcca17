"""Asking for letters, confirming, leaving, coming back, being forgotten.

Each act locks the subscriber's row first: two clicks at once do one thing, and one letter follows.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction

from civic.lib import limits
from civic.lib.errors import TooFast
from civic.lib.unproven import one_mailbox, take_letter
from newsletter import consent
from newsletter.consent import Offer
from newsletter.jobs import write_to_asker, write_welcome
from newsletter.models import ConsentEvent, Newsletter, Subscriber, Subscription, Suppression


def ask(*, email: str, offers: list[Offer], page: str, prefix: bytes) -> None:
    """Somebody typed an address and asked for letters. Whether we know it shows neither here nor in the time taken.

    At most one letter follows, within the limits for the address; beyond them everything else is as always.
    Raises `TooFast` when too much was asked from this address prefix, before anything is looked up.
    """
    within = {"times": settings.CONFIRM_LETTERS_PER_PREFIX_HOUR, "within": timedelta(hours=1)}
    if wait := limits.take("newsletter.asked", prefix, **within):
        raise TooFast(
            "Many letters were asked for from your network within an hour. Your address is still in the form; "
            f"please send it again in {_minutes(wait)}.",
            retry_after=wait,
        )
    with transaction.atomic():
        may_write = _one_more_letter_to(email)  # in here: a failure below takes nothing off what the address may get
        if Suppression.objects.of(email).final().exists():
            return
        subscriber = Subscriber.objects.lock_at(email)
        rows = {row.newsletter_id: row for row in subscriber.subscriptions.all()}
        for offer in offers:
            row = rows.get(offer.newsletter.pk) or Subscription.to(offer.newsletter, subscriber)
            if row.is_active or (row.pk and row.is_pending and not may_write):
                continue  # asked again beyond the limit: nothing new, so nothing is written down either
            row.ask_again()
            consent.note(
                ConsentEvent.Kind.ASKED, subscriber, offer.newsletter, wording=offer.wording, page=page, prefix=prefix
            )
        if may_write:
            ids = [offer.newsletter.pk for offer in offers]
            write_to_asker.defer(subscriber_id=subscriber.pk, newsletter_ids=ids)


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


def come_back(subscriber: Subscriber, newsletters: Iterable[Newsletter], *, prefix: bytes) -> None:
    """Undoes leaving. Only what was left begins again: the link proves the address, not a wish for more."""
    with transaction.atomic():
        if not (subscriber := Subscriber.objects.lock(subscriber)):
            return
        rows = [
            row
            for row in subscriber.subscriptions.in_order().filter(newsletter__in=newsletters)
            if row.state == Subscription.State.LEFT
        ]
        _begin(subscriber, rows, consent.return_offer, page="/newsletter/leave/", prefix=prefix)


def choose(subscriber: Subscriber, newsletters: Iterable[Newsletter], *, prefix: bytes) -> None:
    """From "Your letters": exactly these from now on. The link to that page came by mail, so it proves the address."""
    page = "/newsletter/preferences/"
    with transaction.atomic():
        if not (subscriber := Subscriber.objects.lock(subscriber)):
            return
        rows = {row.newsletter_id: row for row in subscriber.subscriptions.in_order()}
        chosen = list(newsletters)
        kept = {newsletter.pk for newsletter in chosen}
        dropped = [row for row in rows.values() if row.is_active and row.newsletter_id not in kept]
        _end(subscriber, dropped, wording="[Save] with the box cleared", page=page, prefix=prefix)
        wanted = [rows.get(newsletter.pk) or Subscription.to(newsletter, subscriber) for newsletter in chosen]
        _begin(
            subscriber,
            [row for row in wanted if not row.is_active],
            consent.switch_offer,
            page=page,
            prefix=prefix,
        )


def erase(subscriber: Subscriber) -> None:
    """Forget an address and all its subscriptions. See `Suppression` for what stays, and why."""
    with transaction.atomic():
        if not (subscriber := Subscriber.objects.lock(subscriber)):
            return
        subscriber.forget()


def _one_more_letter_to(email: str) -> bool:
    """Takes one letter off what this address may get: one in ten minutes, three a day, whoever asks."""
    pause = timedelta(minutes=settings.CONFIRM_LETTER_PAUSE_MINUTES)
    if limits.take("newsletter.letter.pause", one_mailbox(email), times=1, within=pause):
        return False
    return not take_letter(email)


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
