"""What people write, for readers who want it more seldom: one letter a slot, nothing twice, nothing new no letter."""

import threading
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from civic.lib.site import SiteSettings
from comments.visibility import withdraw
from newsletter import digests, sending
from newsletter.editions import edition_of
from newsletter.freezing import freeze
from newsletter.issues import drawn, stands
from newsletter.models import Delivery, Issue, Newsletter, Outcome, Subscription
from newsletter.subscribing import Wish, choose
from tests.articles.factories import make_article
from tests.factories import make_comment
from tests.newsletter.factories import make_issue, make_newsletter, make_subscriber

BERLIN = "Europe/Berlin"
PREFIX = bytes(8)


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=ZoneInfo(BERLIN))


SATURDAY = at(2026, 11, 28, 6, 30)


@pytest.fixture(autouse=True)
def _berlin(db):
    SiteSettings(zone=BERLIN, postal_address="3 Corn Hall Passage").save()


@pytest.fixture
def watch(db):
    """Council Watch, which people write; weekly readers have their letter on Saturdays at half past six."""
    with time_machine.travel(at(2026, 11, 1, 12)):
        return make_newsletter("Council Watch", cadences=["each", "week", "month"])


def reader_of(newsletter: Newsletter, cadence: str = "week"):
    subscriber = make_subscriber(newsletter, asked_at=at(2026, 10, 1))
    subscriber.subscriptions.update(cadence=cadence)
    return subscriber


def wrote(newsletter: Newsletter, when: datetime, **fields) -> Issue:
    return make_issue(newsletter, sent_at=when, **fields)


def made(newsletter: Newsletter, now: datetime) -> list[tuple[str, str]]:
    return [(issue.cadence, issue.slot) for issue in digests.make_digests_of(newsletter.pk, now)]


def roundup_of(newsletter: Newsletter, now: datetime = SATURDAY) -> Issue:
    (issue,) = digests.make_digests_of(newsletter.pk, now)
    return issue


def told(issue: Issue) -> list[str]:
    return [block["headline"] for block in drawn(issue).blocks if block.get("is_entry")]


# --- what is in it ------------------------------------------------------------------------------------


def test_of_several_letters_a_weekly_reader_gets_day_subject_first_words_and_the_way_to_each(watch):
    reader_of(watch)
    tuesday = wrote(watch, at(2026, 11, 24, 7), subject="By one vote", preheader="Mill Street may grow.")
    wrote(watch, at(2026, 11, 27, 7), subject="Plate records", preheader="")

    issue = roundup_of(watch)

    assert (issue.cadence, issue.slot, issue.state, issue.is_automatic) == ("week", "2026-w48", "scheduled", True)
    assert (issue.subject, issue.preheader) == ("The week: Plate records", "By one vote")
    opening, newest, other = drawn(issue).blocks
    assert opening["paragraphs"] == ["Good morning. Two letters went out since 21 November, the newest first."]
    assert (newest["kicker"], newest["headline"], newest["text"]) == (
        "Friday, 27 November",
        "Plate records",
        "Good morning.",
    )
    assert (other["kicker"], other["text"]) == ("Tuesday, 24 November", "Mill Street may grow.")
    assert other["url"] == f"https://paper.example{tuesday.get_absolute_url()}"
    assert f"Read this letter:\n{other['url']}" in edition_of(issue).text


def test_the_newest_letter_of_a_roundup_leads_with_its_picture(watch):
    reader_of(watch)
    picture = {"picture": "https://paper.example/a.jpg", "picture_alt": "A bridge", "picture_width": 536}
    wrote(watch, at(2026, 11, 24, 7), blocks=[{"type": "picture", **picture}])
    newest = [{"type": "item", "headline": "Open", "text": "Again.", "lead": True, **picture}]
    wrote(watch, at(2026, 11, 25, 7), blocks=newest)

    entries = [block for block in drawn(roundup_of(watch)).blocks if block.get("is_entry")]

    assert [(block.get("lead"), block.get("picture_alt")) for block in entries] == [(True, "A bridge"), (None, None)]


