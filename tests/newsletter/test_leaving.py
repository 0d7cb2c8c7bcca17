"""Leaving with one click, coming back, "Your letters", and being forgotten."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from civic.lib.origin import prefix_hash
from newsletter import consent, jobs, links, subscribing
from newsletter.forgetting import KEEP_ADDRESS_AFTER_LEAVING
from newsletter.models import ConsentEvent, Subscriber, Subscription, Suppression, address_key
from tests.newsletter.factories import make_subscriber, proofs

ONE_CLICK = "List-Unsubscribe=One-Click"


@pytest.fixture
def ana(lamp, watch):
    """She gets both letters."""
    return make_subscriber(lamp, watch, email="ana@example.org")


@pytest.fixture
def link(ana, lamp):
    return path(links.leave_url(ana, [lamp]))


@pytest.fixture
def own_page(ana):
    return path(links.preferences_url(ana))


def choice(**cadences: str) -> dict[str, str]:
    """What the switches of "Your letters" send."""
    slugs = {"lamp": "the-morning-lamp", "watch": "council-watch"}
    return {f"cadence-{slugs[name]}": cadence for name, cadence in cadences.items()}


def path(url: str) -> str:
    return url.removeprefix("https://paper.example")


def states(subscriber: Subscriber) -> dict[str, str]:
    return {row.newsletter.name: row.state for row in subscriber.subscriptions.in_order()}


# --- leaving --------------------------------------------------------------------------------------


def test_opening_the_leave_link_shows_a_button_and_changes_nothing(ana, link):
    for method in (Client().get, Client().head):
        assert method(link).status_code == 200

    assert "Leave The Morning Lamp?" in Client().get(link).content.decode()
    assert states(ana) == {"The Morning Lamp": "active", "Council Watch": "active"}


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_mail_provider_leaves_for_a_reader_with_nothing_but_the_link(ana, link, kind):
    provider = Client(enforce_csrf_checks=True)  # no cookie, no Origin, no Sec-Fetch-Site
    if kind == "multipart/form-data":
        answer = provider.post(link, {"List-Unsubscribe": "One-Click"})
    else:
        answer = provider.post(link, ONE_CLICK, content_type=kind)

    assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "text/plain", b"You have left.\n")
    assert states(ana) == {"The Morning Lamp": "left", "Council Watch": "active"}
    event = ana.consents().first()
    assert (event.kind, event.newsletter.name, event.wording) == ("left", "The Morning Lamp", ONE_CLICK)


def test_leaving_twice_is_as_good_as_once(ana, link):
    answers = [
        Client().post(link, ONE_CLICK, content_type="application/x-www-form-urlencoded").status_code for _ in range(3)
    ]

    assert answers == [200] * 3
    assert [kind for kind, _ in proofs(ana)].count("left") == 1


def test_the_button_on_the_page_leaves_and_offers_the_way_back(ana, link):
    answer = Client(HTTP_ORIGIN="null").post(link, {"pressed": "leave"}, follow=True)

    page = answer.content.decode()
    assert answer.redirect_chain == [(link, 303)]
    assert "You have left The Morning Lamp" in page
    assert "Write to me again" in page


def test_the_leave_link_works_for_years_and_under_another_secret_key(ana, link, settings):
    settings.SECRET_KEY = "another-one-altogether-0123456789abcdef"

    with time_machine.travel(timezone.now() + timedelta(days=365 * 8)):
        Client().post(link, {"List-Unsubscribe": "One-Click"})

    assert states(ana)["The Morning Lamp"] == "left"


def test_the_leave_link_outlives_a_change_of_the_hash_key(ana, link, settings):
    settings.HASH_KEY_FALLBACKS = [settings.HASH_KEY]
    settings.HASH_KEY = "a-new-hash-key-0123456789abcdef0123456789"

    Client().post(link, {"List-Unsubscribe": "One-Click"})

    assert states(ana)["The Morning Lamp"] == "left"


def test_an_old_link_ends_also_what_was_begun_anew_after_an_erasure(ana, lamp, link):
    subscribing.erase(ana)
    again = make_subscriber(lamp, email="Ana@example.org")

    Client().post(link, {"List-Unsubscribe": "One-Click"})

    assert states(again) == {"The Morning Lamp": "left"}


def test_a_provider_is_told_yes_for_an_address_that_was_erased(ana, link):
    subscribing.erase(ana)

    assert Client().post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Client().get(link).status_code == 200


def test_a_damaged_leave_link_is_not_found_by_people_and_tells_programs_nothing(ana, link):
    damaged = link[:-3] + "xx/"

    by_program = [Client().post(address, {"List-Unsubscribe": "One-Click"}) for address in (link, link, damaged)]
    by_people = [Client().get(damaged).status_code, Client().post(damaged, {"pressed": "leave"}).status_code]

    assert len({(answer.status_code, answer.content, str(sorted(answer.items()))) for answer in by_program}) == 1
    assert (by_program[0].status_code, by_people) == (200, [404, 404])


def test_leaving_the_last_letter_makes_somebody_who_left(ana, lamp, watch):
    Client().post(path(links.leave_url(ana, [lamp, watch])), {"List-Unsubscribe": "One-Click"})

    ana.refresh_from_db()
    assert (ana.state, set(states(ana).values())) == ("left", {"left"})


def test_a_program_needs_no_slash_no_form_and_no_right_words(ana, lamp, watch, link):
    """Programs are careless. None of them may be redirected, and all mean the same."""
    bare = link.rstrip("/")
    posts = [
        (bare, {"data": {"List-Unsubscribe": "One-Click"}}),
        (bare, {"data": ONE_CLICK, "content_type": "application/x-www-form-urlencoded"}),
        (link, {"data": ONE_CLICK, "content_type": "text/plain"}),
        (link, {"data": "--x", "content_type": "multipart/form-data"}),
        (link, {"data": "--x", "content_type": "multipart/form-data; boundary=\xff"}),
        (link, {"data": {"List-Unsubscribe": "one-click"}}),
    ]
    found = []
    for address, how in posts:
        ana.subscriptions.update(state="active", left_at=None)
        found.append(
            (Client(enforce_csrf_checks=True).post(address, **how).status_code, states(ana)["The Morning Lamp"])
        )

    assert found == [(200, "left")] * len(posts)
    assert Client().get(bare).status_code == 200


def test_a_year_old_link_leaves_and_an_erased_address_stays_suppressed_under_another_secret_key(
    ana, lamp, watch, link, settings
):
    ben = make_subscriber(lamp, email="ben@example.org")
    subscribing.erase(ben)
    settings.SECRET_KEY = "another-one-altogether-0123456789abcdef"

    with time_machine.travel(timezone.now() + timedelta(days=365)):
        answer = Client().post(link, {"List-Unsubscribe": "One-Click"})
        jobs.forget()

    assert (answer.status_code, states(ana)["The Morning Lamp"]) == (200, "left")
    assert Suppression.objects.of("Ben@example.org").get().reason == "left"


def test_an_erased_address_stays_suppressed_under_another_hash_key(ana, settings):
    subscribing.erase(ana)
    settings.HASH_KEY_FALLBACKS = [settings.HASH_KEY]
    settings.HASH_KEY = "a-new-hash-key-0123456789abcdef0123456789"

    assert Suppression.objects.of("ana@example.org").exists()


# --- coming back ----------------------------------------------------------------------------------


def test_coming_back_takes_one_press_and_is_proven(ana, lamp, link, run_jobs):
    Client().post(link)

    answer = Client(HTTP_ORIGIN="null").post(link + "return/")

    assert (answer.status_code, answer["Location"]) == (303, link + "?back")
    assert states(ana)["The Morning Lamp"] == "active"
    assert proofs(ana)[-2:] == [("left", "The Morning Lamp"), ("confirmed", "The Morning Lamp")]
    assert ana.consents().first().wording == consent.return_offer(lamp).wording
    assert (run_jobs(), mail.outbox) == (0, [])


def test_who_came_back_is_welcomed_and_not_asked_to_leave(ana, link):
    Client().post(link)

    page = Client().post(link + "return/", follow=True).content.decode()

    assert "Welcome back" in page
    assert "Leave The Morning Lamp?" not in page
    assert "Every weekday, 6:30" in page


def test_nobody_is_welcomed_back_who_has_left(ana, link):
    Client().post(link)

    page = Client().get(link + "?back").content.decode()

    assert "Welcome back" not in page
    assert "You have left The Morning Lamp" in page


def test_opening_the_way_back_does_nothing(ana, link):
    Client().post(link)

    assert Client().get(link + "return/").status_code == 405
    assert states(ana)["The Morning Lamp"] == "left"


def test_the_way_back_begins_nothing_that_was_only_asked_for(lamp):
    ben = make_subscriber(lamp, state="pending")

    Client().post(path(links.leave_url(ben, [lamp])) + "return/")

    assert states(ben) == {"The Morning Lamp": "pending"}


@pytest.fixture
def daily(ana, lamp):
    lamp.cadences = ["each", "three", "week", "month"]
    lamp.save()
    return lamp


def test_less_often_is_offered_after_leaving_and_not_before(ana, daily, link):
    before = Client().get(link).content.decode()
    Client().post(link)
    after = Client().get(link).content.decode()

    buttons = ["Mon, Wed, Fri instead", "Once a week instead", "Once a month instead"]
    assert [button in before for button in buttons] == [False] * 3
    assert [button in after for button in buttons] == [True] * 3


def test_weekly_instead_takes_one_press_and_keeps_its_words(ana, daily, link):
    Client().post(link)

    Client(HTTP_ORIGIN="null").post(link + "return/", {"cadence": "week"})

    row = ana.subscriptions.get(newsletter=daily)
    assert (row.state, row.cadence) == ("active", "week")
    assert ana.consents().first().wording == consent.return_offer(daily, "week").wording
    assert "[Once a week instead]" in ana.consents().first().wording


@pytest.mark.parametrize("cadence", ["each", "day", "nonsense", "\0"])
def test_what_was_not_offered_instead_begins_nothing(ana, daily, link, cadence):
    Client().post(link)

    Client().post(link + "return/", {"cadence": cadence})

    assert states(ana)["The Morning Lamp"] == "left"


# --- your letters ---------------------------------------------------------------------------------


def test_your_letters_shows_all_that_is_known(ana, own_page):
    page = Client().get(own_page).content.decode()

    assert "ana@example.org" in page
    for event in ana.consents():
        assert event.wording in page
    assert page.count("You agreed") == 2


def test_not_at_all_ends_just_that_letter(ana, lamp, watch, own_page):
    answer = Client(HTTP_ORIGIN="null").post(own_page, choice(lamp="never", watch="each"))

    assert (answer.status_code, answer["Location"]) == (303, own_page + "?saved")
    assert states(ana) == {"The Morning Lamp": "left", "Council Watch": "active"}
    assert proofs(ana)[-1] == ("left", "The Morning Lamp")


def test_saving_without_a_change_proves_nothing_new(ana, lamp, watch, own_page):
    before = proofs(ana)

    Client().post(own_page, choice(lamp="each", watch="each"))

    assert proofs(ana) == before


def test_a_letter_can_be_taken_from_there_without_another_confirmation(lamp, watch):
    ben = make_subscriber(lamp)

    Client().post(path(links.preferences_url(ben)), choice(lamp="each", watch="each"))

    assert states(ben) == {"The Morning Lamp": "active", "Council Watch": "active"}
    assert ben.consents().first().wording == consent.switch_offer(watch, "each").wording


def test_saving_leaves_alone_what_waits_for_its_confirmation(lamp, watch):
    ben = make_subscriber(lamp)
    ben.subscriptions.create(newsletter=watch)

    Client().post(path(links.preferences_url(ben)), choice(lamp="each", watch="never"))

    assert states(ben) == {"The Morning Lamp": "active", "Council Watch": "pending"}


def test_leaving_all_letters_takes_one_press(ana, lamp, own_page):
    answer = Client().post(own_page, {**choice(lamp="each"), "leave": "all"}, follow=True)

    assert set(states(ana).values()) == {"left"}
    assert "You have left all letters" in answer.content.decode()


def test_a_rhythm_that_is_not_offered_changes_nothing_and_is_said(ana, own_page):
    answer = Client().post(own_page, choice(lamp="never", watch="week"))

    assert (answer.status_code, set(states(ana).values())) == (422, {"active"})
    assert "This cannot be chosen any more." in answer.content.decode()


def test_opening_your_letters_changes_nothing(ana, own_page):
    before = (states(ana), proofs(ana))

    for query in ("", "?saved", "?left", "?leave=all"):
        Client().get(own_page + query)
    Client().get(own_page + "erase/")

    assert (states(ana), proofs(ana)) == before


# --- being forgotten ------------------------------------------------------------------------------


def test_erasing_leaves_no_address_and_a_key_that_nobody_can_read(ana, own_page):
    key = bytes(ana.key)

    answer = Client(HTTP_ORIGIN="null").post(own_page + "erase/", follow=True)

    assert answer.redirect_chain == [("/newsletter/erased/", 303)]
    assert (Subscriber.objects.count(), Subscription.objects.count()) == (0, 0)
    assert [(bytes(row.key), row.reason) for row in Suppression.objects.all()] == [(key, "left")]
    assert ConsentEvent.objects.filter(key=key).count() == 4
    assert key != b"ana@example.org"[:16]
    assert Client().get(own_page).status_code == 404


def test_erasing_twice_is_as_good_as_once(ana):
    subscribing.erase(ana)
    subscribing.erase(ana)

    assert Suppression.objects.count() == 1


def test_addresses_that_nobody_confirmed_are_erased_after_a_week(lamp, settings):
    now = timezone.now()
    make_subscriber(lamp, email="old@example.org", state="pending", asked_at=now - timedelta(days=8))
    make_subscriber(lamp, email="new@example.org", state="pending", asked_at=now - timedelta(days=6))
    make_subscriber(lamp, email="active@example.org", asked_at=now - timedelta(days=800))

    jobs.forget()

    assert set(Subscriber.objects.values_list("email", flat=True)) == {"new@example.org", "active@example.org"}
    assert not ConsentEvent.objects.filter(key=address_key("old@example.org")).exists()
    assert Suppression.objects.count() == 0


def test_somebody_who_asked_again_lately_is_not_forgotten(lamp, watch):
    ben = make_subscriber(lamp, state="pending", asked_at=timezone.now() - timedelta(days=8))
    ben.subscriptions.create(newsletter=watch)

    jobs.forget()

    assert Subscriber.objects.count() == 1


def test_an_open_request_of_a_subscriber_is_dropped_after_a_week(ana, lamp, watch):
    week_ago = timezone.now() - timedelta(days=8)
    ana.subscriptions.filter(newsletter=lamp).update(state="pending", asked_at=week_ago)
    ana.subscriptions.filter(newsletter=watch).update(asked_at=week_ago)

    jobs.forget()

    assert states(ana) == {"Council Watch": "active"}


def test_what_was_left_and_asked_for_again_is_left_again_after_a_week(lamp, run_jobs):
    ben = make_subscriber(lamp, state="left")
    subscribing.ask(email=ben.email, offers=[consent.page_offer(lamp)], page="/", prefix=b"x" * 16)
    run_jobs()
    ben.subscriptions.update(asked_at=timezone.now() - timedelta(days=8))
    before = states(ben)

    jobs.forget()

    assert (before, states(ben)) == ({"The Morning Lamp": "pending"}, {"The Morning Lamp": "left"})


def test_somebody_who_left_the_last_letter_is_forgotten_after_a_month(lamp, watch):
    left = timezone.now() - KEEP_ADDRESS_AFTER_LEAVING - timedelta(hours=1)
    make_subscriber(lamp, email="gone@example.org", state="left", asked_at=left)
    make_subscriber(lamp, email="lately@example.org", state="left", asked_at=left + timedelta(hours=2))

    jobs.forget()

    assert list(Subscriber.objects.values_list("email", flat=True)) == ["lately@example.org"]
    assert bytes(Suppression.objects.get().key) == address_key("gone@example.org")
    assert ConsentEvent.objects.filter(key=address_key("gone@example.org")).count() == 3


def test_proofs_end_three_years_after_the_last_of_them(lamp):
    long_ago = timezone.now() - consent.KEEP_AFTER_LEAVING - timedelta(days=1)
    make_subscriber(lamp, email="gone@example.org", state="left", asked_at=long_ago)
    make_subscriber(lamp, email="reader@example.org", asked_at=long_ago)

    jobs.forget()

    assert {bytes(event.key) for event in ConsentEvent.objects.all()} == {address_key("reader@example.org")}


def test_forgetting_twice_is_as_good_as_once(ana, lamp):
    make_subscriber(lamp, state="pending", asked_at=timezone.now() - timedelta(days=8))

    jobs.forget()
    jobs.forget()

    assert list(Subscriber.objects.all()) == [ana]


def test_the_hash_of_the_network_is_kept_with_each_proof(ana, link, rf):
    Client(REMOTE_ADDR="203.0.113.7").post(link, urlencode({}), content_type="application/x-www-form-urlencoded")

    assert bytes(ana.consents().first().prefix_hash) == prefix_hash(rf.get("/", REMOTE_ADDR="203.0.113.99"))
