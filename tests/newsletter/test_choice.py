"""How often each letter comes, pauses, "what we know about you": by the link in a letter, and for members at /me/."""

import json
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from civic.lib.site import SiteSettings
from newsletter import consent, links, outcomes
from newsletter.models import Newsletter, Subscriber, Suppression, address_key
from newsletter.outcomes import LetterSent
from tests.factories import make_member
from tests.newsletter.factories import make_newsletter, make_subscriber, proofs

ALL = ["each", "three", "week", "month"]
NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)  # a Friday; the clocks of Berlin change on the 29th


@pytest.fixture
def lamp(lamp):
    lamp.cadences, lamp.each_label = ALL, "Each weekday"
    lamp.save()
    return lamp


@pytest.fixture
def ana(lamp, watch):
    return make_subscriber(lamp, watch, email="ana@example.org")


@pytest.fixture(params=["link", "member"])
def door(request, ana, client_of):
    """The same page by both doors: how to send the form, and how to fetch it."""
    return Door(request.param, ana, client_of)


class Door:
    def __init__(self, kind, subscriber, client_of) -> None:
        self.is_member = kind == "member"
        if self.is_member:
            self.url = "/me/letters/"
            self.client = client_of(make_member(email=subscriber.email))
        else:
            self.url = path(links.preferences_url(subscriber))
            self.client = Client(HTTP_ORIGIN="null")

    def get(self, after: str = ""):
        return self.client.get(self.url + after)

    def save(self, **fields):
        """Names as in the form, with `_` for `-`: cadence_council_watch="never"."""
        return self.client.post(self.url, {name.replace("_", "-"): value for name, value in fields.items()})


def path(url: str) -> str:
    return url.removeprefix("https://paper.example")


def row_of(subscriber, newsletter):
    return subscriber.subscriptions.get(newsletter=newsletter)


# --- rhythms --------------------------------------------------------------------------------------


def test_a_letter_names_its_rhythms(lamp, watch):
    assert lamp.rhythms() == [
        ("each", "Each weekday"),
        ("three", "Mon, Wed, Fri"),
        ("week", "Once a week"),
        ("month", "Once a month"),
    ]
    assert watch.rhythms() == [("each", "Each letter")]
    assert watch.rhythms("week") == [("each", "Each letter"), ("week", "Once a week")]
    assert lamp.seldomer("week") == [("month", "Once a month")]


def test_a_new_subscriber_must_get_what_a_reader_may_choose(lamp):
    lamp.cadence, lamp.cadences = "each", ["week"]

    with pytest.raises(ValidationError, match="something that a reader may choose"):
        lamp.full_clean()


def test_choosing_a_rhythm_changes_just_that_and_is_shown(door, ana, lamp, watch):
    before = proofs(ana)

    answer = door.save(cadence_the_morning_lamp="week", cadence_council_watch="each")

    page = door.get("?saved").content.decode()
    assert (answer.status_code, answer["Location"]) == (303, door.url + "?saved")
    assert [(row.newsletter, row.cadence, row.state) for row in ana.subscriptions.in_order()] == [
        (lamp, "week", "active"),
        (watch, "each", "active"),
    ]
    assert proofs(ana) == before  # another rhythm is no other consent
    assert "<li>The Morning Lamp: Once a week</li>" in page
    assert 'What went out before can be read <a href="/newsletter/">in the archive of each</a>' in page
    assert re.search(r'value="week" checked', page)


def test_a_letter_that_is_not_named_stays_as_it_is(door, ana, lamp, watch):
    door.save(cadence_the_morning_lamp="never")

    assert [row.state for row in ana.subscriptions.in_order()] == ["left", "active"]
    assert ana.consents().first().wording == "[Not at all, Save]"


def test_coming_back_from_there_keeps_the_very_words(door, ana, lamp):
    door.save(cadence_the_morning_lamp="never")

    door.save(cadence_the_morning_lamp="month")

    words = ana.consents().first()
    page = door.get().content.decode()
    assert row_of(ana, lamp).cadence == "month"
    assert (words.kind, words.page) == ("confirmed", "/me/letters/" if door.is_member else "/newsletter/preferences/")
    assert words.wording == consent.switch_offer(lamp, "month").wording
    for part in (lamp.name, lamp.when, lamp.in_short, consent.SWITCH_TERMS, "Once a month", "Save"):
        assert part in page


