"""One's own standing: all of it is seen, read, appealed against once, taken along, and forgotten."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import leaving
from accounts.exporting import everything_about
from accounts.models import Suspension
from accounts.roles import Role
from comments import leaving as guest_leaving
from moderation import standing
from moderation.errors import AlreadyAppealed, AlreadyDecided, MeasureAppealTooLate, NotOverThem, OwnMeasure
from moderation.leavers import forget_standing
from moderation.measure_appeals import decide_measure_appeal, open_measure_appeal, waiting_for
from moderation.models import MeasureAppeal, StandingDecision
from moderation.people import Person
from moderation.scope import Scope
from tests.conftest import SAME_ORIGIN
from tests.factories import make_guest, make_member, make_rule

pytestmark = pytest.mark.django_db

MINE, AS_GUEST = "/me/standing/", "/discuss/mine/standing/"
WORDS = "Please leave his family out of it."
WHY = "I named no person, and the number stands in the minutes."


@pytest.fixture
def second():
    return make_member(display_name="Second Moderator", role=Role.MODERATOR)


@pytest.fixture
def ada(reader):
    return Person.of_member(reader)


@pytest.fixture
def rule():
    return make_rule(4)


def browser_of(guest) -> Client:
    client = Client(**SAME_ORIGIN)
    client.cookies["civic_guest"] = guest.cookie()
    return client


def in_days(days: float):
    return timezone.now() + timedelta(days=days)


def test_a_member_sees_everything_that_was_decided_and_not_who_did_it(client_of, ada, moderator, second, rule):
    made = standing.warn(ada, by=moderator, rule=rule, words=WORDS)
    standing.suspend(ada, by=moderator, rule=rule, until=in_days(2))
    Suspension.objects.update(note="An inner note.")
    standing.confirm_ban(standing.ban(ada, by=moderator, rule=rule).measure, by=second)
    standing.lift(made.measure, by=second, words="We were wrong.")

    page = client_of(ada.member).get(MINE).content.decode()

    for words in (rule.text, WORDS, "We were wrong.", "You cannot comment any more", "You can write again from"):
        assert words in page
    for hidden in (moderator.display_name, second.display_name, "An inner note."):
        assert hidden not in page


def test_nobody_sees_the_standing_of_another(client_of, visitor_client, ada, other_reader, moderator, rule):
    made = standing.warn(ada, by=moderator, rule=rule, words=WORDS)
    guest = make_guest()

    assert visitor_client.get(MINE)["Location"].startswith("/accounts/login/")
    assert "This browser does not know you" in visitor_client.get(AS_GUEST).content.decode()
    for client, address in ((client_of(other_reader), MINE), (browser_of(guest), AS_GUEST)):
        assert "Your standing is good" in client.get(address).content.decode()
        assert client.post(address, {"acknowledge": made.measure_id}).status_code == 404
        assert client.post(address, {"appeal": made.measure_id, "text": WHY}).status_code == 404
        assert client.post(address, {"appeal": "\0"}).status_code == 404
    assert client_of(other_reader).get(AS_GUEST)["Location"] == MINE
    assert Suspension.objects.get().acknowledged_at is None
    assert not MeasureAppeal.objects.exists()


def test_a_guest_comes_by_the_private_link_and_nobody_by_a_typed_address(moderator, rule):
    guest = make_guest(email="vera@example.org")
    standing.suspend(Person.of_guest(guest), by=moderator, rule=rule, until=in_days(2), words=WORDS)
    stranger = make_guest(email="vera@example.org", confirmed=False)
    browser = Client(**SAME_ORIGIN)

    answer = browser.get(f"/discuss/by-letter/{guest.letter_token()}/standing/")

    assert answer["Location"] == AS_GUEST
    page = browser.get(AS_GUEST)
    assert WORDS in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert WORDS not in browser_of(stranger).get(AS_GUEST).content.decode()
    for token in ("x", stranger.letter_token()):
        assert Client().get(f"/discuss/by-letter/{token}/standing/").status_code == 404


def test_i_have_read_this_is_one_press_and_a_get_changes_nothing(client_of, ada, moderator, rule):
    made = standing.warn(ada, by=moderator, rule=rule)
    browser = client_of(ada.member)
    browser.get(MINE, {"acknowledge": made.measure_id})
    assert Suspension.objects.get().acknowledged_at is None

    answer = browser.post(MINE, {"acknowledge": made.measure_id})

    assert answer["Location"] == MINE + "?read"
    when = Suspension.objects.get().acknowledged_at
    assert when is not None
    assert "Read by you" in browser.get(MINE).content.decode()
    browser.post(MINE, {"acknowledge": made.measure_id})  # a second press
    assert Suspension.objects.get().acknowledged_at == when


def test_only_a_warning_is_acknowledged(client_of, ada, moderator, rule):
    made = standing.suspend(ada, by=moderator, rule=rule, until=in_days(2))

    client_of(ada.member).post(MINE, {"acknowledge": made.measure_id})

    assert Suspension.objects.get().acknowledged_at is None


def test_the_page_costs_the_same_for_one_measure_and_thirty(client_of, ada, moderator, rule):
    browser = client_of(ada.member)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(MINE).status_code == 200
        return len(seen)

    standing.warn(ada, by=moderator, rule=rule)
    queries()
    one = queries()
    for _ in range(29):
        standing.warn(ada, by=moderator, rule=rule)

    assert queries() == one


def test_the_account_page_leads_there_and_says_what_a_waiting_ban_means(client_of, ada, moderator, rule):
    standing.ban(ada, by=moderator, rule=rule)

    page = client_of(ada.member).get("/me/").content.decode()

    assert MINE in page
    assert "A moderator reads your comments before they appear" in page
    assert "You cannot comment at the moment" not in page


# --- a second look


@pytest.fixture
def suspended(ada, moderator, rule):
    return standing.suspend(ada, by=moderator, rule=rule, until=in_days(20), words=WORDS).measure


def test_it_is_asked_for_once_and_kept(client_of, ada, suspended):
    browser = client_of(ada.member)
    assert "Are we wrong?" in browser.get(MINE).content.decode()
    empty = browser.post(MINE, {"appeal": suspended.pk, "text": "  "})
    assert empty.status_code == 422
    assert "A sentence or two" in empty.content.decode()

    answer = browser.post(MINE, {"appeal": suspended.pk, "text": WHY})

    assert answer["Location"] == f"{MINE}#m{suspended.pk}"
    page = browser.get(MINE).content.decode()
    assert WHY in page
    assert "Are we wrong?" not in page
    again = browser.post(MINE, {"appeal": suspended.pk, "text": "And another."})
    assert again.status_code == 409
    assert [appeal.text for appeal in MeasureAppeal.objects.all()] == [WHY]


def test_after_fourteen_days_it_is_too_late_counted_from_the_second_moderator(
    client_of, ada, moderator, second, rule, suspended
):
    with time_machine.travel(suspended.made_at + timedelta(days=14), tick=False):
        with pytest.raises(MeasureAppealTooLate):
            open_measure_appeal(suspended, person=ada, text=WHY)
        assert "ended on" in client_of(ada.member).get(MINE).content.decode()
    banned = standing.ban(ada, by=moderator, rule=rule).measure
    with time_machine.travel(in_days(10), tick=False):
        standing.confirm_ban(banned, by=second)
    with time_machine.travel(in_days(20), tick=False):
        open_measure_appeal(banned, person=ada, text=WHY)


def test_what_was_lifted_needs_no_second_look(ada, second, suspended):
    appeal = open_measure_appeal(suspended, person=ada, text=WHY)
    standing.lift(suspended, by=second)

    assert list(waiting_for(Scope.of(second))) == []
    with pytest.raises(AlreadyDecided):
        decide_measure_appeal(appeal, by=second, overturn=False)
    with pytest.raises(AlreadyAppealed):
        open_measure_appeal(suspended, person=ada, text=WHY)


def test_nobody_looks_again_at_their_own_decision_or_at_themselves(client_of, ada, moderator, second, rule):
    banned = standing.ban(ada, by=moderator, rule=rule).measure
    standing.confirm_ban(banned, by=second)
    appeal = open_measure_appeal(banned, person=ada, text=WHY)

    for by in (moderator, second):
        assert list(waiting_for(Scope.of(by))) == []
        with pytest.raises(OwnMeasure):
            decide_measure_appeal(MeasureAppeal.objects.get(), by=by, overturn=True)
        assert client_of(by).get(f"/moderation/people/appeals/{appeal.pk}/").status_code == 404
    with pytest.raises(IntegrityError), transaction.atomic():
        MeasureAppeal.objects.update(decided_by=moderator)
    third = make_member(role=Role.MODERATOR)
    assert list(waiting_for(Scope.of(third))) == [appeal]
    about_third = standing.warn(Person.of_member(third), by=make_member(role=Role.ADMIN), rule=rule).measure
    own = open_measure_appeal(about_third, person=Person.of_member(third), text=WHY)
    assert own not in waiting_for(Scope.of(third))
    with pytest.raises(OwnMeasure):
        decide_measure_appeal(own, by=third, overturn=True)


def test_somebody_else_lifts_it_by_the_page_and_one_letter_tells(
    client_of, ada, second, suspended, moderator, run_jobs
):
    run_jobs()
    mail.outbox.clear()
    appeal = open_measure_appeal(suspended, person=ada, text=WHY)
    desk = client_of(second)
    address = f"/moderation/people/appeals/{appeal.pk}/"
    assert WHY in desk.get("/moderation/people/").content.decode()
    for words in (WHY, WORDS, suspended.rule, ada.name):
        assert words in desk.get(address).content.decode()
    assert desk.post(address, {"note": "kept"}).status_code == 422

    answer = desk.post(address, {"overturn": "yes", "note": "You are right."})
    run_jobs()

    assert answer["Location"] == "/moderation/people/?done"
    assert desk.get(address).status_code == 404
    appeal.refresh_from_db()
    assert (appeal.state, appeal.decided_by, ada.measures().in_force().count()) == ("overturned", second, 0)
    [letter] = mail.outbox
    assert "You are right." in letter.body
    assert second.display_name not in letter.body
    with pytest.raises(standing.StandingNotUndone):  # what a second look has lifted stays lifted
        standing.undo(StandingDecision.objects.get(act="lift"), by=moderator)


def test_it_stands_and_whoever_asked_hears_why(client_of, ada, second, suspended, run_jobs):
    run_jobs()
    mail.outbox.clear()
    appeal = open_measure_appeal(suspended, person=ada, text=WHY)
    decide_measure_appeal(appeal, by=second, overturn=False, note="The name is the point.")
    run_jobs()

    page = client_of(ada.member).get(MINE).content.decode()
    [letter] = mail.outbox
    for told in (page, letter.body):
        assert "The name is the point." in told
        assert second.display_name not in told
    with pytest.raises(AlreadyDecided):
        decide_measure_appeal(appeal, by=make_member(role=Role.MODERATOR), overturn=True)


def test_a_suspension_that_has_ended_meanwhile_can_still_be_found_wrong(ada, moderator, second, rule):
    short = standing.suspend(ada, by=moderator, rule=rule, until=in_days(1)).measure
    appeal = open_measure_appeal(short, person=ada, text=WHY)

    with time_machine.travel(in_days(3), tick=False):
        decide_measure_appeal(appeal, by=second, overturn=True)

    assert Suspension.objects.get().lifted_by == second


@pytest.mark.parametrize("role", ["", Role.EDITOR, Role.MODERATOR])
def test_about_a_moderator_somebody_above_looks_again(rule, role):
    person = Person.of_member(make_member(role=Role.MODERATOR))
    made = standing.premoderate(person, by=make_member(role=Role.ADMIN), rule=rule).measure
    appeal = open_measure_appeal(made, person=person, text=WHY)
    somebody = make_member(role=role)

    for overturn in (True, False):
        with pytest.raises(NotOverThem):
            decide_measure_appeal(appeal, by=somebody, overturn=overturn)
    assert decide_measure_appeal(appeal, by=make_member(role=Role.ADMIN), overturn=False).state == "upheld"


def test_a_guest_asks_by_the_key_of_the_browser(moderator, second, rule, run_jobs):
    guest = make_guest(email="vera@example.org")
    made = standing.premoderate(Person.of_guest(guest), by=moderator, rule=rule).measure

    assert browser_of(guest).post(AS_GUEST, {"appeal": made.pk, "text": WHY}).status_code == 303
    decide_measure_appeal(MeasureAppeal.objects.get(), by=second, overturn=False)
    run_jobs()

    assert [letter.to for letter in mail.outbox] == [["vera@example.org"]] * 2


# --- taken along, and forgotten


def test_it_is_taken_along_without_names(ada, moderator, second, suspended):
    Suspension.objects.update(note="An inner note.")
    decide_measure_appeal(
        open_measure_appeal(suspended, person=ada, text=WHY), by=second, overturn=False, note="It stands."
    )

    found = everything_about(ada.member)

    [decision] = found["standing_decisions"]
    assert (decision["decided"], decision["words"], decision["second_look"]["text"]) == ("suspended", WORDS, WHY)
    assert [one["words"] for one in found["standing"]] == [WORDS]
    for hidden in (moderator.display_name, second.display_name, "An inner note."):
        assert hidden not in str(found)


def test_of_a_member_who_leaves_only_the_fact_is_kept_until_it_is_over(ada, moderator, rule, suspended, run_jobs):
    standing.warn(ada, by=moderator, rule=rule, words=WORDS)
    open_measure_appeal(suspended, person=ada, text=WHY)
    address = ada.member.email

    leaving.leave(ada.member, leaving.Choice(words_go=True, letters_go=True))
    run_jobs()

    [kept] = Suspension.objects.all()
    assert (kept.kind, kept.member, kept.words, kept.rule) == ("suspend", None, "", rule.text)
    assert not StandingDecision.objects.exclude(words="").exists()
    assert not MeasureAppeal.objects.exclude(text="").exists()
    assert forget_standing() == 0
    assert [one.pk for one in Person.of_member(make_member(email=address)).measures().in_force()] == [kept.pk]
    with time_machine.travel(in_days(21), tick=False):
        assert forget_standing() == 1
    assert not Suspension.objects.exists()
    assert not StandingDecision.objects.exists()


def test_of_a_guest_who_leaves_too(moderator, rule, run_jobs):
    guest = make_guest(email="vera@example.org")
    person = Person.of_guest(guest)
    standing.warn(person, by=moderator, rule=rule, words=WORDS)
    banned = standing.ban(person, by=moderator, rule=rule, words=WORDS).measure
    forget_standing()
    assert Suspension.objects.exclude(words="").count() == 2  # nobody has left yet

    guest_leaving.let_go(guest_leaving.with_address("vera@example.org"), words_go=True)
    run_jobs()
    forget_standing()

    [kept] = Suspension.objects.all()
    assert (kept.pk, kept.words) == (banned.pk, "")
    with time_machine.travel(in_days(31), tick=False):  # nobody has confirmed it
        assert forget_standing() == 1


def test_the_desk_lifts_what_holds_on_somebody_who_came_back(client_of, ada, moderator, second, rule, run_jobs):
    banned = standing.ban(ada, by=moderator, rule=rule).measure
    standing.confirm_ban(banned, by=second)
    run_jobs()
    address = ada.member.email
    leaving.leave(ada.member, leaving.Choice(words_go=True, letters_go=True))
    run_jobs()
    back = make_member(email=address, display_name="Back Again")
    desk = client_of(moderator)
    assert "You cannot comment any more" in client_of(back).get(MINE).content.decode()
    page = desk.get(f"/moderation/people/member/{back.pk}/").content.decode()
    assert f'name="of" value="m{back.pk}"' in page
    assert "Somebody who has left" in desk.get("/moderation/people/").content.decode()
    mail.outbox.clear()

    answer = desk.post(f"/moderation/people/measures/{banned.pk}/lift/", {"of": f"m{back.pk}"})
    run_jobs()

    assert answer.status_code == 303
    assert not Suspension.objects.in_force().exists()
    assert [letter.to for letter in mail.outbox] == [[address]]
