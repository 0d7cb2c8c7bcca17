"""Standing: who may be warned, held, suspended and banned, by whom; told each time, and taken back."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Suspension, User
from accounts.roles import Role
from civic.lib.site import SiteSettings
from comments.models import Comment, Guest
from comments.models.comments import State
from comments.posting import Origin, post_comment
from comments.writers import Member
from moderation import standing
from moderation.deciding import decide
from moderation.deciding import undo as undo_decision
from moderation.errors import (
    AlreadyDecided,
    NobodyThere,
    NotOverThem,
    OwnBan,
    StandingChanged,
    StandingNotUndone,
    StandsAlready,
)
from moderation.models import Act, Decision, StandingDecision
from moderation.people import Person
from moderation.standing_letters import write_of_standing
from tests.factories import make_comment, make_guest, make_member, make_rule, make_thread

pytestmark = pytest.mark.django_db

WORDS = "Please leave his family out of it."
Kind = Suspension.Kind


@pytest.fixture
def second():
    return make_member(display_name="Second Moderator", role=Role.MODERATOR)


@pytest.fixture
def ada(reader):
    return Person.of_member(reader)


@pytest.fixture
def rule():
    return make_rule(4)


def in_days(days: float):
    return timezone.now() + timedelta(days=days)


def holds(person: Person) -> list[str]:
    return [measure.kind for measure in person.measures().in_force().order_by("pk")]


def history(person: Person) -> list[str]:
    return list(person.decisions().order_by("pk").values_list("act", flat=True))


# --- what is decided


def test_each_measure_is_a_row_with_person_time_rule_and_words(ada, moderator, rule):
    until = in_days(3)
    made = [
        standing.warn(ada, by=moderator, rule=rule, words=f" {WORDS} "),
        standing.premoderate(ada, by=moderator, rule=rule),
        standing.suspend(ada, by=moderator, rule=rule, until=until),
        standing.ban(ada, by=moderator, rule=rule),
    ]

    assert [row.act for row in made] == ["warn", "premoderate", "suspend", "ban"]
    assert {(row.by, row.rule, row.rule_text, row.measure.member) for row in made} == {
        (moderator, rule, rule.text, ada.member)
    }
    assert (made[0].words, made[0].measure.words, made[2].until) == (WORDS, WORDS, until)
    assert holds(ada) == ["warn", "premoderate", "suspend", "ban"]
    with pytest.raises(TypeError):
        made[0].save()


def test_a_guest_is_known_by_the_proven_address_under_every_name_and_key(moderator, rule):
    first, other = make_guest(email="vera@example.org"), make_guest(name="Somebody New", email="Vera@Example.org")
    standing.ban(Person.of_guest(first), by=moderator, rule=rule)

    assert holds(Person.of_guest(other)) == ["ban"]
    assert Suspension.objects.get().member is None


def test_an_address_that_was_only_typed_is_nobody(moderator, rule):
    typed = make_guest(email="vera@example.org", confirmed=False)

    assert Person.of_guest(typed) is None
    comment = make_comment(guest=typed, state=State.UNCONFIRMED)
    with pytest.raises(NobodyThere):
        standing.refuse_and_warn(comment, by=moderator, rule=rule, seen=State.UNCONFIRMED)
    assert not Decision.objects.exists()


def test_a_guest_with_an_account_is_that_member(moderator, rule):
    member = make_member(email="Vera@example.org")
    guest = make_guest(email="vera@example.org")
    person = Person.of_guest(guest)
    comment = make_comment(guest=guest)
    make_comment(guest=make_guest())

    standing.ban(person, by=moderator, rule=rule)

    assert person.member == member
    assert Suspension.objects.get().member == member
    assert list(person.comments()) == [comment]


def test_who_was_banned_as_a_guest_is_banned_with_a_new_account(moderator, rule, settings):
    settings.BANS_NEED_TWO = False
    standing.ban(Person.of_guest(make_guest(email="vera@example.org")), by=moderator, rule=rule)

    assert [one.kind for one in Member(make_member(email="vera@example.org")).in_force] == ["ban"]


def test_a_suspension_must_end_and_every_end_lies_ahead(ada, moderator, rule):
    with pytest.raises(ValueError, match="ends"):
        standing.suspend(ada, by=moderator, rule=rule, until=None)
    with pytest.raises(ValueError, match="ahead"):
        standing.premoderate(ada, by=moderator, rule=rule, until=timezone.now())
    assert not Suspension.objects.exists()


def test_the_same_measure_stands_once_and_warnings_as_often_as_given(ada, moderator, rule):
    standing.premoderate(ada, by=moderator, rule=rule)
    with pytest.raises(StandsAlready):
        standing.premoderate(ada, by=moderator, rule=rule)

    standing.warn(ada, by=moderator, rule=rule)
    standing.warn(ada, by=moderator, rule=rule)
    assert holds(ada) == ["premoderate", "warn", "warn"]


def test_the_rule_stays_when_it_is_deleted(ada, moderator, rule):
    said = rule.text
    made = standing.warn(ada, by=moderator, rule=rule)

    rule.delete()

    made.refresh_from_db()
    assert (made.rule, made.rule_text, Suspension.objects.get().rule) == (None, said, said)


# --- who may


@pytest.mark.parametrize("role", ["", Role.WRITER, Role.EDITOR, Role.NEWSLETTER_EDITOR])
def test_nobody_but_moderators_decides(ada, moderator, rule, role):
    somebody = make_member(role=role)
    waits = standing.ban(ada, by=moderator, rule=rule)
    for act in (
        lambda: standing.warn(ada, by=somebody, rule=rule),
        lambda: standing.ban(ada, by=somebody, rule=rule),
        lambda: standing.confirm_ban(waits.measure, by=somebody),
        lambda: standing.lift(waits.measure, by=somebody),
        lambda: standing.undo(waits, by=somebody),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert history(ada) == ["ban"]


@pytest.mark.parametrize(
    ("who", "whom", "may"),
    [
        (Role.MODERATOR, "", True),
        (Role.MODERATOR, Role.WRITER, True),
        (Role.MODERATOR, Role.EDITOR, False),
        (Role.MODERATOR, Role.MODERATOR, False),
        (Role.MODERATOR, Role.ADMIN, False),
        (Role.ADMIN, Role.MODERATOR, True),
        (Role.ADMIN, Role.EDITOR, True),
        (Role.ADMIN, Role.ADMIN, False),
    ],
)
@pytest.mark.parametrize("as_guest", [False, True])
def test_nobody_decides_about_those_as_high_as_they_are(rule, who, whom, may, as_guest):
    by, about = make_member(role=who), make_member(role=whom)
    person = Person.of_guest(make_guest(email=about.email.upper())) if as_guest else Person.of_member(about)

    if may:
        assert standing.warn(person, by=by, rule=rule).measure.member == about
    else:
        with pytest.raises(NotOverThem):
            standing.warn(person, by=by, rule=rule)
        assert not Suspension.objects.exists()


def test_an_admin_does_not_decide_about_whoever_may_do_everything(rule):
    boss = User.objects.create_superuser("boss@example.org", "Boss")

    with pytest.raises(NotOverThem):
        standing.warn(Person.of_member(boss), by=make_member(role=Role.ADMIN), rule=rule)


def test_nobody_decides_about_themselves_and_a_demoted_moderator_does_not_lift_their_own(rule, moderator):
    admin = make_member(role=Role.ADMIN)
    with pytest.raises(NotOverThem):
        standing.warn(Person.of_member(moderator), by=moderator, rule=rule)
    with pytest.raises(NotOverThem):
        standing.warn(Person.of_guest(make_guest(email=admin.email)), by=admin, rule=rule)

    made = standing.premoderate(Person.of_member(moderator), by=admin, rule=rule)
    with pytest.raises(NotOverThem):
        standing.lift(made.measure, by=moderator)
    with pytest.raises(NotOverThem):
        standing.undo(made, by=moderator)


# --- a ban takes two


def test_a_ban_waits_for_a_second_moderator_and_holds_meanwhile(ada, moderator, second, rule):
    make_comment(member=ada.member)
    banned = standing.ban(ada, by=moderator, rule=rule).measure
    thread = make_thread()

    def write():
        return post_comment(
            thread=thread, writer=Member(ada.member), body="What I say.", parent=None, origin=Origin(b"x" * 16)
        )

    assert write().state == State.IN_REVIEW
    with pytest.raises(OwnBan):
        standing.confirm_ban(banned, by=moderator)
    standing.confirm_ban(banned, by=second)
    with pytest.raises(Exception, match="cannot write here any more"):
        write()
    with pytest.raises(StandingChanged):
        standing.confirm_ban(banned, by=second)
    assert history(ada) == ["ban", "confirm"]


def test_where_one_is_enough_a_ban_holds_at_once(ada, moderator, rule, settings):
    settings.BANS_NEED_TWO = False

    assert standing.ban(ada, by=moderator, rule=rule).measure.stops


def test_a_second_moderator_may_say_no(ada, moderator, second, rule):
    banned = standing.ban(ada, by=moderator, rule=rule).measure
    standing.lift(banned, by=second, words="Once is not enough.")

    with pytest.raises(StandingChanged):
        standing.confirm_ban(banned, by=make_member(role=Role.MODERATOR))
    assert holds(ada) == []


def test_only_a_ban_is_confirmed(ada, moderator, second, rule):
    with pytest.raises(StandingChanged):
        standing.confirm_ban(standing.premoderate(ada, by=moderator, rule=rule).measure, by=second)


# --- taken back


def test_what_is_lifted_holds_no_more_and_is_lifted_once(ada, moderator, second, rule):
    made = standing.suspend(ada, by=moderator, rule=rule, until=in_days(3))

    standing.lift(made.measure, by=second, words="Enough.")

    lifted = Suspension.objects.get()
    assert (lifted.lifted_by, holds(ada), history(ada)) == (second, [], ["suspend", "lift"])
    with pytest.raises(StandingChanged):
        standing.lift(made.measure, by=moderator)


def test_an_expired_suspension_is_neither_lifted_nor_undone(ada, moderator, rule):
    made = standing.suspend(ada, by=moderator, rule=rule, until=in_days(3))

    with time_machine.travel(in_days(3.01), tick=False):
        assert holds(ada) == []
        with pytest.raises(StandingChanged):
            standing.lift(made.measure, by=moderator)
        with pytest.raises(StandingNotUndone):
            standing.undo(made, by=moderator)
        standing.suspend(ada, by=moderator, rule=rule, until=in_days(3))


def test_undoing_brings_back_what_was_there_before(ada, moderator, second, rule):
    banned = standing.ban(ada, by=moderator, rule=rule)
    confirmed = standing.confirm_ban(banned.measure, by=second)
    with pytest.raises(StandingNotUndone):
        standing.undo(banned, by=moderator)  # not the latest

    undone = standing.undo(confirmed, by=moderator)
    measure = Suspension.objects.get()
    assert (measure.is_unconfirmed, measure.confirmed_by, holds(ada)) == (True, None, ["ban"])
    with pytest.raises(StandingNotUndone):
        standing.undo(undone, by=moderator)  # what takes back is not taken back

    lifted = standing.lift(measure, by=moderator)
    assert holds(ada) == []
    standing.undo(lifted, by=second)
    assert holds(ada) == ["ban"]
    assert history(ada) == ["ban", "confirm", "undo", "lift", "undo"]


def test_undoing_a_lifting_after_the_same_was_set_anew_is_a_conflict(ada, moderator, rule):
    made = standing.premoderate(ada, by=moderator, rule=rule)
    lifted = standing.lift(made.measure, by=moderator)
    standing.premoderate(ada, by=moderator, rule=rule)

    with pytest.raises(StandsAlready):
        standing.undo(lifted, by=moderator)


def test_undoing_goes_for_thirty_days_and_lifting_for_ever(ada, moderator, rule):
    made = standing.premoderate(ada, by=moderator, rule=rule)

    with time_machine.travel(made.made_at + timedelta(days=30), tick=False), pytest.raises(StandingNotUndone):
        standing.undo(made, by=moderator)
    with time_machine.travel(made.made_at + timedelta(days=30, seconds=-1), tick=False), transaction.atomic():
        standing.undo(made, by=moderator)
        transaction.set_rollback(True)
    with time_machine.travel(made.made_at + timedelta(days=31), tick=False):
        standing.lift(made.measure, by=moderator)
    assert holds(ada) == []


def test_a_warning_that_was_read_can_still_be_taken_back(ada, moderator, rule):
    made = standing.warn(ada, by=moderator, rule=rule)
    assert standing.acknowledge(made.measure, person=ada)
    assert not standing.acknowledge(made.measure, person=ada)  # the first time counts
    assert holds(ada) == []

    standing.undo(made, by=moderator)

    assert Suspension.objects.get().lifted_at is not None


def test_nobody_acknowledges_for_another(ada, other_reader, moderator, rule):
    made = standing.warn(ada, by=moderator, rule=rule)

    with pytest.raises(PermissionDenied):
        standing.acknowledge(made.measure, person=Person.of_member(other_reader))


# --- two at once


def test_the_second_of_two_moderators_sees_that_somebody_was_faster(ada, moderator, second, rule):
    seen = standing.last_decision(ada)
    standing.warn(ada, by=moderator, rule=rule, seen=seen)

    with pytest.raises(StandingChanged):
        standing.suspend(ada, by=second, rule=rule, until=in_days(1), seen=seen)
    assert holds(ada) == ["warn"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["member", "guest"])
def test_of_four_moderators_at_the_same_moment_one_decides(kind, rule):
    person = Person.of_member(make_member()) if kind == "member" else Person.of_guest(make_guest())
    moderators = [make_member(role=Role.MODERATOR) for _ in range(4)]
    found, start = [], threading.Barrier(4)

    def decide(by):
        start.wait()
        try:
            found.append(standing.ban(person, by=by, rule=rule, seen=0))
        except StandingChanged as refusal:
            found.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[by]) for by in moderators]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(type(one).__name__ for one in found) == ["StandingChanged"] * 3 + ["StandingDecision"]
    assert Suspension.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_post_while_the_ban_is_being_made_neither_waits_nor_fails_and_the_next_is_refused(reader, moderator, rule):
    """What passed the gate before the ban was there stands as said before it; nobody waits for the other."""
    make_comment(member=reader)
    thread, said = make_thread(), []

    def write(body):
        writer = Member(User.objects.get(pk=reader.pk))
        return post_comment(thread=thread, writer=writer, body=body, parent=None, origin=Origin(b"x" * 16))

    def meanwhile():
        try:
            said.append(write("In the same second."))
        finally:
            connection.close()

    with transaction.atomic():
        banned = standing.ban(Person.of_member(reader), by=moderator, rule=rule).measure
        Suspension.objects.filter(pk=banned.pk).update(is_unconfirmed=False)
        other = threading.Thread(target=meanwhile)
        other.start()
        other.join(timeout=10)
        assert not other.is_alive()

    assert [comment.state for comment in said] == [State.PUBLIC]
    with pytest.raises(Exception, match="cannot write here any more"):
        write("A second later.")


# --- letters


def test_each_measure_is_told_with_rule_words_and_a_way_to_appeal(ada, moderator, rule, run_jobs):
    standing.warn(ada, by=moderator, rule=rule, words=WORDS)
    run_jobs()

    [letter] = mail.outbox
    assert letter.to == [ada.member.email]
    assert letter.subject.startswith("A moderator wrote to you")
    for text in (letter.body, letter.alternatives[0].content):
        for words in (rule.text, WORDS, "/me/standing/", "Within 14 days"):
            assert words in text
        assert moderator.display_name not in text


def test_a_guest_is_told_by_a_private_link_and_an_unproven_address_nothing(moderator, rule, run_jobs):
    guest = make_guest(email="vera@example.org")
    standing.ban(Person.of_guest(guest), by=moderator, rule=rule)
    run_jobs()

    [letter] = mail.outbox
    assert letter.subject.startswith("A moderator wants to exclude you from commenting")
    assert f"/discuss/by-letter/{guest.letter_token()}/standing/" in letter.body
    assert "takes a second moderator" in letter.body


def test_confirming_lifting_and_undoing_are_told_too(ada, moderator, second, rule, run_jobs):
    banned = standing.ban(ada, by=moderator, rule=rule).measure
    run_jobs()
    confirmed = standing.confirm_ban(banned, by=second)
    run_jobs()
    standing.undo(confirmed, by=second)
    run_jobs()
    standing.lift(banned, by=second, words="We were wrong.")
    run_jobs()

    about_them = [letter for letter in mail.outbox if letter.to == [ada.member.email]]
    subjects = [letter.subject.partition(":")[0] for letter in about_them]
    assert subjects == [
        "A moderator wants to exclude you from commenting",
        "You cannot comment any more",
        "A decision about you was taken back",
        "A decision about you was lifted",
    ]
    assert "We were wrong." in mail.outbox[-1].body


def test_other_moderators_hear_that_a_ban_waits_and_not_whoever_asked_for_it(ada, moderator, second, rule, run_jobs):
    make_member(role=Role.EDITOR)
    standing.ban(ada, by=moderator, rule=rule, words=WORDS)
    run_jobs()

    [letter] = [one for one in mail.outbox if one.to != [ada.member.email]]
    assert (letter.to, letter.subject) == ([second.email], "A ban waits for a second moderator")
    for words in (ada.name, rule.text, WORDS, f"/moderation/people/member/{ada.member.pk}/"):
        assert words in letter.body
    assert ada.address not in letter.body


def test_a_ban_that_is_taken_back_or_needs_no_second_asks_nobody(ada, other_reader, moderator, second, rule, run_jobs):
    standing.undo(standing.ban(ada, by=moderator, rule=rule), by=moderator)
    standing.warn(ada, by=moderator, rule=rule)
    standing.confirm_ban(standing.ban(Person.of_member(other_reader), by=moderator, rule=rule).measure, by=second)
    run_jobs()

    assert second.email not in [one.to[0] for one in mail.outbox]


def test_a_ban_on_a_moderator_is_asked_of_those_above(moderator, second, rule, run_jobs):
    admins = [make_member(role=Role.ADMIN) for _ in range(2)]
    standing.ban(Person.of_member(moderator), by=admins[0], rule=rule)
    run_jobs()

    assert sorted(one.to[0] for one in mail.outbox) == sorted([moderator.email, admins[1].email])


def test_a_mass_of_measures_is_one_letter(ada, moderator, rule, run_jobs):
    for number in range(20):
        standing.warn(ada, by=moderator, rule=rule, words=f"Number {number}.")
    standing.suspend(ada, by=moderator, rule=rule, until=in_days(2))
    run_jobs()
    run_jobs()

    [letter] = mail.outbox
    assert letter.subject.startswith("What moderators decided about you")
    assert letter.body.count("Number ") == 20


def test_a_slip_that_is_undone_at_once_writes_no_letter_and_the_next_measure_does(ada, moderator, rule, run_jobs):
    standing.undo(standing.warn(ada, by=moderator, rule=rule, words="A slip."), by=moderator)
    run_jobs()
    assert mail.outbox == []

    standing.warn(ada, by=moderator, rule=rule, words="Meant.")
    run_jobs()
    [letter] = mail.outbox
    assert "A slip." not in letter.body


def test_dates_in_letters_are_by_the_clock_of_the_paper(ada, moderator, rule, run_jobs):
    SiteSettings.current()
    SiteSettings.objects.update(zone="Asia/Tokyo")
    until = timezone.now().replace(year=2031, month=5, day=3, hour=20, minute=0, second=0, microsecond=0)
    standing.suspend(ada, by=moderator, rule=rule, until=until)
    run_jobs()

    assert "4 May 2031, 05:00" in mail.outbox[0].body


def test_whoever_has_left_is_not_written_to(ada, moderator, rule, run_jobs):
    standing.warn(ada, by=moderator, rule=rule)
    User.objects.filter(pk=ada.member.pk).update(is_active=False)
    run_jobs()

    assert mail.outbox == []


def test_whoever_is_banned_still_hears_of_what_is_decided(ada, moderator, rule, run_jobs, settings):
    settings.BANS_NEED_TWO = False
    comment = make_comment(member=ada.member, state=State.IN_REVIEW)
    standing.ban(ada, by=moderator, rule=rule)
    run_jobs()
    decide(comment, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)
    standing.warn(ada, by=moderator, rule=rule)
    run_jobs()

    assert sorted(letter.subject.partition(":")[0] for letter in mail.outbox) == [
        "A moderator wrote to you",
        "You cannot comment any more",
        "Your comment is public",
    ]


def test_a_letter_that_could_not_be_sent_is_sent_by_the_next_try_and_once(ada, moderator, rule, run_jobs, monkeypatch):
    made = standing.warn(ada, by=moderator, rule=rule)
    with monkeypatch.context() as patch:
        patch.setattr("notifications.letters.send_letter", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write_of_standing.func(made.pk)

    write_of_standing.func(made.pk)
    write_of_standing.func(made.pk)

    assert len(mail.outbox) == 1


# --- refused and warned in one breath


@pytest.mark.parametrize("state", [State.IN_REVIEW, State.PUBLIC])
@pytest.mark.parametrize("who", ["member", "guest"])
def test_refusing_and_warning_is_one_act_and_one_letter(moderator, rule, run_jobs, state, who):
    writer = {"member": make_member()} if who == "member" else {"guest": make_guest()}
    comment = make_comment(state=state, **writer)

    made, warned = standing.refuse_and_warn(comment, by=moderator, rule=rule, note=WORDS, seen=state)
    run_jobs()

    comment.refresh_from_db()
    assert comment.state == (State.REFUSED if state == State.IN_REVIEW else State.REMOVED)
    assert (made.note, warned.words, warned.beside) == (WORDS, WORDS, made)
    [letter] = mail.outbox
    for words in (comment.thread.title, made.get_act_display(), WORDS, "This is a warning.", f"/{comment.pk}/"):
        assert words in letter.body


def test_neither_happens_where_one_cannot(moderator, rule):
    editor = make_member(role=Role.EDITOR)
    comment = make_comment(member=editor, state=State.IN_REVIEW)
    with pytest.raises(NotOverThem):
        standing.refuse_and_warn(comment, by=moderator, rule=rule, seen=State.IN_REVIEW)
    public = make_comment()
    with pytest.raises(AlreadyDecided):
        standing.refuse_and_warn(public, by=moderator, rule=rule, seen=State.IN_REVIEW)

    comment.refresh_from_db()
    assert comment.state == State.IN_REVIEW
    assert not Decision.objects.exists()
    assert not Suspension.objects.exists()


def test_both_are_taken_back_by_one_press(ada, moderator, rule, run_jobs):
    comment = make_comment(member=ada.member, state=State.IN_REVIEW)
    made, _ = standing.refuse_and_warn(comment, by=moderator, rule=rule, seen=State.IN_REVIEW)

    standing.undo_with_warning(made, by=moderator)
    run_jobs()

    comment.refresh_from_db()
    assert (comment.state, holds(ada), mail.outbox) == (State.IN_REVIEW, [], [])


def test_only_the_refusal_is_undone_before_the_letter_and_the_warning_is_still_told(ada, moderator, rule, run_jobs):
    comment = make_comment(member=ada.member, state=State.IN_REVIEW)
    made, _ = standing.refuse_and_warn(comment, by=moderator, rule=rule, note=WORDS, seen=State.IN_REVIEW)
    undo_decision(made, by=moderator)
    run_jobs()

    [letter] = mail.outbox
    assert letter.subject.startswith("A moderator wrote to you")
    assert comment.thread.title not in letter.body


def test_the_refusal_is_undone_after_the_letter_and_that_is_told(ada, moderator, rule, run_jobs):
    comment = make_comment(member=ada.member)
    made, _ = standing.refuse_and_warn(comment, by=moderator, rule=rule, seen=State.PUBLIC)
    run_jobs()
    undo_decision(made, by=moderator)
    run_jobs()

    assert [letter.subject.partition(":")[0] for letter in mail.outbox] == [
        "A moderator wrote to you",
        "Your comment is public again",
    ]


# --- the database


def test_a_row_without_a_rule_is_not_taken(ada, moderator, rule):
    made = standing.warn(ada, by=moderator, rule=rule)

    with pytest.raises(IntegrityError):
        StandingDecision.objects.filter(pk=made.pk).update(rule_text="")


def test_comments_of_nobody_are_nobodys(moderator):
    person = Person.of_guest(make_guest())
    Comment.objects.filter(pk=make_comment().pk).update(member=None, guest=Guest.nameless())

    assert list(person.comments()) == []
