"""How much waits where, for the edge of the desk."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, QuerySet

from comments.models import Comment, Space
from moderation.appeals import waiting_for
from moderation.filters import Filter, Queue
from moderation.lists import matching
from moderation.scope import Scope

ENOUGH = 1_000  # beyond that nobody counts: "1,000+"


@dataclass(frozen=True)
class InSpace:
    """How much is in review in a space."""

    pk: int
    name: str
    waiting: int


@dataclass(frozen=True)
class Counts:
    """`queues` by name and `spaces` are what the edge of the desk shows; `shown` is what the filter means.

    What is in review is counted exactly, the rest up to `ENOUGH`.
    """

    queues: dict[str, int]
    appeals: int
    shown: int
    spaces: list[InSpace]


def load_counts(filter: Filter, scope: Scope) -> Counts:
    """All numbers of the desk, in one query."""
    waiting, mine = matching(Filter(), scope), matching(Filter(Queue.MINE), scope)
    questions = [*waiting, *_bounded(mine), *_bounded([waiting_for(scope)]), *_bounded(matching(filter, scope))]
    by_space = scope.comments(Comment.objects.in_review()).order_by().values("thread__space").annotate(n=Count("pk"))
    named = scope.spaces_in(Space.objects.values("pk", "name"))
    *found, in_review, names = _ask([*map(_count_of, questions), _object_of(by_space), _object_of(named)])
    first, edits, decided, appeals, *shown = found
    return Counts(
        queues={Queue.WAITING: first + edits, Queue.MINE: decided},
        appeals=appeals,
        shown=first + edits if filter == Filter() else sum(shown),
        spaces=_spaces(names or {}, in_review or {}),
    )


def _spaces(names: dict[str, str], in_review: dict[str, int]) -> list[InSpace]:
    """In the order of their names; the keys are ids."""
    by_name = sorted(names.items(), key=lambda item: item[1].lower())
    return [InSpace(int(pk), name, in_review.get(pk, 0)) for pk, name in by_name]


def _bounded(questions: list[QuerySet]) -> list[QuerySet]:
    return [found[:ENOUGH] for found in questions]


def _ask(parts: Iterable[tuple[str, tuple]]) -> list:
    """Several questions with one answer each, in one query."""
    sqls, values = zip(*parts, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(sqls)}", [value for params in values for value in params])
        return list(cursor.fetchone())


def _count_of(found: QuerySet) -> tuple[str, tuple]:
    sql, params = found.values("pk").query.sql_with_params()
    return f"(SELECT count(*) FROM ({sql}) AS found)", params  # noqa: S608 -- built by the ORM


def _object_of(pairs: QuerySet) -> tuple[str, tuple]:
    """What two columns say, as one object: the first by name, the second as its value."""
    sql, params = pairs.query.sql_with_params()
    return f"(SELECT json_object_agg(name, value) FROM ({sql}) AS found(name, value))", params  # noqa: S608 -- the same