def test_the_only_letter_of_a_week_is_told_whole_with_the_day_on_which_it_was_written(watch):
    reader_of(watch)
    comment = make_comment(body="Who reads the log?")
    blocks = [{"type": "text", "paragraphs": ["They sat until midnight."]}, {"type": "voice", "comment": comment.pk}]
    wrote(watch, at(2026, 11, 24, 7), subject="By one vote", blocks=blocks)

    issue = roundup_of(watch)

    assert issue.subject == "By one vote"
    text = " ".join(edition_of(issue).text.split())
    assert "One letter went out since 21 November, on Tuesday, 24 November. Here it is." in text
    assert "They sat until midnight." in text
    assert "Who reads the log?" in text
    withdraw(comment)
    assert "Who reads the log?" not in edition_of(issue).text


def test_the_only_letter_of_a_week_goes_out_though_it_has_words_alone_and_no_story(watch, run_jobs):
    reader = reader_of(watch)
    wrote(watch, at(2026, 11, 24, 7), subject="By one vote", preheader="")

    with time_machine.travel(SATURDAY):
        digests.make_digests()
        run_jobs()

    (letter,) = mail.outbox
    assert (letter.to, letter.message()["Subject"]) == ([reader.email], "By one vote")


def test_a_letter_that_begins_with_articles_is_told_of_by_their_headlines(watch):
    reader_of(watch)
    items = [{"type": "item", "headline": f"Story {n}", "text": "Said."} for n in range(5)]
    wrote(watch, at(2026, 11, 24, 7), preheader="", blocks=items)
    wrote(watch, at(2026, 11, 25, 7))

    (block,) = [block for block in drawn(roundup_of(watch)).blocks if "Story" in block.get("text", "")]

    assert block["text"] == "Story 0 · Story 1 · Story 2"


def test_of_very_many_letters_the_newest_are_named_and_the_archive_has_the_rest(watch):
    reader_of(watch)
    watch.articles_at_most = 2
    watch.save()
    Newsletter.objects.update(rhythm_since=at(2026, 11, 1))
    for day in (23, 24, 25):
        wrote(watch, at(2026, 11, day, 7), subject=f"Of the {day}th")

    issue = roundup_of(watch)

    assert told(issue) == ["Of the 25th", "Of the 24th"]
    button = issue.blocks[-1]
    assert (button["label"], button["url"]) == ("All 3 letters", "https://paper.example/newsletter/council-watch/")


@pytest.mark.parametrize("stopped", ["before", "after"])
def test_a_letter_that_was_stopped_while_it_went_out_is_not_told_of(watch, stopped):
    reader_of(watch)
    wrong = wrote(watch, at(2026, 11, 24, 7), subject="Wrong")
    wrote(watch, at(2026, 11, 25, 7), subject="Right")
    wrote(watch, at(2026, 11, 26, 7), subject="Right, too")
    if stopped == "before":
        Issue.objects.filter(pk=wrong.pk).update(state="cancelled")
    issue = roundup_of(watch)
    mark = stands(issue)

    Issue.objects.filter(pk=wrong.pk).update(state="cancelled")

    assert told(issue) == ["Right, too", "Right"]
    assert (stands(issue) != mark) is (stopped == "after")


def test_drafts_and_scheduled_letters_are_told_to_nobody(watch):
    reader_of(watch)
    draft = wrote(watch, at(2026, 11, 24, 7))
    Issue.objects.filter(pk=draft.pk).update(state="scheduled", sent_at=None)

    assert made(watch, SATURDAY) == []