@pytest.mark.parametrize("value", ["day", "topics", "nonsense", "\0", "x" * 5000])
def test_a_rhythm_that_is_not_offered_is_refused(door, ana, value):
    answer = door.save(cadence_the_morning_lamp=value)

    assert (answer.status_code, row_of(ana, Newsletter.objects.get(slug="the-morning-lamp")).cadence) == (422, "each")


def test_who_has_a_rhythm_that_is_offered_no_more_may_keep_it(door, ana, lamp):
    ana.subscriptions.filter(newsletter=lamp).update(cadence="three")
    lamp.cadences = ["each"]
    lamp.save()

    answer = door.save(cadence_the_morning_lamp="three")

    assert (answer.status_code, row_of(ana, lamp).cadence) == (303, "three")


def test_leaving_all_is_one_press(door, ana):
    answer = door.save(leave="all", cadence_the_morning_lamp="each")

    assert (answer["Location"], {row.state for row in ana.subscriptions.all()}) == (door.url + "?left", {"left"})


# --- pauses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "day"),
    [
        ({"pause_the_morning_lamp": "1"}, "2026-03-27"),
        ({"pause_the_morning_lamp": "2"}, "2026-04-03"),
        ({"pause_the_morning_lamp": "4"}, "2026-04-17"),
        ({"until_the_morning_lamp": "2026-05-01"}, "2026-05-01"),
        ({"pause_the_morning_lamp": "1", "until_the_morning_lamp": "2026-05-01"}, "2026-05-01"),
        ({"pause": "2"}, "2026-04-03"),
        ({"until": "2026-05-01", "pause_the_morning_lamp": "1"}, "2026-05-01"),
    ],
)
def test_a_pause_ends_when_its_day_begins_by_the_clock_of_the_site(door, ana, lamp, fields, day):
    SiteSettings(zone="Europe/Berlin").save()

    with time_machine.travel(NOON, tick=False):
        answer = door.save(cadence_the_morning_lamp="each", **fields)

    begins = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=ZoneInfo("Europe/Berlin"))
    assert (answer.status_code, row_of(ana, lamp).paused_until) == (303, begins)


def test_pausing_one_letter_leaves_the_other_alone_and_pausing_all_does_not(door, ana, lamp, watch):
    door.save(cadence_the_morning_lamp="each", cadence_council_watch="each", pause_council_watch="1")
    one = [row.is_paused for row in ana.subscriptions.in_order()]
    door.save(cadence_the_morning_lamp="each", cadence_council_watch="each", pause="1")

    assert (one, [row.is_paused for row in ana.subscriptions.in_order()]) == ([False, True], [True, True])


def test_a_pause_stays_until_it_is_ended(door, ana, lamp):
    door.save(cadence_the_morning_lamp="each", pause_the_morning_lamp="4")
    door.save(cadence_the_morning_lamp="week")
    kept = row_of(ana, lamp).is_paused
    page = door.get().content.decode()
    door.save(cadence_the_morning_lamp="week", pause_the_morning_lamp="on")

    assert (kept, "It is paused" in page, row_of(ana, lamp).paused_until) == (True, True, None)


def test_coming_back_ends_a_pause(door, ana, lamp):
    door.save(cadence_the_morning_lamp="each", pause_the_morning_lamp="4")
    door.save(cadence_the_morning_lamp="never")
    door.save(cadence_the_morning_lamp="each")

    assert row_of(ana, lamp).paused_until is None


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("2026-03-20", "Choose a day that is still to come."),
        ("2020-01-01", "Choose a day that is still to come."),
        ("2027-03-22", "A pause lasts a year at most."),
        ("soon", "This is no day of the calendar."),
        ("9999-99-99", "This is no day of the calendar."),
    ],
)
@pytest.mark.parametrize("field", ["until", "until_the_morning_lamp"])
def test_a_day_that_cannot_be_is_said_and_kept(door, ana, lamp, field, typed, fault):
    with time_machine.travel(NOON, tick=False):
        answer = door.save(**{"cadence_the_morning_lamp": "week", field: typed})

    page = answer.content.decode()
    assert (answer.status_code, row_of(ana, lamp).cadence) == (422, "each")
    assert fault in page
    assert f'value="{typed}"' in page
    assert re.search(r'value="week" checked', page)


# --- what we know about you -----------------------------------------------------------------------


