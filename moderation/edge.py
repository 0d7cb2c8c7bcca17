"""How much waits where, for the edge of the desk."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from moderation.filters import Filter, Queue
from moderation.lists import matching
from moderation.measure_appeals import waiting_for as waiting_measure_appeals_for
from moderation.people import bans_to_confirm
from moderation.scope import Scope
from moderation.second_looks import waiting_for

COUNTED = (Queue.WAITING, Queue.REPORTED, Queue.ILLEGAL, Queue.MINE)
ENOUGH = 1_000  # beyond that nobody counts: "1,000+"


@dataclass(frozen=True)
class InSpace:
    """How much waits in a space."""

    pk: int
    name: str
    waiting: int


@dataclass(frozen=True)
class Counts:
    """`queues` by name and `spaces` are what the edge of the desk shows; `shown` is what the filter means.

    Each is counted up to `ENOUGH`, and then says only that there are more.
    """

    queues: dict[str, int]
    appeals: int
    people: int  # second looks at measures, and bans that a second moderator has to confirm
    shown: int
    spaces: list[InSpace]


def load_counts(filter: Filter, scope: Scope) -> Counts:
    """All numbers of the desk, in one query, whose work is bounded however much waits."""
    asked = [matching(Filter(queue), scope) for queue in COUNTED]
    people = [waiting_measure_appeals_for(scope), bans_to_confirm(scope)]
    whole = None if filter.is_narrowed else filter.queue  # then its number is among those of the lists
    questions = [*asked, [waiting_for(scope)], people, [] if whole in COUNTED else matching(filter, scope)]
    parts = [_count_of(found.order_by()[:ENOUGH]) for several in questions for found in several]
    *found, spaces = _ask([*parts, _by_space(scope)])
    numbers = iter(found)
    *queues, appeals, people, shown = [[next(numbers) for _ in several] for several in questions]
    known = {queue: sum(numbers) for queue, numbers in zip(COUNTED, queues, strict=True)}
    return Counts(
        queues=known,
        appeals=sum(appeals),
        people=sum(people),
        shown=known.get(whole, sum(shown)),
        spaces=[InSpace(**space) for space in spaces or []],
    )


def _by_space(scope: Scope) -> tuple[str, tuple]:
    """What waits in each space: all that the list shows which a click on its name opens.

    What is reported is found once for all spaces: no index leads from a space to its reports.
    """
    *own, reported = (found.order_by() for found in matching(Filter(), scope))
    here = [_count_of(found.filter(thread__space_id=RawSQL("s.id", ()))[:ENOUGH]) for found in own]
    sqls, values = zip(_sql_of(reported.values("thread__space")[:ENOUGH]), *here, strict=True)
    sql = f"""(
        WITH reported (space) AS MATERIALIZED ({sqls[0]})
        SELECT json_agg(json_build_object('pk', s.id, 'name', s.name, 'waiting',
            {" + ".join(sqls[1:])} + (SELECT count(*) FROM reported WHERE space = s.id)
        ) ORDER BY lower(s.name))
        FROM comments_space s WHERE %s::bigint[] IS NULL OR s.id = ANY(%s)
    )"""  # noqa: S608 -- built by the ORM
    return sql, (*(value for params in values for value in params), *_listed(scope))


def _listed(scope: Scope) -> tuple:
    spaces = None if scope.spaces is None else list(scope.spaces)
    return spaces, spaces


def _ask(parts: Iterable[tuple[str, tuple]]) -> list:
    """Several questions with one answer each, in one query."""
    sqls, values = zip(*parts, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(sqls)}", [value for params in values for value in params])
        return list(cursor.fetchone())


def _count_of(found: QuerySet) -> tuple[str, tuple]:
    sql, params = _sql_of(found.values("pk"))
    return f"(SELECT count(*) FROM ({sql}) AS found)", params  # noqa: S608 -- built by the ORM


def _sql_of(found: QuerySet) -> tuple[str, tuple]:
    """The query in words; one for nothing where the ORM knows that nothing can be found."""
    try:
        return found.query.sql_with_params()
    except EmptyResultSet:
        return "SELECT 0 LIMIT 0", ()