def test_a_weekly_reader_of_a_letter_that_writes_itself_hears_of_those_that_people_wrote_besides():
    with time_machine.travel(at(2026, 11, 1, 12)):
        lamp = make_newsletter("The Morning Lamp", rhythm="weekday")
    reader_of(lamp)
    make_article(published_at=at(2026, 11, 24, 9), headline="Homes above the shops")
    wrote(lamp, at(2026, 11, 25, 20), subject="Extra: the bridge is closed")

    issue = roundup_of(lamp)

    assert [block["headline"] for block in issue.blocks if block["type"] == "item"] == [
        "Homes above the shops",
        "Extra: the bridge is closed",
    ]
    assert issue.subject == "The week: Homes above the shops"


def test_a_roundup_of_twenty_letters_costs_as_many_queries_as_one_of_two(watch):
    def queries(now: datetime) -> int:
        with CaptureQueriesContext(connection) as asked:
            edition_of(Issue.objects.select_related("newsletter").get(pk=roundup_of(watch, now).pk))
        return len(asked)

    reader_of(watch)
    watch.articles_at_most = 30
    watch.save()
    Newsletter.objects.update(rhythm_since=at(2026, 10, 1))
    wrote(watch, at(2026, 11, 10, 7))
    wrote(watch, at(2026, 11, 11, 7))
    roundup_of(watch, at(2026, 11, 14, 6, 30))
    for hour in range(2):
        wrote(watch, at(2026, 11, 18, hour))
    two = queries(at(2026, 11, 21, 6, 30))
    for hour in range(20):
        wrote(watch, at(2026, 11, 25, hour))

    assert queries(SATURDAY) == two


# --- that there is one, and one only ------------------------------------------------------------------


def test_nothing_new_means_no_letter_and_nobody_weekly_means_none_either(watch):
    wrote(watch, at(2026, 11, 24, 7))
    assert made(watch, SATURDAY) == []

    reader_of(watch)

    assert made(watch, SATURDAY) == [("week", "2026-w48")]
    assert made(watch, SATURDAY + timedelta(days=7)) == []


def test_each_letter_is_told_once_and_each_cadence_has_its_own(watch):
    reader_of(watch, "week")
    reader_of(watch, "month")
    for day in range(2, 31, 4):
        wrote(watch, at(2026, 11, day, 7), subject=f"Of the {day}th")
        wrote(watch, at(2026, 11, day, 19), subject=f"Of the evening of the {day}th")
    watch.articles_at_most = 30
    watch.save()
    Newsletter.objects.update(rhythm_since=at(2026, 10, 30))

    for hours in range(0, 32 * 24, 5):
        digests.make_digests_of(watch.pk, at(2026, 11, 1, 7) + timedelta(hours=hours))

    found = {cadence: Issue.objects.filter(cadence=cadence, is_automatic=True) for cadence in ("week", "month")}
    assert sorted(issue.slot for issue in found["week"]) == ["2026-w45", "2026-w46", "2026-w47", "2026-w48"]
    assert [issue.slot for issue in found["month"]] == ["2026-12"]
    weekly = [headline for issue in found["week"] for headline in told(issue)]
    assert len(weekly) == len(set(weekly)) == 14  # all but those of the 30th, which come next Saturday
    assert len(told(found["month"].get())) == 16


def test_a_letter_whose_readers_were_just_being_chosen_is_in_the_next_roundup_once(watch):
    reader_of(watch)
    wrote(watch, at(2026, 11, 28, 6, 29), subject="In time")
    roundup_of(watch)
    wrote(watch, at(2026, 11, 28, 6, 29, 59), subject="Written down a moment after")
    wrote(watch, at(2026, 12, 1, 7), subject="New")

    assert told(roundup_of(watch, SATURDAY + timedelta(days=7))) == ["New", "Written down a moment after"]


def test_a_letter_written_for_weekly_readers_is_that_of_their_week_and_the_next_goes_on_from_there(watch):
    reader_of(watch)
    wrote(watch, at(2026, 11, 24, 7), subject="Before")
    wrote(watch, at(2026, 11, 25, 7), subject="The week by hand", cadence="week")
    wrote(watch, at(2026, 11, 26, 7), subject="After")
    wrote(watch, at(2026, 12, 1, 7), subject="Next week")

    assert made(watch, SATURDAY) == []
    assert told(roundup_of(watch, SATURDAY + timedelta(days=7))) == ["Next week", "After"]


