"""Letters that write themselves: what is in them, for whom there is one, and that there is one."""

import threading
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article
from civic.lib.site import SiteSettings
from comments.models import Tally
from newsletter import approving, digests
from newsletter.issues import drawn
from newsletter.models import Issue, Newsletter
from tests.articles.factories import make_article, make_section
from tests.factories import make_comment, make_member
from tests.newsletter.factories import make_newsletter, make_subscriber

BERLIN = "Europe/Berlin"


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=ZoneInfo(BERLIN))


MONDAY = at(2026, 11, 23, 12)
TUESDAY_SLOT = at(2026, 11, 24, 6, 30)


@pytest.fixture(autouse=True)
def _berlin(db):
    SiteSettings(zone=BERLIN, postal_address="3 Corn Hall Passage").save()


@pytest.fixture
def started(monkeypatch):
    """What was handed over to be sent, as (cadence, slot)."""
    handed = []

    def start(issue: Issue) -> None:
        handed.append((issue.cadence, issue.slot))
        Issue.objects.filter(pk=issue.pk).update(state=Issue.State.FREEZING)

    monkeypatch.setattr(approving, "start", start)
    return handed


@pytest.fixture
def daily():
    """The Morning Lamp, every day at half past six, since the Monday."""
    with time_machine.travel(MONDAY):
        return make_newsletter("The Morning Lamp", rhythm="day", rhythm_at=time(6, 30))


def reader_of(newsletter: Newsletter, cadence: str = "each"):
    subscriber = make_subscriber(newsletter)
    subscriber.subscriptions.update(cadence=cadence)
    return subscriber


def story(when: datetime, **fields) -> Article:
    return make_article(published_at=when, **fields)


def made(newsletter: Newsletter, now: datetime) -> list[tuple[str, str]]:
    return [(issue.cadence, issue.slot) for issue in digests.make_digests_of(newsletter.pk, now)]


def headlines(issue: Issue) -> list[str]:
    return [block["headline"] for block in issue.blocks if block["type"] == "item"]


# --- whether there is one --------------------------------------------------------------------------


def test_what_was_published_since_yesterday_goes_out_in_the_morning(daily, started):
    reader_of(daily)
    story(at(2026, 11, 23, 13), headline="Homes above the shops")

    (issue,) = digests.make_digests_of(daily.pk, TUESDAY_SLOT)

    assert (issue.slot, issue.state, issue.is_automatic) == ("2026-11-24", "scheduled", True)
    assert (issue.scheduled_at, issue.covers_until) == (TUESDAY_SLOT, TUESDAY_SLOT)
    assert (issue.subject, headlines(issue)) == ("Homes above the shops", ["Homes above the shops"])
    assert issue.blocks[0]["paragraphs"] == ["Good morning. One story since yesterday."]


def test_nothing_new_means_no_letter(daily, started):
    reader_of(daily)
    story(at(2026, 11, 20, 9))

    assert made(daily, TUESDAY_SLOT) == []
    assert not Issue.objects.exists()


def test_what_comes_a_minute_late_waits_for_the_next_letter(daily, started):
    reader_of(daily)
    story(at(2026, 11, 24, 6, 31))

    assert made(daily, at(2026, 11, 24, 6, 40)) == []
    assert made(daily, at(2026, 11, 25, 6, 30)) == [("each", "2026-11-25")]


def test_no_letter_is_made_before_its_time_or_for_a_slot_before_it_was_wanted(daily, started):
    reader_of(daily)
    story(at(2026, 11, 22, 9))
    story(at(2026, 11, 23, 13))

    assert made(daily, at(2026, 11, 23, 18)) == []  # it was switched on at noon: this morning is past
    assert made(daily, at(2026, 11, 24, 6, 29)) == []


def test_a_slot_that_was_missed_is_made_up_for_on_the_same_day(daily, started):
    reader_of(daily)
    story(at(2026, 11, 23, 13))

    assert made(daily, at(2026, 11, 24, 17)) == [("each", "2026-11-24")]


def test_after_days_without_a_worker_one_letter_tells_of_all(daily, started):
    reader_of(daily)
    story(at(2026, 11, 23, 13), headline="First")
    digests.make_digests_of(daily.pk, TUESDAY_SLOT)
    for day in (24, 25, 26):
        story(at(2026, 11, day, 13), headline=f"Of the {day}th")

    assert made(daily, at(2026, 11, 27, 9)) == [("each", "2026-11-27")]
    assert sorted(headlines(Issue.objects.latest("pk"))) == ["Of the 24th", "Of the 25th", "Of the 26th"]


