"""The public log: every decision has its line, and no line leads to a person."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from civic.pages import memory
from comments.models import Thread
from moderation import public_log
from moderation.counting import count_months
from moderation.models import Act, Appeal, Decision
from moderation.public_log import Wanted, load_log, rule_key
from tests.conftest import SAME_ORIGIN
from tests.factories import make_comment, make_guest, make_member
from tests.moderation.deciding_in_the_past import DAY, decided, undone

pytestmark = pytest.mark.django_db

OCTOBER = date(2026, 10, 1)
LATER = DAY + timedelta(days=20)


@pytest.fixture(autouse=True)
def _in_november():
    with time_machine.travel(LATER, tick=False):
        yield


def log(**wanted):
    count_months()
    return load_log(Wanted(**{"month": OCTOBER, **wanted}), "UTC")


def five(act: Act = Act.REMOVE, **fields) -> list[Decision]:
    return [decided(act, **fields) for _ in range(5)]


def lines_of(shown) -> list[tuple]:
    return [(line.day.day, line.act, line.by_program, line.outcome) for line in shown.lines]


def test_a_line_says_day_act_rule_and_who_and_where(visitor_client):
    thread = make_comment().thread
    made = [decided(Act.REMOVE, comment=make_comment(thread=thread), at=DAY + timedelta(days=n)) for n in range(5)]

    shown = log()

    assert lines_of(shown) == [(day, Act.REMOVE, False, "") for day in (19, 18, 17, 16, 15)]
    assert {(line.rule, line.thread) for line in shown.lines} == {(made[0].rule_text, thread)}
    page = visitor_client.get("/transparency/log/?month=2026-10").content.decode()
    assert page.count(f'<a href="{thread.address}">{thread.title}</a>') == 5
    assert '<time datetime="2026-10-19">19 October</time>' in page


def test_of_a_kind_with_fewer_than_five_there_is_one_line_that_does_not_count_them():
    five(Act.REMOVE)
    for _ in range(3):
        decided(Act.REFUSE)
    decided(Act.REMOVE, automatic=True)

    shown = log()

    assert {line.act for line in shown.lines} == {Act.REMOVE}
    assert not any(line.by_program for line in shown.lines)
    assert [(few.act, few.by_program, str(few.number)) for few in shown.few] == [
        (Act.REFUSE, False, "fewer than 5"),
        (Act.REMOVE, True, "fewer than 5"),
    ]


def test_an_act_that_is_told_whole_has_lines_for_all_without_the_rules_that_are_masked(visitor_client):
    big = five(Act.REMOVE, rule=3)
    masked = [decided(Act.REMOVE, rule=rule) for rule in (4, 4, 4, 5, 5)]
    Appeal.objects.create(decision=masked[0], text="Why?", state=Appeal.State.UPHELD, decided_at=DAY)

    shown = log()

    assert sorted(str(line.rule) for line in shown.lines) == sorted([big[0].rule_text] * 5 + ["None"] * 5)
    assert {line.by_program for line in shown.lines} == {False}  # all of them: the numbers say so
    assert {line.outcome for line in shown.lines} == {""}
    assert shown.few == []
    page = visitor_client.get("/transparency/log/?month=2026-10").content.decode()
    assert page.count("by a rule that was used fewer than five times") == 5
    feed = visitor_client.get("/transparency/log.json?month=2026-10").json()
    assert sum(line["rule_is_withheld"] for line in feed["decisions"]) == 5


def test_whoever_asks_for_a_rule_does_not_get_to_count_its_lines():
    five(Act.REMOVE, rule=3)
    masked = [decided(Act.REMOVE, rule=rule) for rule in (4, 4, 4, 5, 5)]

    shown = log(rule=rule_key(masked[0].rule_text))

    assert shown.lines == []
    assert [(few.rule, str(few.number)) for few in shown.few] == [(masked[0].rule_text, "fewer than 5")]


def test_of_masked_decisions_it_is_not_told_who_made_them_where_that_differs():
    for rule, automatic in ((4, False), (4, False), (5, True), (5, True), (5, True)):
        decided(Act.REMOVE, rule=rule, automatic=automatic)

    assert [(line.rule, line.by_program) for line in log().lines] == [(None, None)] * 5


def test_the_log_looks_the_same_whether_one_or_four_were_made(visitor_client):
    pages = []
    for _ in range(4):
        decided(Act.REFUSE, comment=make_comment())
        count_months()
        memory.clear()
        pages.append(visitor_client.get("/transparency/log/?month=2026-10").content)
        pages.append(visitor_client.get("/transparency/log.json?month=2026-10").content)

    assert len(set(pages)) == 2


def test_a_slip_has_no_line_and_neither_has_an_undoing():
    made = five(Act.REMOVE)
    slip = decided(Act.REMOVE)
    undone(slip, after=timedelta(seconds=15))
    for decision in made:
        undone(decision, after=timedelta(days=1))

    shown = log()

    assert lines_of(shown) == [(15, Act.REMOVE, False, "taken back by the moderators themselves")] * 5
    assert shown.few == []


def test_what_came_of_appeals_is_told_where_it_is_of_five():
    for decision in five(Act.REMOVE) + five(Act.REMOVE):
        Appeal.objects.create(decision=decision, text="Why?", state=Appeal.State.UPHELD, decided_at=DAY)
    assert {line.outcome for line in log().lines} == {"second look: it stands"}

    Appeal.objects.filter(pk=Appeal.objects.latest("pk").pk).update(state=Appeal.State.OVERTURNED)
    assert {line.outcome for line in log().lines} == {""}


def test_an_overtaken_appeal_is_no_outcome():
    for decision in five(Act.REMOVE):
        Appeal.objects.create(decision=decision, text="Why?", state=Appeal.State.OVERTAKEN, decided_at=DAY)

    assert {line.outcome for line in log().lines} == {""}


def test_a_day_comes_in_when_it_is_over():
    five(Act.REMOVE)
    five(Act.REMOVE, at=DAY + timedelta(days=1))
    with time_machine.travel(DAY + timedelta(days=1, hours=6), tick=False):
        assert {line.day.day for line in log().lines} == {15}
    with time_machine.travel(datetime(2026, 10, 17, 0, 1, tzinfo=UTC), tick=False):
        assert {line.day.day for line in log().lines} == {15, 16}


def test_the_discussion_is_named_only_while_it_can_be_read(visitor_client):
    five(Act.REMOVE)
    thread = Thread.objects.earliest("pk")
    Thread.objects.filter(pk=thread.pk).update(visible_until=timezone.now() + timedelta(seconds=30))
    count_months()
    address = "/transparency/log/?month=2026-10"
    assert thread.title in visitor_client.get(address).content.decode()

    with time_machine.travel(LATER + timedelta(seconds=31), tick=False):
        page = visitor_client.get(address).content.decode()

    assert thread.title not in page
    assert page.count("log__what") == 5


def test_nothing_in_it_leads_to_a_person(visitor_client, moderator):
    writers = [{"guest": make_guest(name="Gesa Guest", email="gesa@example.org")}, {"member": make_member()}]
    for number in range(10):
        comment = make_comment(**writers[number % 2], body="Dreadful words.")
        made = decided(Act.REMOVE, comment=comment, by=moderator)
        Appeal.objects.create(decision=made, text="My own reasons.", state=Appeal.State.UPHELD, decided_at=DAY)
        Decision.objects.filter(pk=made.pk).update(note="Dear Gesa")
    count_months()

    for address in ("/transparency/log/", "/transparency/log.json", "/transparency/"):
        page = visitor_client.get(f"{address}?month=2026-10").content.decode()
        hidden = ["Gesa", "gesa@", "Dreadful", "own reasons", moderator.display_name, "12:00", "11:00"]
        hidden += [writers[1]["member"].display_name]
        hidden += [f"/c/{decision.comment_id}" for decision in Decision.objects.all()]
        assert [word for word in hidden if word in page] == []


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(public_log, "LINES", 4)


def test_pages_follow_each_other_without_a_gap_or_a_double(small_pages):
    for day, number in ((15, 7), (16, 1), (17, 9)):
        for _ in range(number):
            decided(Act.REMOVE, at=datetime(2026, 10, day, 9, tzinfo=UTC), comment=make_comment())
    seen, pages, before = [], 0, ""
    while True:
        shown = log(before=before)
        seen += [line.thread.pk for line in shown.lines]
        pages += 1
        if not (before := shown.next):
            break

    in_order = Decision.objects.order_by("-made_at", "-pk").values_list("comment__thread_id", flat=True)
    assert seen == list(in_order)
    assert pages == 5


def test_positions_tell_nothing_of_what_is_not_in_the_log(small_pages):
    five(Act.REMOVE)
    first = log().next
    decided(Act.REFUSE)
    undone(decided(Act.REMOVE), after=timedelta(seconds=3))

    assert log().next == first == "15.4"


def test_it_is_narrowed_down_by_act_and_rule(visitor_client):
    removed = five(Act.REMOVE, rule=3)
    five(Act.REMOVE, rule=4)
    five(Act.REFUSE, rule=4)
    key = rule_key(removed[0].rule_text)

    assert {(line.act, line.rule) for line in log(rule=key).lines} == {(Act.REMOVE, removed[0].rule_text)}
    assert [line.act for line in log(act="refuse").lines] == [Act.REFUSE] * 5
    assert len(log(act="remove").lines) == 10
    assert log(act="refuse", rule=key) is None
    page = visitor_client.get(f"/transparency/log/?month=2026-10&act=remove&rule={key}").content.decode()
    assert page.count("log__what") == 5
    assert f'<option value="{key}" selected>' in page


@pytest.mark.parametrize(
    "query",
    ["month=2026-09", "month=x", "act=nonsense", "act=undone", "rule=x", "before=x", "before=15.99", "before=0.0"],
)
def test_what_is_not_in_the_log_is_not_there(visitor_client, query):
    five(Act.REMOVE)
    count_months()
    whole = query if query.startswith("month") else f"month=2026-10&{query}"

    assert visitor_client.get(f"/transparency/log/?{whole}").status_code == 404
    assert visitor_client.get(f"/transparency/log.json?{whole}").status_code == 404


def test_an_empty_site_has_the_log_too(visitor_client):
    assert "Nothing has been decided yet" in visitor_client.get("/transparency/log/").content.decode()
    assert visitor_client.get("/transparency/log.json").json()["decisions"] == []


def test_programs_read_the_same(visitor_client, small_pages):
    made = five(Act.REMOVE, automatic=True)
    decided(Act.PUBLISH)
    count_months()

    feed = visitor_client.get("/transparency/log.json?month=2026-10").json()

    thread = made[-1].comment.thread
    assert feed["decisions"][0] == {
        "day": "2026-10-15",
        "act": "remove",
        "rule": made[0].rule_text,
        "rule_is_withheld": False,
        "decided_by": "a program",
        "discussion": {"title": thread.title, "address": f"http://testserver{thread.address}"},
        "outcome": None,
    }
    assert feed["fewer_than_five_each"] == [
        {"act": "publish", "rule": None, "decided_by": "a person", "number": "fewer than 5"}
    ]
    rest = visitor_client.get(feed["next"].removeprefix("http://testserver")).json()
    assert (len(feed["decisions"]), len(rest["decisions"]), rest["next"]) == (4, 1, None)
    assert rest["fewer_than_five_each"] == []


def test_months_lead_to_each_other(visitor_client):
    five(Act.REMOVE, at=DAY - timedelta(days=31))
    five(Act.REMOVE)
    count_months()

    page = visitor_client.get("/transparency/log/?month=2026-10").content.decode()
    assert 'href="/transparency/log/?month=2026-09"' in page
    assert 'href="/transparency/log/?month=2026-11"' in page
    older = visitor_client.get("/transparency/log.json?month=2026-10").json()["older"]
    assert visitor_client.get(older.removeprefix("http://testserver")).json()["month"] == "2026-09"


@pytest.mark.parametrize("address", ["/transparency/log/", "/transparency/log.json"])
def test_it_is_public_sets_no_cookie_and_is_kept(address):
    five(Act.REMOVE)
    count_months()
    browser = Client(**SAME_ORIGIN)
    answer = browser.get(f"{address}?month=2026-10")

    assert answer.status_code == 200
    assert not answer.cookies
    assert "cookie" not in answer.get("Vary", "").lower()
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(f"{address}?month=2026-10&utm_source=x").content == answer.content
    assert len(seen) == 1


def test_five_lines_or_fifty_cost_the_same_queries(client_of, reader):
    browser = client_of(reader)

    def queries() -> int:
        count_months()
        with CaptureQueriesContext(connection) as seen:
            assert browser.get("/transparency/log/?month=2026-10").status_code == 200
        return len(seen)

    five(Act.REMOVE)
    queries()
    one = queries()
    for _ in range(9):
        five(Act.REMOVE)
        decided(Act.REFUSE, rule=4)
    assert queries() == one
