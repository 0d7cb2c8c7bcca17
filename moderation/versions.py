"""Which version of a head is in use: adopting one, going back to another, switching off and on."""

import logging
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from comments import scoring
from comments.models import ScoringModel
from comments.models.learned import SHIPPED
from moderation.errors import NoSuchVersion
from screening.model import Head, Unreadable, prior

logger = logging.getLogger(__name__)

State = ScoringModel.State
LOCK = 0x5C0_1E43  # of the database, while a version is chosen
KEPT_VERSIONS = 5  # of each head that was in use once; the shipped one stays besides
KEPT_ATTEMPTS = 5  # that were not adopted: without weights, to show that it was tried


def current_row(head: str) -> ScoringModel | None:
    """None where the shipped head is in use and nobody has said so."""
    return ScoringModel.objects.current().filter(head=head).first()


def current_head(head: str) -> Head:
    """What new versions are compared with, also while it is switched off; the shipped one where it cannot be read."""
    row = current_row(head)
    try:
        return Head.from_bytes(bytes(row.weights)) if row and not row.is_shipped else prior().heads[head]
    except Unreadable:
        return prior().heads[head]


def adopt(
    head: Head, *, metrics: dict, decisions: int, taken_down: int, instead_of: ScoringModel | None = None
) -> ScoringModel:
    """A new version, in use from now on. `instead_of` is the row that it was compared with.

    What a person has chosen stays: where the head was switched off it stays off, with the new version in the place of
    the old; where an older version was chosen, also while the new one was made, the new one is kept for later. Where
    the head switched itself off, a new version is a new beginning.
    """
    now = timezone.now()
    with transaction.atomic():
        before = _locked(head.name)
        row = ScoringModel(
            head=head.name,
            number=_next_number(head.name),
            weights=head.to_bytes(),
            metrics=metrics,
            decisions=decisions,
            taken_down=taken_down,
            made_at=now,
            set_at=now,
            judged_from=now,
        )
        if before and (_is_older(before) or _was_set_since(before, instead_of)):
            row.state = State.KEPT
        else:
            _put_in_place(row, before)
        row.save()
        _prune(head.name)
    scoring.forget()
    return row


def _put_in_place(row: ScoringModel, before: ScoringModel | None) -> None:
    row.state = State.IN_USE
    if before is None:
        return
    if before.is_off and not before.is_off_by_itself:
        row.state, row.set_by, row.note = before.state, before.set_by, before.note
    if not before.is_off_by_itself:
        row.judged_from = before.judged_from
    _set(before, State.KEPT, by=None, note="", now=row.set_at)


def _is_older(row: ScoringModel) -> bool:
    """Whether a person went back to it: a new version takes the place of the newest otherwise."""
    return ScoringModel.objects.adopted().filter(head=row.head, number__gt=row.number).exists()


def _was_set_since(row: ScoringModel, seen: ScoringModel | None) -> bool:
    return seen is not None and (row.pk, row.set_at) != (seen.pk, seen.set_at)


def keep_attempt(name: str, *, metrics: dict, decisions: int, taken_down: int) -> ScoringModel:
    """What was learned and is worse than what is in use: that it was tried, not its weights."""
    numbers = {"metrics": metrics, "decisions": decisions, "taken_down": taken_down}
    with transaction.atomic():
        _locked(name)
        row = ScoringModel.objects.create(head=name, number=_next_number(name), state=State.NOT_ADOPTED, **numbers)
        _prune(name)
    return row


def use(name: str, number: int, *, by: User) -> ScoringModel:
    """Go to another version, back or forth, and switch the head on with it. `SHIPPED` is always there.

    Raises `NoSuchVersion` for one that was never in use or is not kept any more.
    """
    now = timezone.now()
    with transaction.atomic():
        before = _locked(name)
        if number == SHIPPED:
            _make_shipped(name)
        row = ScoringModel.objects.adopted().filter(head=name, number=number).first()
        if row is None:
            raise NoSuchVersion
        if before and before.pk != row.pk:
            _set(before, State.KEPT, by=by, note="", now=now)
        _set(row, State.IN_USE, by=by, note="", now=now, judged_from=now)
    scoring.forget()
    logger.info("%s: version %s in use, by member %s", name, number, by.pk)
    return row


def switch_off(name: str, *, by: User | None, note: str = "", judged: ScoringModel | None = None) -> ScoringModel:
    """The head says nothing any more. `by` is nobody where it did so itself; `note` then says why, for moderators, and
    `judged` is the row that was judged: nothing happens where somebody has chosen otherwise meanwhile. What a person
    switched off stays theirs."""
    with transaction.atomic():
        row = _locked(name) or _make_shipped(name)
        if by is None and (row.is_off or (judged and (row.pk, row.judged_from) != (judged.pk, judged.judged_from))):
            return row
        _set(row, State.SWITCHED_OFF, by=by, note=note, now=timezone.now())
    scoring.forget()
    logger.warning("%s switched off by %s", name, f"member {by.pk}" if by else "itself")
    return row


def switch_on(name: str, *, by: User) -> ScoringModel | None:
    """As it was, and judged by what it says from now on. Nothing happens where it is on."""
    row = current_row(name)
    return use(name, row.number, by=by) if row and row.is_off else row


def last_tried_at(name: str) -> datetime | None:
    """When a version was made last, adopted or not."""
    return ScoringModel.objects.filter(head=name, number__gt=SHIPPED).aggregate(last=Max("made_at"))["last"]


def _locked(name: str) -> ScoringModel | None:
    """The row in use. Until the transaction ends nobody else changes anything here, also where there is none yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    return current_row(name)


def _make_shipped(name: str) -> ScoringModel:
    return ScoringModel.objects.get_or_create(head=name, number=SHIPPED, defaults={"state": State.KEPT})[0]


def _set(row: ScoringModel, state: str, *, by: User | None, note: str, now: datetime, **fields) -> None:
    for name, value in {"state": state, "set_by": by, "note": note, "set_at": now, **fields}.items():
        setattr(row, name, value)
    row.save(update_fields=["state", "set_by", "note", "set_at", *fields])


def _next_number(name: str) -> int:
    return (ScoringModel.objects.filter(head=name).aggregate(last=Max("number"))["last"] or 0) + 1


def _prune(name: str) -> None:
    rows = ScoringModel.objects.filter(head=name, number__gt=SHIPPED)
    adopted = rows.exclude(state=State.NOT_ADOPTED).order_by("-number").values_list("pk", flat=True)
    attempts = rows.filter(state=State.NOT_ADOPTED).order_by("-number").values_list("pk", flat=True)
    gone = [*adopted[KEPT_VERSIONS:], *attempts[KEPT_ATTEMPTS:]]
    rows.filter(pk__in=gone).exclude(state__in=[State.IN_USE, State.SWITCHED_OFF]).delete()
