"""Bringing in discussions from elsewhere: rows of any source become public comments, once.

A source is a function that yields `Row`s; `bring_in` does the rest. It reads as a stream, writes in batches of their
own, each under the thread's lock for a moment only, and can be killed and started again at any time.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import TextField
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.forms import one_line
from civic.lib import markdown, tokens
from civic.lib.copying import copy_in
from comments.models import Comment, Guest, ImportedComment, Tally, Thread
from comments.models.comments import next_comment_ids, place_under
from comments.ranking import rank_thread
from comments.visibility import enter_many, locked

BATCH = 1_000  # rows; the lock is held for about a quarter of a second
PLACES_NAMED = 5  # of each reason to skip a row
NAMELESS = "Anonymous"
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
NAME_MAX_LENGTH = Guest._meta.get_field("name").max_length
NAME_LOOKED_AT = 1_000  # signs of a name that came: looking for addresses in it costs the square of its length
ID_MAX_LENGTH = ImportedComment._meta.get_field("foreign_id").max_length


@dataclass(frozen=True)
class Row:
    """A comment as it stood elsewhere. `id` and `parent` are that system's, `parent` "" for none; `body` is Markdown.

    `place` says where it was read: "line 17".
    """

    place: str
    id: str
    parent: str
    author: str
    created: datetime
    body: str


@dataclass(frozen=True)
class Unreadable:
    """A row of which no comment can be made, and why."""

    place: str
    why: str


@dataclass
class Report:
    """What became of the rows. `skipped` counts them by reason, `places` names the first of each."""

    read: int = 0
    made: int = 0
    people: int = 0
    skipped: Counter = field(default_factory=Counter)
    places: dict[str, list[str]] = field(default_factory=dict)

    def skip(self, place: str, why: str) -> None:
        self.skipped[why] += 1
        if self.skipped[why] <= PLACES_NAMED:
            self.places.setdefault(why, []).append(place)


ALREADY_THERE = "already there"
ERASED = "was brought in before and erased since"
TWICE = "the same id stands twice in the file"
NO_PARENT = "what it answers was not brought in; if it stands further down, run this once more"
PARENT_ELSEWHERE = "what it answers stands in another discussion"
PARENT_ERASED = "what it answered has been erased"


def read_lines(file: BinaryIO) -> Iterator[Row | Unreadable]:
    """Rows of JSON lines `{"id", "parent", "author", "created", "body"}`; parent 0 for none. Other keys are ignored.

    A time without a zone is taken for UTC.
    """
    for number, line in enumerate(file, start=1):
        if line.strip():
            yield _read_line(f"line {number}", line)


def bring_in(
    rows: Iterable[Row | Unreadable],
    thread: Thread,
    *,
    source: str,
    dry_run: bool = False,
    after_each: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Make public comments of `rows` in `thread`, parents before answers; those that were made before are left alone.

    Screening is not asked, nobody is written to, and the dates are those of the rows. Authors become names without an
    address: one person for each name in this thread and source. `after_each` is called with the report after each
    batch. Memory: the ids of the file, some 100 bytes each.
    """
    report = Report()
    seen: set[str] = set()
    people: set[str] = set()
    told = 0
    stream = iter(rows)
    while batch := list(islice(stream, BATCH)):
        report.read += len(batch)
        fit = _fit(batch, seen, report)
        known = _known(thread, source, fit)
        new = _new_among(fit, known, report)
        if dry_run:
            made = _with_parents(new, known, thread, source, report, seen)
        else:
            made = _make(new, thread, source, report)
        seen -= {row.id for row in new} - {row.id for row in made}
        people.update(row.author for row in made)
        report.made += len(made)
        report.people = len(people)
        if report.made > 4 * told and not dry_run:
            _tell_the_planner()
            told = report.made
        after_each(report)
    if report.made and not dry_run:
        rank_thread(thread.pk)
        _tell_the_planner()
    return report


def _read_line(place: str, line: bytes) -> Row | Unreadable:
    try:
        found = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Unreadable(place, "not JSON")
    if not isinstance(found, dict):
        return Unreadable(place, "not an object with id, parent, author, created and body")
    foreign_id, parent = _id_in(found.get("id")), _id_in(found.get("parent"))
    if not foreign_id:
        return Unreadable(place, "no id")
    if parent is None:
        return Unreadable(place, "the parent is not an id")
    created = _time_in(found.get("created"))
    if created is None:
        return Unreadable(place, "no date that can be read")
    body, author = found.get("body"), found.get("author")
    if not isinstance(body, str):
        return Unreadable(place, "no text")
    return Row(place, foreign_id, parent, author if isinstance(author, str) else "", created, body)


def _id_in(value) -> str | None:
    """An id of another system as text, "" for none; None for what is no id."""
    if value in (None, 0, "", "0"):
        return ""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = _storable(str(value)).strip()
    return text if 0 < len(text) <= ID_MAX_LENGTH else None


def _time_in(value) -> datetime | None:
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
        if moment is not None and moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC) if moment else None
    except (ValueError, OverflowError):
        return None


def _storable(text: str) -> str:
    """Without what PostgreSQL cannot keep: zeros, and halves of a character."""
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _fit(batch: list[Row | Unreadable], seen: set[str], report: Report) -> list[Row]:
    """The rows that could be comments, made clean. Notes in `seen` which ids the file has had."""
    fit = []
    for row in batch:
        if isinstance(row, Row):
            row = replace(row, author=_shown_name(row.author), body=_storable(row.body).replace("\r\n", "\n").strip())
        if why := _why_not(row, seen):
            report.skip(row.place, why)
        else:
            seen.add(row.id)
            fit.append(row)
    return fit