def test_all_that_is_known_is_shown_and_can_be_taken_along(door, ana, monkeypatch):
    Suppression.objects.create(key=ana.key, reason="bounced")
    Subscriber.objects.update(is_disposable=True, left_alone_until=timezone.now() + timedelta(days=3))
    sent = [
        LetterSent("The Morning Lamp", "By one vote", NOON, "Accepted by your mail server", "https://paper.example/x/")
    ]
    monkeypatch.setattr(outcomes, "letters_to", lambda subscriber: sent)

    page = door.get().content.decode()
    taken = door.client.get(door.url + "download/")

    for words in ("short time", "said that it is gone", "Left alone", "By one vote", "Accepted by your mail server"):
        assert words in page
    assert "letters.json" in taken["Content-Disposition"]
    data = json.loads(taken.content)
    assert data["address"]["email"] == "ana@example.org"
    assert data["address"]["gets_nothing_because"]["reason"] == "bounced"
    assert [event["wording"] in page for event in data["consents"]] == [True] * 4
    assert data["letters"][0]["outcome"] == "Accepted by your mail server"
    assert "no-store" in taken["Cache-Control"]


def test_the_mark_of_the_network_is_shown_with_each_consent(door, ana):
    door.save(cadence_the_morning_lamp="never")

    mark = ana.consents().first().network_mark

    assert len(mark) == 32
    assert f"<code>{mark}</code>" in door.get().content.decode()


def test_erasing_asks_first(door, ana):
    asked = door.client.get(door.url + "erase/")
    before = Subscriber.objects.count()
    answer = door.client.post(door.url + "erase/")

    assert ("Erase it all?" in asked.content.decode(), before) == (True, 1)
    goal = "/me/letters/?erased" if door.is_member else "/newsletter/erased/"
    assert (answer.status_code, answer["Location"], Subscriber.objects.count()) == (303, goal, 0)
    assert Suppression.objects.get().reason == "left"


def test_who_erases_is_told_what_is_gone_and_what_stays(door, ana):
    asked = door.client.get(door.url + "erase/").content.decode()
    told = door.client.post(door.url + "erase/", follow=True).content.decode()

    assert ("Your account stays as it is" in asked) == ("Your account is as it was" in told) == door.is_member
    assert ("We have forgotten your address" in told) != door.is_member


def test_consents_name_their_page_in_words(door, ana):
    door.save(cadence_council_watch="never")

    page = door.get().content.decode()

    assert "/newsletter/confirm/" not in page
    assert ("on “Your letters”, signed in" in page) == door.is_member
    assert ("on “Your letters”, opened from a letter" in page) != door.is_member


def test_a_member_finds_the_way_to_their_letters_where_letters_are_asked_for(lamp, reader, client_of):
    assert 'href="/me/letters/"' in client_of(reader).get("/newsletter/").content.decode()
    assert 'href="/me/letters/"' not in Client().get("/newsletter/").content.decode()


def test_opening_any_of_it_changes_nothing(door, ana):
    before = (list(ana.subscriptions.order_by("pk").values()), proofs(ana))

    for after in ("", "?saved", "?left", "?erased", "erase/", "download/"):
        assert door.get(after).status_code == 200

    assert (list(ana.subscriptions.order_by("pk").values()), proofs(ana)) == before


def test_the_page_costs_the_same_with_thirty_letters_as_with_one(db, client_of):
    def queries(get) -> int:
        get()
        with CaptureQueriesContext(connection) as seen:
            assert get().status_code == 200
        return len(seen)

    one, thirty = [
        make_subscriber(*(make_newsletter(cadences=ALL) for _ in range(count)), email=f"reader{count}@example.org")
        for count in (1, 30)
    ]
    doors = [Door(kind, subscriber, client_of) for kind in ("link", "member") for subscriber in (one, thirty)]
    Newsletter.objects.exclude(pk__in=one.subscriptions.values("newsletter")).delete()
    few = [queries(door.get) for door in (doors[0], doors[2])]
    letters = [make_newsletter(cadences=ALL) for _ in range(29)]
    for letter in letters:
        row = one.subscriptions.create(newsletter=letter, state="active", confirmed_at=timezone.now())
        consent.note("confirmed", one, row.newsletter, wording="Yes", page="/", prefix=b"")

    assert [queries(door.get) for door in (doors[0], doors[2])] == few


# --- members --------------------------------------------------------------------------------------


