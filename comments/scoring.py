"""The model that this site scores with: the shipped one, or for each head what was learned from the site's decisions.

Kept in the memory of each process. Once a minute at most the table is asked whether another version is in use. Whatever
is wrong with the table keeps nobody from posting: then it goes on with what it knows, or with the shipped model.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

from django.db import DatabaseError, connection, transaction

from comments.models import ScoringModel
from comments.models.learned import CURRENT, SHIPPED
from screening.model import HEADS, Head, Model, Unreadable, prior

logger = logging.getLogger(__name__)

ASKED_EVERY = 60.0  # seconds
Row = tuple[int, str, int, str]  # id, head, number, state

# Asked beside posts: by hand, as in `civic.lib.sql`.
_TABLE = ScoringModel._meta.db_table
_CURRENT = f"SELECT id, head, number, state FROM {_TABLE} WHERE state IN (%s, %s) ORDER BY id"  # noqa: S608
_WEIGHTS = f"SELECT weights FROM {_TABLE} WHERE id = %s"  # noqa: S608


@dataclass(frozen=True)
class _Known:
    rows: tuple[Row, ...]
    model: Model
    asked_at: float


_known: _Known | None = None
_asking = Lock()


def current(clock: Callable[[], float] = monotonic) -> Model:
    """The model in use. A head that is switched off is not in it.

    No query in a minute but the first, and then one, or one more for each new version. Raises nothing: a table that
    cannot be read is logged, and bytes that are no head make it the shipped head.
    """
    known, now = _known, clock()
    if known is not None and now - known.asked_at < ASKED_EVERY:
        return known.model
    if not _asking.acquire(blocking=known is None):  # somebody asks already: what we know is good enough
        return known.model
    try:
        return _asked(_known, now).model
    finally:
        _asking.release()


def forget() -> None:
    """Asks again at the next call: for tests, and for the process that has just changed what is in use."""
    global _known
    _known = None


def _asked(before: _Known | None, now: float) -> _Known:
    global _known
    if before is not None and now - before.asked_at < ASKED_EVERY:
        return before
    try:
        rows = _read(_CURRENT, CURRENT)
        model = before.model if before and before.rows == rows else _model_of(rows)
    except DatabaseError as error:
        logger.error("the table of scoring models cannot be read: %s", type(error).__name__)
        rows, model = (before.rows, before.model) if before else ((), prior())
    _known = _Known(rows, model, now)
    return _known


def _model_of(rows: tuple[Row, ...]) -> Model:
    by_head = {head: (pk, number, state) for pk, head, number, state in rows}
    heads, names = {}, []
    for name in HEADS:
        pk, number, state = by_head.get(name, (0, SHIPPED, ScoringModel.State.IN_USE))
        if state == ScoringModel.State.SWITCHED_OFF:
            names.append(f"{name} off")
            continue
        learned = _head_of(pk, name) if number != SHIPPED else None
        heads[name] = learned or prior().heads[name]
        names.append(f"{name} {number}" if learned else f"{name} prior")
    return Model(heads, ", ".join(names) if rows else prior().version)


def _head_of(pk: int, name: str) -> Head | None:
    """None where the bytes are no such head."""
    try:
        head = Head.from_bytes(bytes(_read(_WEIGHTS, [pk])[0][0]))
    except (Unreadable, IndexError) as error:
        logger.error("scoring model %s cannot be read, the shipped one takes its place: %s", pk, type(error).__name__)
        return None
    if head.name != name:
        logger.error("scoring model %s is of another head, the shipped one takes its place", pk)
        return None
    return head


def _read(statement: str, values) -> tuple:
    """An error inside somebody's transaction must not spoil it."""
    if not connection.in_atomic_block:
        return _rows(statement, values)
    with transaction.atomic():
        return _rows(statement, values)


def _rows(statement: str, values) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))
        return tuple(cursor.fetchall())
