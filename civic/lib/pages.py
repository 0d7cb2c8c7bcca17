"""Which public pages may be kept, and what each is made of: said by the views that draw them.

    @kept("page")
    def section(request, slug):
        ...
        made_of(request, article, thread, until=[article.expire_at])

`civic/pages.py` keeps them and knows none of these rows; it compares their versions. What nobody marks is never kept.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict

# Names of parameters that matter to any kept page. All others are of no account, and do not split what is kept.
PARAMETERS: set[str] = set()


@dataclass
class Making:
    """What is known of a page while it is drawn: `versions` by (table, id), and the moment until which it is true."""

    is_marked: bool = False
    for_everybody: bool = False
    versions: dict[tuple[str, int], int] = field(default_factory=dict)
    until: datetime | None = None


def kept(*parameters: str, for_everybody: bool = False) -> Callable:
    """Marks a view whose page is the same for everybody without a session or a guest's key, and so may be kept.

    The view sees only the `parameters` that it names: the page cannot depend on one under which it is not kept.
    `for_everybody`: the answer is the same even for those who bring a session.
    """
    PARAMETERS.update(parameters)

    def mark(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def drawn(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            making = getattr(request, "making", None)
            if making is not None:
                making.is_marked, making.for_everybody = True, for_everybody
                request.GET = _only(request.GET, parameters)
            return view(request, *args, **kwargs)

        return drawn

    return mark


def made_of(request: HttpRequest, *rows: Model, until: Iterable[datetime | None] = ()) -> None:
    """The page shows something of these rows (each has a `version`), and is true until the first of some moments.

    A row must have been read no later than what is drawn of it: then a change meanwhile makes the page stale, and
    never the other way round. Without effect where nothing is kept, as in a preview.
    """
    making = getattr(request, "making", None)
    if making is None:
        return
    for row in rows:
        making.versions.setdefault((row._meta.db_table, row.pk), row.version)
    making.until = min((at for at in (making.until, *until) if at is not None), default=None)


def _only(given: QueryDict, names: Iterable[str]) -> QueryDict:
    """The last value of each of these parameters."""
    wanted = QueryDict(mutable=True)
    for name in names:
        if name in given:
            wanted[name] = given[name]
    return wanted