def test_a_letter_is_made_for_each_cadence_that_has_readers_and_no_other(daily, started):
    reader_of(daily, "each")
    reader_of(daily, "week")
    make_subscriber(daily, state="left").subscriptions.update(cadence="three")
    make_subscriber(daily, state="pending").subscriptions.update(cadence="month")
    for day in range(23, 30):
        story(at(2026, 11, day, 13))

    found = [name for day in range(24, 31) for name in made(daily, at(2026, 11, day, 7))]

    assert [slot for cadence, slot in found if cadence == "each"] == [f"2026-11-{day}" for day in range(24, 31)]
    assert [slot for cadence, slot in found if cadence != "each"] == ["2026-w48"]


def test_newsletters_that_people_write_get_no_automatic_letter(started):
    by_hand = make_newsletter("Council Watch")
    reader_of(by_hand)
    story(at(2026, 11, 23, 13))

    with time_machine.travel(TUESDAY_SLOT):
        digests.make_digests()

    assert not Issue.objects.exists()


# --- that there is one -------------------------------------------------------------------------------


def test_whoever_looks_again_makes_no_second_letter(daily, started, run_jobs):
    reader_of(daily)
    story(at(2026, 11, 23, 13))

    with time_machine.travel(TUESDAY_SLOT, tick=False):
        for _ in range(3):
            digests.make_digests()
            run_jobs()
            approving.start_what_is_due()

    assert Issue.objects.count() == 1
    assert started == [("each", "2026-11-24")]


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_make_one_letter_of_each_cadence(started, run_jobs):
    SiteSettings(zone=BERLIN).save()
    with time_machine.travel(MONDAY):
        daily = make_newsletter("The Morning Lamp", rhythm="day")
    for cadence in ("each", "three", "week"):
        reader_of(daily, cadence)
    story(at(2026, 11, 27, 5))
    story(at(2026, 11, 27, 13))
    saturday = at(2026, 11, 28, 6, 30)
    gate, made_by = threading.Barrier(4), []

    def look() -> None:
        gate.wait()
        made_by.append([issue.slot for issue in digests.make_digests_of(daily.pk, saturday)])
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with time_machine.travel(saturday):
        run_jobs()

    wanted = [("each", "2026-11-28"), ("three", "2026-11-27"), ("week", "2026-w48")]
    assert len(made_by) == 4
    assert sorted(slot for slots in made_by for slot in slots) == sorted(slot for _, slot in wanted)
    assert sorted(Issue.objects.values_list("cadence", "slot")) == wanted
    assert sorted(started) == wanted


def test_a_worker_that_dies_while_making_a_letter_has_made_nothing(daily, started, monkeypatch):
    reader_of(daily)
    story(at(2026, 11, 23, 13))

    def dies(issue):
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(digests, "let_start", dies)
        with pytest.raises(RuntimeError):
            digests.make_digests_of(daily.pk, TUESDAY_SLOT)

    assert not Issue.objects.exists()
    assert made(daily, TUESDAY_SLOT) == [("each", "2026-11-24")]


@pytest.mark.parametrize("change", [at(2026, 3, 29, 12), at(2026, 10, 25, 12)])
@pytest.mark.parametrize("hour", [time(2, 30), time(6, 30)])
def test_a_weekly_reader_of_a_daily_letter_gets_one_a_week_across_the_change_of_clocks(change, hour, started):
    with time_machine.travel(change - timedelta(days=15)):
        lamp = make_newsletter("The Morning Lamp", rhythm="day", rhythm_at=hour, rhythm_weekday=6)
    reader_of(lamp, "week")
    for days in range(-14, 15):
        story(change + timedelta(days=days, hours=1), headline=f"Of day {days}")

    for hours in range(-14 * 24, 15 * 24, 3):
        digests.make_digests_of(lamp.pk, change + timedelta(hours=hours))

    weeks = [issue.slot for issue in Issue.objects.order_by("pk")]
    sundays = [(change + timedelta(days=days)).isocalendar() for days in (-7, 0, 7, 14)]
    assert weeks == [f"{year}-w{week:02d}" for year, week, _ in sundays]
    told = [headline for issue in Issue.objects.all() for headline in headlines(issue)]
    assert sorted(told) == sorted({f"Of day {days}" for days in range(-14, 14)})


# --- what is in it ------------------------------------------------------------------------------------


def test_only_the_sections_that_were_chosen_are_told_of(daily, started):
    reader_of(daily)
    town, sport = make_section(name="Town Hall"), make_section(name="Sport")
    daily.sections.add(town)
    story(at(2026, 11, 23, 13), section=town, headline="By one vote")
    story(at(2026, 11, 23, 14), section=sport, headline="Nil all")

    (issue,) = digests.make_digests_of(daily.pk, TUESDAY_SLOT)

    assert headlines(issue) == ["By one vote"]


