"""What follows when a letter comes back: who gets no more of them, and what the editors are shown.

Only a message that carries the keyed address of a delivery (`newsletter.verp`) changes anything; everybody can send us
a bounce that looks real. Whatever is handed in twice counts once.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from email import policy
from email.parser import BytesHeaderParser

from django.db import transaction
from django.utils import timezone

from civic.lib import tokens
from newsletter import epidemics, subscribing, verp
from newsletter.bounces import BounceEvent, Kind, classify
from newsletter.models import Bounce, Delivery, Illness, Stray, Subscriber, Suppression
from newsletter.models.bounces import SOFT_ENOUGH
from newsletter.wordings import find_codes

_HEAD = 1_000_000  # bytes in which our own address is looked for
_HEADERS = 100_000  # bytes in which a subject and an id are looked for; the library is slow on what is made to be slow
_TOKEN = re.compile(rb"(?<![a-z0-9])b\+[a-z2-7]{32}(?:@|=40)[a-z0-9.-]{1,255}", re.IGNORECASE)


@dataclass(frozen=True)
class Received:
    """What a message was, and whether it changed anything."""

    kind: Kind
    delivery_id: int | None
    is_new: bool


def receive(raw: bytes, recipient: str = "") -> Received:
    """Book a message as it arrived: a bounce, a complaint, or the mail of a reader who leaves (`links.list_headers`).
    `recipient` is the envelope's, where the mail server tells it. Raises only what the database says.
    """
    if subscribing.leave_by_mail(_subject(raw)):
        return Received(Kind.IGNORE, None, True)
    events = classify(raw)
    delivery_id = _named_delivery(raw, recipient)
    delivery = Delivery.objects.select_related("subscriber").filter(pk=delivery_id).first() if delivery_id else None
    event = _about(events, delivery.address if delivery else "")
    if delivery is None:
        Stray.objects.count_one(_today(), event.kind)
        return Received(event.kind, None, False)
    return Received(event.kind, delivery.pk, book(delivery, event, message=_mark(raw, delivery.pk)))


def _subject(raw: bytes) -> str:
    """ "" where there is none that can be read."""
    try:
        return str(BytesHeaderParser(policy=policy.default).parsebytes(raw[:_HEADERS])["subject"] or "")
    except Exception:  # whatever a broken header does to the parser
        return ""


def book(delivery: Delivery, event: BounceEvent, *, message: str) -> bool:
    """Keep what came back of a letter, and what follows from it. `message` tells one such message from another;
    the sender uses it, too, for refusals while it hands over. True when it was new and about something."""
    if event.kind == Kind.IGNORE:
        return False
    with transaction.atomic():
        _, new = Bounce.objects.get_or_create(
            message=tokens.fingerprint("newsletter.bounce", message),
            defaults={
                "delivery": delivery.pk,
                "issue_id": delivery.issue_id,
                "subscriber": delivery.subscriber,
                "kind": event.kind,
                "status": (event.status or "")[:11],
                "said": without_addresses(event.said),
                "day": _today(),
            },
        )
        if new and event.kind == Kind.HARD and (deaths := epidemics.of_which(delivery, _today())):
            _revive(deaths)
        elif new and delivery.subscriber:
            _follow_up(delivery.subscriber, event.kind)
    return new


def _revive(deaths: list[int]) -> None:
    """So many at one provider are not gone. The editors read its words as those of one that refuses us, and to each
    reader it happened once, as with a full mailbox: whoever stays unreachable for days is gone after all."""
    for bounce in Bounce.objects.filter(pk__in=deaths).select_related("subscriber"):
        if bounce.subscriber:
            Suppression.objects.lift_bounced(bytes(bounce.subscriber.key))
            _follow_up(bounce.subscriber, Kind.SOFT)
    Bounce.objects.filter(pk__in=deaths).update(kind=Bounce.Kind.SENDER_FAULT)


def _follow_up(subscriber: Subscriber, kind: Kind) -> None:
    if kind == Kind.COMPLAINT:
        rows = subscriber.subscriptions.active().in_order()
        subscribing.leave(
            subscriber,
            [row.newsletter for row in rows],
            wording="called a letter unwanted, at their mail provider",
            page="",
            prefix=None,
        )
        Suppression.objects.suppress(bytes(subscriber.key), Suppression.Reason.COMPLAINED)
    elif kind == Kind.HARD or (kind == Kind.SOFT and Illness.worsen(subscriber, _today()) >= SOFT_ENOUGH):
        Suppression.objects.suppress(bytes(subscriber.key), Suppression.Reason.BOUNCED)


def refused(delivery_id: int, kind: Kind, code: int, text: str) -> None:
    """A server refused a reader's address for good while we were sending: as much as a bounce that comes back later."""
    delivery = Delivery.objects.select_related("subscriber").filter(pk=delivery_id).first()
    if delivery:
        status, _ = find_codes(text)
        said = " ".join(f"{code} {text}".split())
        book(delivery, BounceEvent(kind, delivery.address, status or None, said), message=f"{delivery_id} refused")


def without_addresses(words: str) -> str:
    """The server's words, in which every address has lost its name."""
    return re.sub(r"[^\s<>@\"'(),;:]{1,200}@", "…@", words)[:300]


def _named_delivery(raw: bytes, recipient: str) -> int | None:
    """The delivery that the message proves to be about: by the address it came to, else by one that it quotes."""
    if (delivery_id := verp.read(recipient)) is not None:
        return delivery_id
    found = {match[0].lower().replace(b"=40", b"@") for match in _TOKEN.finditer(raw[:_HEAD])}
    ids = {verp.read(address.decode()) for address in list(found)[:20]} - {None}
    return ids.pop() if len(ids) == 1 else None  # of two letters at once nobody knows which it is about


def _about(events: list[BounceEvent], address: str) -> BounceEvent:
    """The one event that counts for a letter: the one about its address, else the mildest. An address that forwards to
    three others, one of them dead, is not dead."""
    own = [event for event in events if event.address and event.address.lower() == address.lower()]
    order = [Kind.COMPLAINT, Kind.IGNORE, Kind.SENDER_FAULT, Kind.SOFT, Kind.HARD]
    return min(own or events, key=lambda event: order.index(event.kind))


def _mark(raw: bytes, delivery_id: int) -> str:
    """The same for a message that is handed in again, although it gets new Received lines each time."""
    try:
        message_id = str(BytesHeaderParser().parsebytes(raw[:_HEADERS]).get("message-id", ""))
    except ValueError:
        message_id = ""
    if not message_id.strip():
        message_id = hashlib.sha256(raw.partition(b"\n\n")[2] or raw).hexdigest()
    return f"{delivery_id} {message_id.strip()}"


def _today() -> date:
    return timezone.localdate()
