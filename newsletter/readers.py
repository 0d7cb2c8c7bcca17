"""The readers of a letter one by one: what became of each. For the newsroom and its CSV.

Addresses are personal. Who may not manage subscribers sees enough to recognise one, and not enough to write to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from newsletter.models import Delivery, Issue, Mailing, Subscriber
from newsletter.models.deliveries import Reason, State

PAGE = 30
CHUNK = 2_000  # rows of the CSV that are in memory at once
# Which can be listed alone: an index holds them. "" lists all.
LISTED = (State.UNKNOWN, State.FAILED, State.DEFERRED, State.SKIPPED)


@dataclass(frozen=True)
class Reader:
    """`why`: the reason why it was left out, in words. `said`: the server's words. `code`: of its reply."""

    delivery_id: int
    address: str
    domain: str
    state: State
    why: str
    said: str
    code: int | None
    attempts: int
    at: datetime | None

    @property
    def name(self) -> str:
        """The address, or why there is none: of whoever has not confirmed it is never written down with a letter."""
        return self.address or ("not confirmed" if self.why == Reason.UNCONFIRMED.label else "erased")

    @property
    def words(self) -> str:
        return str(self.state.label)


def page_of(issue: Issue, state: str, after: int, *, whole: bool) -> tuple[list[Reader], int | None]:
    """One page, those after a delivery's number, and the number to go on from. `whole`: with whole addresses.
    One query for a `state` of `LISTED`, two for all."""
    found = list(_after(issue, state, after)[: PAGE + 1])
    more = found[PAGE - 1].pk if len(found) > PAGE else None
    return [_reader(delivery, whole) for delivery in found[:PAGE]], more


def find(issue: Issue, address: str, *, whole: bool) -> Reader | None:
    """What became of the letter to one address, in any letter case. Nothing for one that it was not meant for."""
    subscriber = Subscriber.objects.at(address.strip()).first()
    if subscriber is None:
        return None
    delivery = Delivery.objects.filter(issue=issue, subscriber=subscriber).with_state().first()
    return _reader(delivery, whole) if delivery else None


def each(issue: Issue, *, whole: bool) -> Iterator[Reader]:
    """All of them, however many. A chunk at a time is in memory, and no transaction lasts longer than that."""
    after = 0
    while True:
        with transaction.atomic():
            found = list(_after(issue, "", after)[:CHUNK])
        yield from (_reader(delivery, whole) for delivery in found)
        if len(found) < CHUNK:
            return
        after = found[-1].pk


def masked(address: str) -> str:
    """rita.reader@example.org becomes r…r@example.org."""
    name, at, domain = address.rpartition("@")
    if not at:
        return "…"
    return f"{name[:1]}…{name[-1:] if len(name) > 2 else ''}@{domain}"


def _after(issue: Issue, state: str, after: int) -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(issue=issue).with_state().order_by("pk")
    if state in LISTED:
        # Both named by the outcome's columns, so that its index answers.
        return rows.filter(outcome__issue=issue, outcome__state=state, outcome__delivery_id__gt=after).order_by(
            "outcome__delivery_id"
        )
    mailing = Mailing.objects.filter(issue=issue).first()
    if mailing is None:
        return rows.none()
    return rows.filter(pk__gt=max(after, mailing.first_id - 1), pk__lte=mailing.last_id)


def _reader(delivery: Delivery, whole: bool) -> Reader:
    outcome = getattr(delivery, "outcome", None)
    reason = delivery.skipped or (outcome.reason if outcome else "")
    return Reader(
        delivery_id=delivery.pk,
        address=(delivery.address if whole else masked(delivery.address)) if delivery.address else "",
        domain=delivery.domain,
        state=State(delivery.state),
        why=str(Reason(reason).label) if reason else "",
        said=outcome.reply if outcome else "",
        code=outcome.code if outcome else None,
        attempts=outcome.attempts if outcome else 0,
        at=outcome.at if outcome else None,
    )