def test_a_member_who_never_asked_takes_a_letter_without_a_confirmation(lamp, client_of, run_jobs):
    member = make_member(email="Ben@example.org")
    client = client_of(member)

    before = client.get("/me/letters/").content.decode()
    nothing = client.post("/me/letters/", {"cadence-the-morning-lamp": "never"})
    made = Subscriber.objects.count()
    client.post("/me/letters/", {"cadence-the-morning-lamp": "week"})

    subscriber = Subscriber.objects.get()
    assert ("About letters: nothing at all." in before, nothing.status_code, made) == (True, 303, 0)
    assert (subscriber.email, subscriber.state, row_of(subscriber, lamp).cadence) == (
        "Ben@example.org",
        "active",
        "week",
    )
    assert proofs(subscriber) == [("confirmed", "The Morning Lamp")]


def test_a_member_who_never_asked_has_nothing_to_erase_or_take_along(lamp, client_of):
    client = client_of(make_member())

    for after in ("erase/", "download/"):
        assert client.get(f"/me/letters/{after}")["Location"] == "/me/letters/"
    assert client.post("/me/letters/erase/")["Location"] == "/me/letters/"
    assert client.post("/me/letters/", {"leave": "all"})["Location"] == "/me/letters/?left"


def test_a_member_begins_what_waited_and_lifts_a_bounce(lamp, client_of):
    ben = make_subscriber(lamp, email="ben@example.org", state="pending")
    Suppression.objects.create(key=address_key("ben@example.org"), reason="bounced")

    client_of(make_member(email="ben@example.org")).post("/me/letters/", {"cadence-the-morning-lamp": "each"})

    assert (row_of(ben, lamp).state, Suppression.objects.count()) == ("active", 0)


@pytest.mark.parametrize("after", ["", "erase/", "download/"])
def test_nobody_else_opens_a_members_letters(ana, client_of, after):
    visitor, other = Client(), client_of(make_member(email="other@example.org"))

    assert visitor.get(f"/me/letters/{after}")["Location"].startswith("/accounts/login/")
    assert "ana@example.org" not in other.get(f"/me/letters/{after}").content.decode()


@pytest.mark.parametrize("after", ["", "erase/"])
def test_nobody_else_changes_a_members_letters(ana, client_of, after):
    other = client_of(make_member(email="other@example.org"))

    for client in (Client(HTTP_SEC_FETCH_SITE="same-origin"), other):
        client.post(f"/me/letters/{after}", {"cadence-the-morning-lamp": "never", "leave": "all"})

    assert {row.state for row in ana.subscriptions.all()} == {"active"}


def test_a_member_needs_the_token_of_the_form(ana):
    member = make_member(email=ana.email)
    client = Client(enforce_csrf_checks=True, HTTP_SEC_FETCH_SITE="same-origin")
    client.force_login(member, backend="allauth.account.auth_backends.AuthenticationBackend")
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)', client.get("/me/letters/").content.decode())[1]
    fields = {"cadence-the-morning-lamp": "never"}

    without = client.post("/me/letters/", fields).status_code
    state = row_of(ana, Newsletter.objects.get(slug="the-morning-lamp")).state
    with_it = client.post("/me/letters/", {**fields, "csrfmiddlewaretoken": token}).status_code

    assert (without, state, with_it) == (403, "active", 303)


def test_an_address_that_nobody_has_proven_opens_nothing(ana, client_of):
    """A provider may say that somebody has Ana's address."""
    claimant = make_member(email="ana@example.org")
    EmailAddress.objects.create(user=claimant, email="ana@example.org", primary=True, verified=False)
    client = client_of(claimant)

    page = client.get("/me/letters/")
    client.post("/me/letters/", {"leave": "all"})
    client.post("/me/letters/erase/")
    download = client.get("/me/letters/download/")

    assert (page.status_code, download.status_code) == (403, 303)
    assert "Council Watch" not in page.content.decode()
    assert {row.state for row in ana.subscriptions.all()} == {"active"}


def test_a_members_pages_are_kept_by_nobody(ana, client_of):
    client = client_of(make_member(email=ana.email))

    for after in ("", "erase/", "download/"):
        assert "no-store" in client.get(f"/me/letters/{after}")["Cache-Control"]


def test_the_account_page_leads_there(client_of, reader):
    assert 'href="/me/letters/"' in client_of(reader).get("/me/").content.decode()