def _why_not(row: Row | Unreadable, seen: set[str]) -> str:
    if isinstance(row, Unreadable):
        return row.why
    if row.id in seen:
        return TWICE
    if not any(sign.isprintable() and not sign.isspace() for sign in row.body):
        return "no words in it"
    if len(row.body) > settings.COMMENT_MAX_LENGTH:
        return f"longer than {settings.COMMENT_MAX_LENGTH:,} characters"
    if not EARLIEST <= row.created <= timezone.now():
        return "a date before the year 2000 or in the future"
    return ""


@lru_cache(maxsize=10_000)
def _shown_name(name: str) -> str:
    """A name that may be shown, whatever came: of an e-mail address only what stands before the @."""
    begun = _storable(name)[:NAME_LOOKED_AT]
    shown = one_line(re.sub(r"(?<=\S)@\S+\.\S+", "", begun))[:NAME_MAX_LENGTH].strip()
    return shown if any(sign.isalpha() for sign in shown) else NAMELESS


def _known(thread: Thread, source: str, rows: list[Row]) -> dict[str, Comment | None]:
    """What was brought in before, of these rows and of what they answer. None stands for a comment erased since."""
    ids = {row.id for row in rows} | {row.parent for row in rows if row.parent}
    found = ImportedComment.objects.filter(thread_id=thread.pk, source=source, foreign_id__in=ids)
    places = found.select_related("comment").only("foreign_id", "comment__id", "comment__root_id", "comment__path")
    return {one.foreign_id: one.comment for one in places}


def _new_among(rows: list[Row], known: dict[str, Comment | None], report: Report) -> list[Row]:
    new = []
    for row in rows:
        if row.id in known:
            report.skip(row.place, ALREADY_THERE if known[row.id] else ERASED)
        else:
            new.append(row)
    return new


def _with_parents(
    rows: list[Row],
    known: dict[str, Comment | None],
    thread: Thread,
    source: str,
    report: Report,
    earlier: Collection[str] = (),
) -> list[Row]:
    """The rows that answer nothing, or something that is there: `known`, among the rows before, or in `earlier`."""
    here = {row.id for row in rows}
    placed: dict[str, Row] = {}
    orphans = []
    for row in rows:
        if not row.parent or known.get(row.parent) or row.parent in placed:
            placed[row.id] = row
        elif row.parent in known:
            report.skip(row.place, PARENT_ERASED)
        elif row.parent in earlier and row.parent not in here:
            placed[row.id] = row
        else:
            orphans.append(row)
    if orphans:
        elsewhere = ImportedComment.objects.filter(source=source, foreign_id__in={row.parent for row in orphans})
        ids = set(elsewhere.exclude(thread_id=thread.pk).values_list("foreign_id", flat=True))
        for row in orphans:
            report.skip(row.place, PARENT_ELSEWHERE if row.parent in ids else NO_PARENT)
    return list(placed.values())


def _make(rows: list[Row], thread: Thread, source: str, report: Report) -> list[Row]:
    """Make public comments of new rows, in one transaction; those that were made."""
    drawn = {row.id: markdown.render(row.body) for row in rows}  # no lock is held meanwhile
    with locked(thread.pk) as thread:
        places = _known(thread, source, rows)  # once more: another import may run
        made = _with_parents(_new_among(rows, places, report), places, thread, source, report)
        guests = _guests(thread, source, {row.author for row in made})
        for row, pk in zip(made, next_comment_ids(len(made)), strict=True):
            parent = places[row.parent] if row.parent else None
            root_id, depth, path = place_under(parent, pk, thread.max_depth)
            places[row.id] = Comment(
                id=pk,
                thread=thread,
                parent=parent,
                root_id=root_id,
                depth=depth,
                path=path,
                guest_id=guests[row.author],
                body=row.body,
                body_html=drawn[row.id],
                created_at=row.created,
            )
        enter_many(thread, [places[row.id] for row in made])
        copy_in(
            ImportedComment(thread=thread, source=source, foreign_id=row.id, comment=places[row.id]) for row in made
        )
    return made


def _guests(thread: Thread, source: str, names: set[str]) -> dict[str, int]:
    """Ids of the people of these names, made where there are none. They have no address, so nobody can claim them;
    the key only finds them again when the import goes on another day."""
    keys = {UUID(bytes=sign): name for name in names for sign in _signs(thread, source, name)}
    found = {keys[key]: pk for key, pk in Guest.objects.filter(key__in=keys).values_list("key", "pk")}
    new = [Guest(key=UUID(bytes=_signs(thread, source, name)[0]), name=name) for name in sorted(names - found.keys())]
    return found | {guest.name: guest.pk for guest in Guest.objects.bulk_create(new)}


def _signs(thread: Thread, source: str, name: str) -> list[bytes]:
    return tokens.fingerprints("imported-name", f"{thread.pk}/{source}/{name}")


def _tell_the_planner() -> None:
    """Many rows have come at once: PostgreSQL should know before the next reader asks, and not in a minute.

    Nobody searches by the texts, and looking at them takes longer than all the rest.
    """
    with connection.cursor() as cursor:
        for model in (Comment, Tally, Guest, ImportedComment):
            columns = [field.column for field in model._meta.concrete_fields if not isinstance(field, TextField)]
            cursor.execute(f"ANALYZE {model._meta.db_table} ({', '.join(columns)})")
