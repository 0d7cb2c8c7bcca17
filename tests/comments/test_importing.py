"""A discussion from elsewhere comes in once, in its order, with every number right."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from comments import housekeeping, visibility
from comments.counting import find_drift
from comments.importing import Row, Unreadable, bring_in, read_lines
from comments.models import Comment, Guest, ImportedComment, Screening, Space, Tally, Thread
from comments.models.comments import State
from tests.factories import make_comment, make_guest, make_rule, make_thread

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


def row(number: int, parent: int = 0, **fields) -> dict:
    """A line of a file, by one of three authors, at another minute for each number."""
    known = {"id": number, "parent": parent, "author": f"Author {number % 3}", "body": f"Thought {number}."}
    return {**known, "created": (START + timedelta(minutes=number)).isoformat(), **fields}


def rows(*found: dict) -> list[Row | Unreadable]:
    return list(read_lines([json.dumps(one).encode() for one in found]))


def bring(thread: Thread, *found: dict, **options):
    return bring_in(rows(*found), thread, source="jsonl", **options)


@pytest.fixture
def file(tmp_path):
    """Writes rows, or lines as they are, into a file; its path."""

    def write(*lines) -> str:
        path = tmp_path / "thread.jsonl"
        texts = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
        path.write_bytes(b"\n".join(texts) + b"\n")
        return str(path)

    return write


def run(*args, **options) -> str:
    said = StringIO()
    call_command("import_comments", *args, stdout=said, stderr=StringIO(), **options)
    return said.getvalue()


def test_a_thread_comes_in_in_reading_order_with_authors_dates_and_words():
    thread = make_thread()

    bring(thread, row(1, author="Ada  Brook"), row(2), row(3, parent=1, body="*Yes.*"), row(4, parent=3))

    found = Comment.objects.on(thread).order_by("path")
    assert [(c.body, c.depth) for c in found] == [
        ("Thought 1.", 0),
        ("*Yes.*", 1),
        ("Thought 4.", 2),
        ("Thought 2.", 0),
    ]
    assert [c.parent and c.parent.body for c in found] == [None, "Thought 1.", "*Yes.*", None]
    assert found[0].writer_name == "Ada Brook"
    assert found[0].badge is None
    assert found[1].body_html == "<p><em>Yes.</em></p>"
    assert {c.state for c in found} == {State.PUBLIC}
    assert found[0].created_at == found[0].published_at == START + timedelta(minutes=1)
    assert not Screening.objects.exists()


def test_numbers_are_as_if_each_had_come_through_the_door_alone():
    thread = make_thread()
    by_hand = make_thread()
    known = {}
    guests = {f"Author {n}": make_guest(name=f"Author {n}") for n in range(3)}
    talk = [row(n, parent=n // 2 if n % 4 else 0) for n in range(1, 61)]
    for one in talk:
        when = datetime.fromisoformat(one["created"])
        known[one["id"]] = make_comment(
            thread=by_hand, parent=known.get(one["parent"]), guest=guests[one["author"]], created_at=when
        )

    for start in range(0, 60, 7):  # many batches
        bring(thread, *talk[start : start + 7])

    def numbers(of):
        of.refresh_from_db()
        return of.comment_count, of.people_count, of.last_comment_at, of.version

    def tallies(of):
        found = Tally.objects.filter(thread=of).order_by("comment")
        return list(found.values_list("answers", "is_shown_root", "comment__depth", "comment__shown"))

    assert find_drift() == []
    assert numbers(thread) == numbers(by_hand)
    assert tallies(thread) == tallies(by_hand)
    assert not Tally.objects.filter(thread=thread, is_stale=True).exists()
    assert list(Tally.objects.filter(thread=thread).values_list("discussed", flat=True).order_by("pk")) == list(
        Tally.objects.filter(thread=thread).values_list("answers", flat=True).order_by("pk")
    )


def test_running_twice_makes_nothing_twice():
    thread = make_thread()
    talk = [row(1), row(2, parent=1), row(3)]
    bring(thread, *talk)

    again = bring(thread, *talk, row(4, parent=2))

    assert (again.read, again.made, again.skipped) == (4, 1, {"already there": 3})
    assert Comment.objects.on(thread).count() == 4
    assert Guest.objects.filter(email="").count() == 3


def test_it_goes_on_where_it_was_killed(monkeypatch):
    thread = make_thread()
    talk = [row(n, parent=n - 1) for n in range(1, 31)]
    monkeypatch.setattr("comments.importing.BATCH", 10)

    def killed(report):
        if report.read == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(thread, *talk, after_each=killed)
    assert find_drift() == []
    report = bring(thread, *talk)

    assert (report.made, report.skipped) == (10, {"already there": 20})
    assert [c.body for c in Comment.objects.on(thread).order_by("path")] == [one["body"] for one in talk]
    assert find_drift() == []


def test_what_cannot_be_a_comment_is_skipped_and_named(file):
    make_thread(address="/2026/11/tram/")
    make_thread(address="/2026/11/bus/")
    run(file(row(90)), thread="/2026/11/bus/")
    path = file(
        row(1),
        b"{nonsense",
        b"\xff\xfe",
        b"[1, 2]",
        b"[" * 5000,
        row(13, id=""),
        row(2, body=" \n\u200b "),
        row(3, body=None),
        row(4, body="x" * 20_001),
        row(5, created="yesterday"),
        row(6, created="1066-10-14T09:00:00Z"),
        row(7, created="2999-01-01T00:00:00Z"),
        row(8, parent=77),
        row(9, parent=8),
        row(10, parent=90),
        row(11, parent=[1]),
        row(1, body="Another."),
        row(14, id="x" * 101),
        row(12, parent=1),
    )

    said = run(path, thread="/2026/11/tram/")

    assert said.splitlines() == [
        "19 rows read; made 2 comments by 2 people, skipped 17.",
        "  3 × not JSON (line 2, line 3, line 5)",
        "  2 × no id (line 6, line 18)",
        "  2 × a date before the year 2000 or in the future (line 11, line 12)",
        "  2 × what it answers was not brought in; if it stands further down, run this once more (line 13, line 14)",
        "  1 × not an object with id, parent, author, created and body (line 4)",
        "  1 × no words in it (line 7)",
        "  1 × no text (line 8)",
        "  1 × longer than 20,000 characters (line 9)",
        "  1 × no date that can be read (line 10)",
        "  1 × the parent is not an id (line 16)",
        "  1 × the same id stands twice in the file (line 17)",
        "  1 × what it answers stands in another discussion (line 15)",
        "They are public without having been screened.",
    ]
    assert find_drift() == []


def test_an_answer_that_stood_above_what_it_answers_comes_with_the_next_run():
    thread = make_thread()
    talk = [row(2, parent=1), row(1)]
    bring(thread, *talk)

    report = bring(thread, *talk)

    assert (report.made, report.skipped) == (1, {"already there": 1})
    assert Comment.objects.on(thread).count() == 2


def test_a_dry_run_says_the_same_and_makes_nothing():
    thread = make_thread()
    talk = [row(1), row(2, parent=1), row(3, parent=9), row(4, parent=3), row(5, body="")]

    tried = bring(thread, *talk, dry_run=True)

    assert not Comment.objects.exists()
    assert not Guest.objects.exists()
    assert not ImportedComment.objects.exists()
    done = bring(thread, *talk)
    assert (tried.made, tried.people, tried.skipped, tried.places) == (
        done.made,
        done.people,
        done.skipped,
        done.places,
    )


def test_a_dry_run_finds_parents_of_earlier_batches(monkeypatch):
    monkeypatch.setattr("comments.importing.BATCH", 2)

    tried = bring(make_thread(), row(1), row(2), row(3, parent=1), row(4, parent=8), row(5, parent=4), dry_run=True)

    assert tried.made == 3


def test_deep_answers_stay_at_the_deepest_level_and_say_whom_they_answer():
    thread = make_thread(space=Space.objects.create(name="Shallow", max_depth=3))

    bring(thread, *(row(n, parent=n - 1) for n in range(1, 7)))

    found = Comment.objects.on(thread).order_by("path")
    assert [c.depth for c in found] == [0, 1, 2, 2, 2, 2]
    assert [c.parent.body for c in found[1:]] == [f"Thought {n}." for n in range(1, 6)]
    assert find_drift() == []


def test_an_answer_to_a_removed_comment_brings_its_placeholder_back():
    thread = make_thread()
    bring(thread, row(1), row(2, parent=1))
    for comment in Comment.objects.on(thread):
        visibility.remove(comment, rule=make_rule())
    assert not Comment.objects.filter(shown=True).exists()

    bring(thread, row(3, parent=2))

    assert list(Comment.objects.order_by("path").values_list("shown", "state")) == [
        (True, "removed"),
        (True, "removed"),
        (True, "public"),
    ]
    assert list(Tally.objects.order_by("pk").values_list("is_shown_root", flat=True)) == [True, False, False]
    assert find_drift() == []


def test_what_was_erased_does_not_come_back():
    thread = make_thread()
    bring(thread, row(1))
    Comment.objects.all().delete()

    report = bring(thread, row(1), row(2, parent=1))

    assert report.made == 0
    assert report.skipped == {
        "was brought in before and erased since": 1,
        "what it answered has been erased": 1,
    }


def test_an_author_is_one_person_in_a_thread_and_another_in_the_next():
    first, second = make_thread(), make_thread()

    bring(first, row(1, author="Ada"), row(2, author="Ada"), row(3, author="Ben"))
    bring(first, row(4, author="Ada"))
    bring(second, row(1, author="Ada"))

    assert Guest.objects.count() == 3
    assert [t.people_count for t in Thread.objects.order_by("pk")] == [2, 1]


def test_imported_people_stay_when_the_unconfirmed_are_erased():
    bring(make_thread(), row(1))
    Guest.objects.update(made_at=timezone.now() - timedelta(days=400))

    housekeeping.erase_unconfirmed()

    assert Guest.objects.count() == Comment.objects.count() == 1


def test_addresses_are_neither_kept_nor_shown():
    bring(make_thread(), row(1, author="ada@example.org", email="ada@example.org"))

    assert list(Guest.objects.values_list("name", "email")) == [("ada", "")]


@pytest.mark.parametrize(
    ("author", "shown"), [("", "Anonymous"), (None, "Anonymous"), ("\0Bo\n b", "Bo b"), ("A" * 99, "A" * 60)]
)
def test_a_name_is_made_fit_to_be_shown(author, shown):
    bring(make_thread(), row(1, author=author))

    assert Guest.objects.get().name == shown


def test_what_the_database_cannot_keep_is_mended():
    bring(make_thread(), row(1, body="a\0b \ud800 c", author="Zo\udfffe"))

    assert Comment.objects.get().body == "ab \ufffd c"


def test_a_discussion_is_found_by_path_or_full_address_or_made_with_a_title(file, settings):
    thread = make_thread(address="/2026/11/tram/")
    path = file(row(1))

    run(path, thread=f"{settings.SITE_URL}/2026/11/tram/")
    with pytest.raises(CommandError, match="Nothing is discussed at /2026/11/bus/"):
        run(path, thread="/2026/11/bus/")
    run(path, thread="/2026/11/bus/", title="The bus", dry_run=True)
    assert list(Thread.objects.all()) == [thread]
    run(path, thread="/2026/11/bus/", title="The bus")

    assert [(t.title, t.comment_count) for t in Thread.objects.order_by("pk")] == [(thread.title, 1), ("The bus", 1)]


def test_ten_batches_cost_no_more_statements_each_than_one(django_assert_max_num_queries, monkeypatch):
    thread = make_thread()
    monkeypatch.setattr("comments.importing.BATCH", 100)
    bring(thread, row(1))

    with django_assert_max_num_queries(10 * 20 + 10):
        bring(thread, *(row(n, parent=n // 3) for n in range(2, 1002)))
