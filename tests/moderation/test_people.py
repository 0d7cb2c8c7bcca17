"""People at the desk: found, shown, decided about; by nobody but moderators."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Suspension
from accounts.roles import Role
from comments.models import Space
from comments.models.comments import State
from moderation import standing
from moderation.deciding import decide
from moderation.errors import HoldsEverywhere
from moderation.measure_appeals import decide_measure_appeal, open_measure_appeal, waiting_for
from moderation.models import Act, MeasureAppeal, Report, StandingDecision
from moderation.people import Person, bans_to_confirm
from moderation.scope import Scope
from tests.factories import make_comment, make_guest, make_member, make_rule, make_thread

pytestmark = pytest.mark.django_db

LIST = "/moderation/people/"
WORDS = "Please leave his family out of it."


@pytest.fixture
def desk(client_of, moderator):
    return client_of(moderator)


@pytest.fixture
def second():
    return make_member(display_name="Second Moderator", role=Role.MODERATOR)


@pytest.fixture
def rule():
    return make_rule(4)


def page_of(person) -> str:
    return f"{LIST}member/{person.pk}/"


def warned(person: Person, by, rule, **fields) -> StandingDecision:
    return standing.warn(person, by=by, rule=rule, **fields)


def in_days(days: int):
    return timezone.now() + timedelta(days=days)


@pytest.mark.parametrize("role", ["", Role.WRITER, Role.EDITOR, Role.NEWSLETTER_EDITOR])
def test_nobody_without_rights_gets_in_or_changes_anything(
    client_of, visitor_client, reader, moderator, rule, second, role
):
    guest = make_guest()
    banned = standing.ban(Person.of_member(reader), by=moderator, rule=rule)
    appeal = open_measure_appeal(banned.measure, person=Person.of_member(reader), text="Why?")
    somebody = client_of(make_member(role=role))
    pages = (LIST, f"{LIST}?q=ada", page_of(reader), f"{LIST}guest/{guest.pk}/", f"{LIST}appeals/{appeal.pk}/")
    new = {"kind": "warn", "rule": rule.number, "seen": banned.pk}
    posts = (
        (page_of(reader), new),
        (f"{LIST}guest/{guest.pk}/", new | {"seen": 0}),
        (f"{LIST}measures/{banned.measure_id}/lift/", {}),
        (f"{LIST}measures/{banned.measure_id}/confirm/", {}),
        (f"{LIST}decisions/{banned.pk}/undo/", {}),
        (f"{LIST}appeals/{appeal.pk}/", {"overturn": "yes"}),
    )

    for address in pages:
        assert somebody.get(address).status_code == 403
        assert visitor_client.get(address)["Location"].startswith("/accounts/login/")
    for address, data in posts:
        assert somebody.post(address, data).status_code == 403
        assert visitor_client.post(address, data).status_code == 302
    for address in (one for one, _ in posts[2:5]):
        assert client_of(moderator).get(address).status_code == 405

    assert list(StandingDecision.objects.all()) == [banned]
    assert Suspension.objects.get().is_unconfirmed
    assert MeasureAppeal.objects.get().state == "open"


# --- the list and the search


def test_everybody_with_a_standing_stands_there_bans_that_wait_first(desk, moderator, reader, other_reader, rule):
    standing.ban(Person.of_member(reader), by=moderator, rule=rule)
    standing.premoderate(Person.of_guest(make_guest(name="Gina Guest")), by=moderator, rule=rule)
    lifted = warned(Person.of_member(other_reader), moderator, rule)
    standing.lift(lifted.measure, by=moderator)

    page = desk.get(LIST).content.decode()

    assert page.index("Ada Reader") < page.index("Gina Guest")
    assert "Ban waits for a second moderator" in page
    assert "Ben Other" not in page


def test_people_are_found_by_a_part_of_the_name_and_by_a_whole_address_and_no_address_is_shown(desk):
    vera = make_member(display_name="Vera Vale", email="vera@example.org")
    make_guest(name="Vera as a guest", email="Vera@Example.org")
    olga = make_guest(name="Olga Vale", email="olga@example.org")
    make_guest(name="Typed Vale", email="typed@example.org", confirmed=False)

    def found(query):
        page = desk.get(LIST, {"q": query}).content.decode()
        assert "@example.org" not in page.replace(f"“{query}”", "").replace(f'value="{query}"', "")
        return page

    by_name = found("vale")
    assert page_of(vera) in by_name
    assert f"{LIST}guest/{olga.pk}/" in by_name
    assert "Typed Vale" not in by_name
    assert found("vera@example.org").count(page_of(vera)) == 1
    assert "Olga Vale" in found("OLGA@example.org")
    assert "Nobody under that name" in found("olga@example")
    assert desk.get(LIST, {"q": "x\0" * 300, "page": "\0"}).status_code == 200


def test_the_list_costs_the_same_for_one_and_thirty(desk, moderator, rule):
    def queries(**query) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(LIST, query).status_code == 200
        return len(seen)

    def add():
        for person in (Person.of_member(make_member(display_name="Vale")), Person.of_guest(make_guest(name="Vale"))):
            made = warned(person, moderator, rule)
            MeasureAppeal.objects.create(measure=made.measure, text="Why?", **person.reached_by)

    add()
    queries()
    one = queries(), queries(q="vale")
    for _ in range(29):
        add()

    assert (queries(), queries(q="vale")) == one


# --- one person


def test_the_card_says_what_is_known_and_nothing_of_the_address(desk, moderator, rule):
    vera = make_member(display_name="Vera Vale", email="vera@example.org")
    make_comment(member=vera)
    make_comment(guest=make_guest(name="V. V.", email="vera@example.org"))
    gone = make_comment(member=vera)
    decide(gone, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=rule)
    make_comment(member=vera, state=State.UNCONFIRMED, body="Never sent.")
    for state in ("upheld", "upheld", "dismissed", "open"):
        when = None if state == "open" else timezone.now()
        known = {"kind": "rule", "rule_text": "R", "who": "nobody", "text": "So rude!"}
        Report.objects.create(comment=gone, state=state, decided_at=when, **known)
    Report.objects.create(comment=make_comment(), kind="rule", rule_text="R", who="nobody", state="open")
    warned(Person.of_member(vera), moderator, rule, words=WORDS)

    page = desk.get(page_of(vera)).content.decode()

    for words in (
        "Vera Vale",
        "upheld 2, dismissed 1, waiting 1",
        "wrote as a guest under V. V.",
        "<dd>2</dd>",
        f"1 by rule 4. {rule.short}",
        WORDS,
    ):
        assert words in page
    assert "vera@example.org" not in page
    assert "Never sent." not in page
    assert "So rude!" not in page


def test_a_guest_with_an_account_is_shown_as_the_member_and_one_who_only_typed_is_not_there(desk):
    member = make_member(email="vera@example.org")
    guest = make_guest(email="Vera@example.org")

    assert desk.get(f"{LIST}guest/{guest.pk}/")["Location"] == page_of(member)
    assert desk.get(f"{LIST}guest/{make_guest(confirmed=False).pk}/").status_code == 404
    assert desk.get(f"{LIST}guest/987654321/").status_code == 404
    assert desk.get(f"{LIST}member/987654321/").status_code == 404


def test_a_person_costs_the_same_with_a_short_and_a_long_history(desk, moderator, reader, rule):
    person = Person.of_member(reader)

    def fill():
        made = warned(person, moderator, rule)
        MeasureAppeal.objects.create(measure=made.measure, text="Why?", **person.reached_by)
        make_comment(member=reader)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert desk.get(page_of(reader)).status_code == 200
        return len(seen)

    fill()
    queries()
    one = queries()
    for _ in range(29):
        fill()

    assert queries() == one


def test_a_moderator_decides_something_new(desk, moderator, reader, rule):
    day = timezone.localdate() + timedelta(days=3)
    new = {"kind": "suspend", "rule": rule.number, "until": f"{day}", "words": WORDS, "seen": 0}

    answer = desk.post(page_of(reader), new)

    made = StandingDecision.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, page_of(reader) + "?done")
    assert (made.act, made.by, made.rule, made.words) == ("suspend", moderator, rule, WORDS)
    assert timezone.localtime(made.until).date() == day
    assert "Suspended until" in desk.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": ""}, "What shall it be?"),
        ({"kind": "shadow"}, "Select a valid choice"),
        ({"rule": ""}, "Which house rule did they break?"),
        ({"rule": "4711"}, "Select a valid choice"),
        ({"kind": "suspend"}, "Until which day?"),
        ({"until": "today"}, "Enter a valid date."),
        ({"until": "2020-01-01"}, "This day has begun already."),
        ({"until": "9999-12-31"}, "That is longer than five years."),
        ({"words": "x" * 1001}, "at most 1000 characters"),
        ({"seen": "-1"}, "Not decided yet"),
    ],
)
def test_nonsense_changes_nothing_and_what_was_typed_is_kept(desk, reader, rule, wrong, said):
    known = {"kind": "warn", "rule": rule.number, "words": WORDS, "seen": 0}

    answer = desk.post(page_of(reader), known | wrong)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert wrong.get("words", WORDS) in page
    assert not Suspension.objects.exists()


def test_of_two_moderators_the_second_hears_it_and_may_press_again(desk, second, reader, rule):
    warned(Person.of_member(reader), second, rule)
    new = {"kind": "premoderate", "rule": rule.number, "words": WORDS, "seen": 0}

    answer = desk.post(page_of(reader), new)

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody was faster" in page
    assert WORDS in page
    seen = StandingDecision.objects.get().pk
    assert f'name="seen" value="{seen}"' in page
    assert desk.post(page_of(reader), new | {"seen": seen}).status_code == 303


def test_for_people_above_there_is_no_form_and_a_post_is_refused(desk, moderator, second, rule):
    for person in (moderator, second, make_member(role=Role.EDITOR), make_member(role=Role.ADMIN)):
        assert "Decide something new" not in desk.get(page_of(person)).content.decode()
        answer = desk.post(page_of(person), {"kind": "ban", "rule": rule.number, "seen": 0})
        assert answer.status_code == 403
        assert "This is not for you to decide" in answer.content.decode()
    assert not Suspension.objects.exists()


def test_a_ban_is_confirmed_by_another_on_the_page(desk, client_of, moderator, second, reader, rule):
    desk.post(page_of(reader), {"kind": "ban", "rule": rule.number, "seen": 0})
    ban = Suspension.objects.get()
    address = f"{LIST}measures/{ban.pk}/confirm/"
    assert address not in desk.get(page_of(reader)).content.decode()
    refused = desk.post(address)
    assert refused.status_code == 403
    assert "Somebody else has to confirm this" in refused.content.decode()

    other = client_of(second)
    assert address in other.get(page_of(reader)).content.decode()
    assert other.post(address)["Location"] == page_of(reader) + "?done"

    ban.refresh_from_db()
    assert (ban.is_unconfirmed, ban.confirmed_by) == (False, second)
    assert other.post(address).status_code == 409


def test_lifting_and_undoing_on_the_page(desk, moderator, reader, rule):
    made = standing.premoderate(Person.of_member(reader), by=moderator, rule=rule)
    undo = f"{LIST}decisions/{made.pk}/undo/"
    assert undo in desk.get(page_of(reader)).content.decode()

    lift = f"{LIST}measures/{made.measure_id}/lift/"
    assert desk.post(lift, {"words": "Enough."}).status_code == 303
    assert undo not in desk.get(page_of(reader)).content.decode()
    assert desk.post(undo).status_code == 409
    assert desk.post(lift).status_code == 409

    lifted = StandingDecision.objects.get(act="lift")
    assert lifted.words == "Enough."
    assert desk.post(f"{LIST}decisions/{lifted.pk}/undo/").status_code == 303
    assert Suspension.objects.in_force().count() == 1


def test_a_measure_is_decided_about_on_the_page_of_its_person_only(desk, moderator, reader, other_reader, rule):
    made = standing.premoderate(Person.of_member(reader), by=moderator, rule=rule)

    answer = desk.post(f"{LIST}measures/{made.measure_id}/lift/", {"of": f"m{other_reader.pk}"})

    assert answer.status_code == 404
    assert Suspension.objects.in_force().exists()
    for nonsense in ("m", "x1", "g99999999", "m\0", "m" + "9" * 30):
        assert Person.of_key(nonsense) is None


# --- who looks after some spaces


@pytest.fixture
def limited():
    """A moderator of one space only, and that space."""
    member = make_member(display_name="Lim Ited", role=Role.MODERATOR)
    space = Space.objects.create(name="Schools")
    space.moderators.add(member)
    return member, space


def test_a_moderator_of_some_spaces_sees_only_who_wrote_there_and_only_what_was_said_there(
    client_of, moderator, limited, rule
):
    member, space = limited
    here, elsewhere = make_member(display_name="Vera Vale"), make_member(display_name="Olga Vale")
    guest, far_guest = make_guest(name="Gina Vale"), make_guest(name="Fara Vale")
    make_comment(thread=make_thread(space=space), member=here, body="Said here.")
    make_comment(member=here, body="Said elsewhere.")
    make_comment(thread=make_thread(space=space), guest=guest)
    make_comment(member=elsewhere)
    make_comment(guest=far_guest)
    for person in (here, elsewhere):
        standing.premoderate(Person.of_member(person), by=moderator, rule=rule)
    for person in (guest, far_guest):
        warned(Person.of_guest(person), moderator, rule)
    desk = client_of(member)

    for page in (desk.get(LIST).content.decode(), desk.get(LIST, {"q": "vale"}).content.decode()):
        assert "Vera Vale" in page
        assert "Gina Vale" in page
        assert "Olga Vale" not in page
        assert "Fara Vale" not in page
    page = desk.get(page_of(here)).content.decode()
    assert "Said here." in page
    assert "Said elsewhere." not in page
    for address in (page_of(elsewhere), f"{LIST}guest/{far_guest.pk}/"):
        assert desk.get(address).status_code == 404
        assert desk.post(address, {"kind": "warn", "rule": rule.number, "seen": 0}).status_code == 404


def test_they_warn_and_decide_nothing_that_holds_everywhere(client_of, moderator, limited, rule):
    member, space = limited
    vera = make_member()
    make_comment(thread=make_thread(space=space), member=vera)
    person = Person.of_member(vera)
    banned = standing.ban(person, by=moderator, rule=rule)
    appeal = open_measure_appeal(banned.measure, person=person, text="Why?")
    desk = client_of(member)
    for kind in ("premoderate", "ban"):
        answer = desk.post(page_of(vera), {"kind": kind, "rule": rule.number, "seen": banned.pk})
        assert answer.status_code == 403
        assert "That holds in every discussion" in answer.content.decode()
    for address in (f"measures/{banned.measure_id}/confirm/", f"measures/{banned.measure_id}/lift/"):
        assert desk.post(LIST + address).status_code == 403
    assert desk.post(f"{LIST}decisions/{banned.pk}/undo/").status_code == 403
    assert desk.get(f"{LIST}appeals/{appeal.pk}/").status_code == 404
    with pytest.raises(HoldsEverywhere):
        decide_measure_appeal(appeal, by=member, overturn=True)

    assert desk.post(page_of(vera), {"kind": "warn", "rule": rule.number, "seen": banned.pk}).status_code == 303
    made = StandingDecision.objects.get(act="warn")
    assert desk.post(f"{LIST}decisions/{made.pk}/undo/").status_code == 303
    with pytest.raises(HoldsEverywhere):
        standing.warn(Person.of_member(make_member()), by=member, rule=rule)


def test_the_desk_leads_to_the_writer(desk, reader):
    held = make_comment(member=reader, state=State.IN_REVIEW)
    guest = make_guest()
    other = make_comment(guest=guest, state=State.IN_REVIEW)

    assert f'href="{page_of(reader)}"' in desk.get(f"/moderation/{held.pk}/").content.decode()
    assert f'href="{LIST}guest/{guest.pk}/"' in desk.get(f"/moderation/{other.pk}/").content.decode()
    assert f'href="{LIST}"' in desk.get("/moderation/").content.decode()


# --- what a moderator may not decide is not put before them


def test_second_looks_at_somebody_as_high_in_the_house_are_listed_for_who_may_decide_them(client_of, rule):
    judged, equal = (make_member(role=Role.MODERATOR) for _ in range(2))
    admin, other_admin = (make_member(role=Role.ADMIN) for _ in range(2))
    measure = standing.ban(Person.of_member(judged), by=admin, rule=rule).measure
    appeal = open_measure_appeal(measure, person=Person.of_member(judged), text="Why me?")

    assert not waiting_for(Scope.of(equal)).exists()
    assert not bans_to_confirm(Scope.of(equal)).exists()
    assert "Why me?" not in client_of(equal).get(LIST).content.decode()
    assert client_of(equal).get(f"{LIST}appeals/{appeal.pk}/").status_code == 404

    assert list(waiting_for(Scope.of(other_admin))) == [appeal]
    assert list(bans_to_confirm(Scope.of(other_admin))) == [measure]
    assert client_of(other_admin).get(f"{LIST}appeals/{appeal.pk}/").status_code == 200


def test_second_looks_at_a_guest_who_has_become_staff_or_has_left_are_listed_for_nobody_who_may_not(moderator, rule):
    guest = make_guest(email="Later@example.org")
    measure = standing.premoderate(Person.of_guest(guest), by=moderator, rule=rule).measure
    open_measure_appeal(measure, person=Person.of_guest(guest), text="Why me?")
    other = make_member(role=Role.MODERATOR)
    assert waiting_for(Scope.of(other)).count() == 1

    make_member(email="later@example.org", role=Role.EDITOR)
    assert waiting_for(Scope.of(other)).count() == 0
    assert waiting_for(Scope.of(make_member(role=Role.ADMIN))).count() == 1

    type(guest).objects.filter(pk=guest.pk).update(email="", name="")
    assert waiting_for(Scope.of(make_member(role=Role.ADMIN))).count() == 0
