"""What has served its purpose is erased. Every piece of this has its line on the page "What we know about you"."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from newsletter.consent import KEEP_AFTER_LEAVING
from newsletter.models import Bounce, ConsentEvent, Delivery, Illness, SignupRequest, Stray, Subscriber, Subscription

# Long enough to come back with one click from the last letter, or to notice that somebody else pressed the button.
KEEP_ADDRESS_AFTER_LEAVING = timedelta(days=30)
# Who it was that a letter came back from, and the server's words: long enough for an editor to ask why.
KEEP_WHO_IT_CAME_FROM = timedelta(days=30)
KEEP_THAT_IT_CAME_BACK = timedelta(days=3 * 365)


def forget_unconfirmed(before: datetime) -> int:
    """Addresses that nobody proved, with the note that somebody asked; and open requests of known ones.

    Returns how many addresses went. Safe while people confirm: who confirmed meanwhile is not pending any more.
    """
    Subscription.objects.pending().filter(asked_at__lt=before).exclude(
        subscriber__state=Subscriber.State.PENDING
    ).drop()
    with transaction.atomic():
        rows = Subscriber.objects.never_proven_since(before).select_for_update(skip_locked=True, of=("self",))
        unproven = list(rows)
        forget_unproven(unproven)
    return len(unproven)


def forget_unproven(subscribers: list[Subscriber]) -> None:
    """Erase these, whom nobody proved, with the note that somebody asked. Of an address that was known once and erased,
    the older proofs stay. Nothing is suppressed: nobody has said anything. The rows are locked."""
    keys = [bytes(subscriber.key) for subscriber in subscribers]
    proven = set(
        map(bytes, ConsentEvent.objects.filter(key__in=keys).exclude(kind="asked").values_list("key", flat=True))
    )
    ConsentEvent.objects.filter(key__in=[key for key in keys if key not in proven]).delete()
    SignupRequest.objects.filter(key__in=keys).update(key=None)
    Subscriber.objects.filter(pk__in=[subscriber.pk for subscriber in subscribers]).delete()


def forget_requests(before: datetime) -> int:
    """What was typed into forms; how many. Also what no job could answer: nobody waits for that letter any more."""
    return SignupRequest.objects.filter(at__lt=before).delete()[0]


def forget_those_who_left(now: datetime) -> int:
    """Addresses that have got no letter for thirty days, because they left the last one. How many."""
    with transaction.atomic():
        rows = Subscriber.objects.gone_since(now - KEEP_ADDRESS_AFTER_LEAVING)
        gone = list(rows.select_for_update(skip_locked=True, of=("self",)))
        for subscriber in gone:
            subscriber.forget()
    return len(gone)


def forget_old_proofs(now: datetime) -> int:
    """Proofs of consent, three years after the last of them, of addresses that we do not know any more."""
    newer = ConsentEvent.objects.filter(key=OuterRef("key"), at__gte=now - KEEP_AFTER_LEAVING)
    known = Subscriber.objects.filter(key=OuterRef("key"))
    old = ConsentEvent.objects.filter(~Exists(newer), ~Exists(known), at__lt=now - KEEP_AFTER_LEAVING)
    return old.delete()[0]


def forget_erased_in_a_freeze() -> int:
    """Addresses of people who were erased in the very seconds in which the readers of a letter were being chosen: the
    one transaction could not see the other's rows. How many. They get no letter, for a claim asks whether they are
    still there. Reads all deliveries of ninety days."""
    gone = ~Exists(Subscriber.objects.filter(pk=OuterRef("subscriber_id")))
    return Delivery.objects.filter(gone).exclude(address="").update(address="", subscriber=None)


def forget_what_came_back(now: datetime) -> int:
    """Of bounces and complaints first whose they were, and years later that they were. How many lost their name."""
    today = timezone.localdate(now)
    for kept in (Bounce, Stray):
        kept.objects.filter(day__lt=today - KEEP_THAT_IT_CAME_BACK).delete()
    Illness.objects.filter(last__lt=today - KEEP_WHO_IT_CAME_FROM).delete()
    return Bounce.objects.forget_who(today - KEEP_WHO_IT_CAME_FROM)