def test_a_letter_for_weekly_readers_that_begins_at_the_very_moment_is_that_of_this_week_and_not_of_the_next(watch):
    reader_of(watch)
    wrote(watch, at(2026, 11, 25, 7), subject="Before")
    by_hand = wrote(watch, SATURDAY, subject="The week by hand", cadence="week")
    Issue.objects.filter(pk=by_hand.pk).update(state="scheduled", scheduled_at=SATURDAY, sent_at=None)
    assert made(watch, SATURDAY) == []

    started = SATURDAY + timedelta(seconds=3)
    Issue.objects.filter(pk=by_hand.pk).update(state="done", sent_at=started)
    wrote(watch, at(2026, 12, 1, 7), subject="Next week")
    wrote(watch, at(2026, 12, 2, 7), subject="Also next week")

    assert made(watch, SATURDAY + timedelta(hours=1)) == []
    assert told(roundup_of(watch, SATURDAY + timedelta(days=7))) == ["Also next week", "Next week"]


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_and_two_workers_send_one_roundup_to_each_reader(run_jobs):
    SiteSettings(zone=BERLIN).save()
    with time_machine.travel(at(2026, 11, 1, 12)):
        watch = make_newsletter("Council Watch", cadences=["each", "week"])
    readers = [reader_of(watch) for _ in range(3)]
    wrote(watch, at(2026, 11, 24, 7))
    wrote(watch, at(2026, 11, 25, 7))
    gate = threading.Barrier(4)

    def together(work) -> None:
        def run() -> None:
            gate.wait()
            work()
            connection.close()

        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    with time_machine.travel(SATURDAY):
        together(digests.make_digests)
        issue = Issue.objects.get(is_automatic=True)
        together(lambda: sending.start(Issue.objects.get(pk=issue.pk)))
        run_jobs()

    assert Issue.objects.filter(is_automatic=True).count() == 1
    letters = [message.to[0] for message in mail.outbox if message.message()["Subject"].startswith("The week: ")]
    assert sorted(letters) == sorted(reader.email for reader in readers)


@pytest.mark.parametrize("change", [at(2026, 3, 29, 12), at(2026, 10, 25, 12)])
@pytest.mark.parametrize("hour", [time(2, 30), time(6, 30)])
def test_one_a_week_across_the_change_of_clocks_and_every_letter_told_once(change, hour):
    with time_machine.travel(change - timedelta(days=15)):
        watch = make_newsletter(rhythm_at=hour, rhythm_weekday=6, articles_at_most=30)
    reader_of(watch)
    for days in range(-13, 15):
        for hours in (-10, 1):  # two o'clock in the night, and the afternoon
            wrote(watch, change + timedelta(days=days, hours=hours), subject=f"Of day {days}, {hours}")

    for hours in range(-14 * 24, 15 * 24, 3):
        digests.make_digests_of(watch.pk, change + timedelta(hours=hours))

    roundups = Issue.objects.filter(is_automatic=True).order_by("pk")
    sundays = [(change + timedelta(days=days)).isocalendar() for days in (-7, 0, 7, 14)]
    assert [issue.slot for issue in roundups] == [f"{year}-w{week:02d}" for year, week, _ in sundays]
    found = [headline for issue in roundups for headline in told(issue)]
    assert len(found) == len(set(found))
    wanted = {f"Of day {days}, {hours}" for days in range(-13, 14) for hours in (-10, 1)} | {"Of day 14, -10"}
    assert set(found) == wanted


# --- whoever chooses another rhythm in the middle of a week -------------------------------------------


