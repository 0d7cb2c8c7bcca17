"""Statements that requests make all the time, written by hand and built once.

The ORM builds each query anew, which takes five times as long as asking it. That is worth it nearly everywhere; not on
the way of a comment onto the page, where ten of them follow one another while others wait. Names of tables and columns
come from the models; values never stand in the text.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Field, Model

Row = TypeVar("Row", bound=Model)


def select(model: type[Row], rest: str, values: Sequence[Any] = ()) -> list[Row]:
    """Whole rows of a model. `rest` is what follows its table: `WHERE id = %s FOR UPDATE`."""
    names, head, converters = _reading(model)
    with connection.cursor() as cursor:
        cursor.execute(f"{head} {rest}", values)
        found = cursor.fetchall()
    if converters:
        found = [_converted(row, converters) for row in found]
    return [model.from_db(connection.alias, names, row) for row in found]


def get(model: type[Row], rest: str, values: Sequence[Any] = ()) -> Row | None:
    """The first of those rows, if there is any."""
    return next(iter(select(model, rest, values)), None)


def insert(*rows: Model) -> None:
    """New rows, of several tables or of one, in one statement.

    An id that is None comes from the sequence, and is not written back. Nothing else is done that saving does.
    """
    kinds = tuple((type(row), row.pk is None) for row in rows)
    values = [
        field.get_db_prep_save(field.pre_save(row, True), connection)
        for row, (model, without_id) in zip(rows, kinds, strict=True)
        for field in _written(model, without_id)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_insertion(kinds), values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


@cache
def _reading(model: type[Model]) -> tuple[list[str], str, list]:
    """The names of a model's fields, the SQL that asks for them, and what some of them have done to them on the way."""
    fields = model._meta.concrete_fields
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    converters = [(at, field) for at, field in enumerate(fields) if hasattr(field, "from_db_value")]
    return [field.attname for field in fields], f"SELECT {columns} FROM {quote(model._meta.db_table)}", converters  # noqa: S608


def _converted(row: Sequence[Any], converters: list[tuple[int, Field]]) -> list[Any]:
    row = list(row)
    for at, field in converters:
        row[at] = field.from_db_value(row[at], None, connection)
    return row


@cache
def _written(model: type[Model], without_id: bool) -> tuple[Field, ...]:
    return tuple(field for field in model._meta.concrete_fields if not (without_id and field.primary_key))


@cache
def _insertion(kinds: tuple[tuple[type[Model], bool], ...]) -> str:
    """All but the last as parts of a WITH: PostgreSQL looks at foreign keys when the whole statement is done."""
    *first, last = (_insertion_of(model, without_id) for model, without_id in kinds)
    parts = ", ".join(f"part{at} AS ({part})" for at, part in enumerate(first))
    return f"WITH {parts} {last}" if parts else last


def _insertion_of(model: type[Model], without_id: bool) -> str:
    quote = connection.ops.quote_name
    fields = _written(model, without_id)
    columns = ", ".join(quote(field.column) for field in fields)
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({', '.join(['%s'] * len(fields))})"  # noqa: S608