def test_the_lead_of_the_front_page_leads_and_the_rest_is_one_click_away(daily, started):
    reader_of(daily)
    daily.articles_at_most = 2
    daily.save()
    for n in range(4):
        story(at(2026, 11, 23, 13 + n), headline=f"Story {n}")
    story(at(2026, 11, 23, 12, 30), headline="The lead", place="lead")

    (issue,) = digests.make_digests_of(daily.pk, TUESDAY_SLOT)

    assert headlines(issue) == ["The lead", "Story 3"]
    assert [block["lead"] for block in issue.blocks if block["type"] == "item"] == [True, False]
    assert issue.blocks[-1]["label"] == "All 5 stories"
    assert issue.preheader == "Story 3 · Story 2"


def test_an_article_that_was_just_being_published_is_in_the_next_letter_once(daily, started):
    reader_of(daily)
    story(at(2026, 11, 24, 6, 29), headline="In time")
    digests.make_digests_of(daily.pk, TUESDAY_SLOT)
    story(at(2026, 11, 24, 6, 29, 59), headline="Committed a moment after")

    digests.make_digests_of(daily.pk, at(2026, 11, 25, 6, 30))

    assert headlines(Issue.objects.latest("pk")) == ["Committed a moment after"]


def test_what_a_cancelled_letter_would_have_told_is_in_the_next(daily, started):
    reader_of(daily)
    story(at(2026, 11, 23, 13), headline="Told after all")
    (issue,) = digests.make_digests_of(daily.pk, TUESDAY_SLOT)
    approving.cancel(issue.pk)
    story(at(2026, 11, 24, 13), headline="New")

    digests.make_digests_of(daily.pk, at(2026, 11, 25, 6, 30))

    assert sorted(headlines(Issue.objects.latest("pk"))) == ["New", "Told after all"]


def test_an_article_that_was_taken_down_is_not_told_of(daily, started):
    reader_of(daily)
    story(at(2026, 11, 23, 13)).unpublish()

    assert made(daily, TUESDAY_SLOT) == []


def test_the_best_comments_of_the_time_stand_in_it_picked_ones_first(daily, started):
    reader_of(daily)
    daily.comments_at_most = 2
    daily.save()
    first, second, third = (story(at(2026, 11, 23, 13 + n)).thread for n in range(3))
    with time_machine.travel(at(2026, 11, 23, 18)):
        good = make_comment(thread=first, body="What matters is who reads the log of searches, and who can fire them.")
        picked = make_comment(thread=second, body="Picked.")
        make_comment(thread=third, body="Nobody has said that this one is any good at all, or bad.")
    Tally.objects.filter(comment=good).update(agree=9, ranked_votes=9, best=846_153)
    type(picked).objects.filter(pk=picked.pk).update(is_picked=True)

    (issue,) = digests.make_digests_of(daily.pk, TUESDAY_SLOT)

    assert [block["comment"] for block in issue.blocks if block["type"] == "voice"] == [picked.pk, good.pk]
    assert next(block["text"] for block in drawn(issue).blocks if block["type"] == "voice") == "Picked."


def test_no_comment_is_quoted_where_none_is_wanted(daily, started):
    reader_of(daily)
    daily.comments_at_most = 0
    daily.save()
    thread = story(at(2026, 11, 23, 13)).thread
    with time_machine.travel(at(2026, 11, 23, 18)):
        comment = make_comment(thread=thread, member=make_member())
    type(comment).objects.filter(pk=comment.pk).update(is_picked=True)

    (issue,) = digests.make_digests_of(daily.pk, TUESDAY_SLOT)

    assert [block for block in issue.blocks if block["type"] == "voice"] == []


def test_a_letter_of_thirty_articles_costs_as_many_queries_as_one_of_two(daily, started):
    def queries(now: datetime) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert len(digests.make_digests_of(daily.pk, now)) == 1
        return len(asked)

    reader_of(daily)
    daily.articles_at_most = 30
    daily.save()
    section = make_section()
    Newsletter.objects.update(rhythm_since=MONDAY)
    digests.make_digests_of(daily.pk, TUESDAY_SLOT)
    for n in range(2):
        story(at(2026, 11, 24, 12, n), section=section)
    two = queries(at(2026, 11, 25, 6, 30))
    for n in range(30):
        story(at(2026, 11, 25, 12, n), section=section)

    assert queries(at(2026, 11, 26, 6, 30)) == two