def goes_out(issue: Issue, *, now: datetime) -> list[str]:
    """Chooses the readers and says that each of them got it. Their addresses."""
    with time_machine.travel(now):
        Issue.objects.filter(pk=issue.pk).update(state="freezing", sent_at=None)
        freeze(issue.pk)
        got = Delivery.objects.filter(issue=issue, skipped="")
        Outcome.objects.bulk_create(Outcome(delivery=one, issue=issue, state="sent") for one in got)
        Issue.objects.filter(pk=issue.pk).update(state="done")
    return [one.address for one in got]


def chooses(reader, watch: Newsletter, cadence: str) -> None:
    choose(reader, [Wish(watch, cadence)], page="/me/letters/", prefix=PREFIX)


def test_who_got_all_of_a_week_one_by_one_and_then_chose_weekly_gets_none_of_it_twice(watch):
    changed, weekly = reader_of(watch, "each"), reader_of(watch, "week")
    assert goes_out(make_issue(watch), now=at(2026, 11, 24, 7)) == [changed.email]

    chooses(changed, watch, "week")

    issue = roundup_of(watch)
    assert goes_out(issue, now=SATURDAY) == [weekly.email]
    left_out = Delivery.objects.get(issue=issue, subscriber=changed)
    assert left_out.get_skipped_display() == "changed how often it comes"


def test_who_chose_weekly_in_the_middle_of_a_week_gets_the_roundup_for_what_they_have_not_got(watch):
    changed = reader_of(watch, "each")
    goes_out(make_issue(watch, subject="Had"), now=at(2026, 11, 24, 7))
    chooses(changed, watch, "week")
    assert goes_out(make_issue(watch, subject="New"), now=at(2026, 11, 26, 7)) == []

    issue = roundup_of(watch)

    assert goes_out(issue, now=SATURDAY) == [changed.email]
    assert told(issue) == ["New", "Had"]  # the one they had is a line and a link, never the whole letter again


@pytest.mark.parametrize("is_something_new", [True, False])
def test_who_had_every_story_of_a_week_in_the_letters_of_its_days_is_not_told_of_it_again(is_something_new):
    with time_machine.travel(at(2026, 11, 20, 12)):
        lamp = make_newsletter("The Morning Lamp", rhythm="weekday")
    changed, weekly = reader_of(lamp, "each"), reader_of(lamp, "week")
    for day in (24, 26):
        make_article(published_at=at(2026, 11, day - 1, 9))
        (daily,) = digests.make_digests_of(lamp.pk, at(2026, 11, day, 6, 30))
        goes_out(daily, now=at(2026, 11, day, 6, 31))
    chooses(changed, lamp, "week")
    if is_something_new:
        make_article(published_at=at(2026, 11, 27, 9))

    issue = roundup_of(lamp)

    got = [changed.email, weekly.email] if is_something_new else [weekly.email]
    assert goes_out(issue, now=SATURDAY) == got


def test_who_goes_back_to_each_gets_every_letter_from_then_on_and_no_roundup(watch):
    changed = reader_of(watch, "week")
    goes_out(make_issue(watch), now=at(2026, 11, 24, 7))

    chooses(changed, watch, "each")

    assert Subscription.objects.get().cadence == "each"
    assert goes_out(make_issue(watch), now=at(2026, 11, 26, 7)) == [changed.email]
    assert made(watch, SATURDAY) == []


# --- the archive --------------------------------------------------------------------------------------


def test_a_roundup_stands_at_its_address_and_the_archive_lists_only_what_it_tells_of(watch, visitor_client):
    reader_of(watch)
    wrote(watch, at(2026, 11, 24, 7), subject="By one vote")
    wrote(watch, at(2026, 11, 25, 7), subject="Plate records")
    issue = roundup_of(watch)
    goes_out(issue, now=SATURDAY)

    page = visitor_client.get(watch.get_absolute_url()).content.decode()

    assert ("By one vote" in page, "The week: " in page) == (True, False)
    assert "The week: Plate records" in visitor_client.get(issue.get_absolute_url()).content.decode()
