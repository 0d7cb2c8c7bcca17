"""Readers report comments: who may, what is kept, what follows, and who hears of it."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django import app as jobs_app

from accounts import leaving
from accounts.models import Suspension
from accounts.roles import Role
from civic.lib.tokens import fingerprint
from comments import leaving as guests_leave
from comments import visibility
from comments.counting import find_drift
from comments.editing import edit_comment
from comments.models import Comment, Space, Thread
from comments.models.comments import State
from comments.readers import COOKIE_NAME
from moderation.appeals import decide_appeal, open_appeal
from moderation.deciding import decide, undo
from moderation.desk_letters import watch_queue
from moderation.errors import AlreadyDecided, AlreadyReported, NothingToReport, OwnComment, TooManyReports
from moderation.filters import Filter
from moderation.in_force import decision_on
from moderation.leavers import everything_about
from moderation.lists import count_waiting, listed, oldest_waiting
from moderation.models import Act, Report
from moderation.outcomes import ILLEGAL as ILLEGAL_CONTENT
from moderation.outcomes import REPORTED, URGENT
from moderation.report_jobs import close_withdrawn, forget_leavers, forget_origins, forget_words
from screening.policy import WEIGHT
from tests.conftest import SAME_ORIGIN
from tests.factories import make_comment, make_guest, make_member, make_rule, make_thread
from tests.moderation.reports import BY_CONTACT, ILLEGAL, network, notice, page_of, report

pytestmark = pytest.mark.django_db

Open = Report.State.OPEN
Upheld = Report.State.UPHELD
Dismissed = Report.State.DISMISSED
Moot = Report.State.MOOT


def device_of(guest) -> Client:
    client = Client(**SAME_ORIGIN)
    client.cookies[COOKIE_NAME] = guest.cookie()
    return client


def fresh(comment: Comment) -> Comment:
    return Comment.objects.with_writers().select_related("thread__space").get(pk=comment.pk)


def words(response) -> str:
    return response.content.decode()


def letters_to(address: str) -> list[str]:
    return [letter.subject for letter in mail.outbox if letter.to == [address]]


# --- the table ------------------------------------------------------------------------------------


def test_deleting_a_rule_leaves_the_reports_that_named_it():
    made = report(make_comment(), rule=7)

    made.rule.delete()

    made.refresh_from_db()
    assert (made.rule, made.rule_text) == (None, "Argue with the idea.")


def test_the_table_takes_one_report_per_person_and_comment():
    comment = make_comment()
    known = {"kind": "rule", "rule_text": "x", "who": "guest", "person": b"0123456789abcdef"}
    Report.objects.create(comment=comment, **known)
    Report.objects.create(comment=make_comment(), **known)

    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(comment=comment, **known)


# --- who may --------------------------------------------------------------------------------------


def test_a_member_reports_against_a_rule(client_of, reader):
    comment, rule = make_comment(), make_rule(4)
    client = client_of(reader)
    assert f"4. {rule.text}" in words(client.get(page_of(comment)))

    answer = client.post(page_of(comment), {"what": "4", "text": "Calls everybody thick."})

    assert (answer.status_code, answer["Location"]) == (303, page_of(comment) + "?sent")
    made = Report.objects.get()
    assert (made.comment, made.member, made.kind, made.rule, made.rule_text) == (
        comment, reader, "rule", rule, rule.text,
    )  # fmt: skip
    assert (made.text, made.state, made.who) == ("Calls everybody thick.", Open, "member")
    assert "We have it" in words(client.get(answer["Location"]))


def test_a_guest_with_a_proven_address_reports_against_a_rule():
    comment, guest = make_comment(), make_guest()
    make_rule(4)

    answer = device_of(guest).post(page_of(comment), {"what": "4"})

    assert answer.status_code == 303
    assert Report.objects.get().guest == guest


@pytest.mark.parametrize("who", ["anybody", "a guest who has proven nothing"])
def test_whoever_has_proven_no_address_reports_illegal_content_only(visitor_client, who):
    client = visitor_client if who == "anybody" else device_of(make_guest(confirmed=False))
    comment = make_comment()
    make_rule(4)

    page = words(client.get(page_of(comment)))
    assert 'name="what"' not in page
    assert f"/accounts/login/?next={page_of(comment)}" in page
    assert client.post(page_of(comment), {"what": "4", "text": "x"}).status_code == 422
    assert not Report.objects.exists()

    assert client.post(page_of(comment), BY_CONTACT).status_code == 303
    made = Report.objects.get()
    assert (made.who, made.name, made.email, made.in_good_faith) == (
        "contact", "Nora Nobody", "nora@elsewhere.example", True,
    )  # fmt: skip


def test_a_post_from_another_site_reports_nothing():
    answer = Client().post(page_of(make_comment()), BY_CONTACT, headers={"sec-fetch-site": "cross-site"})

    assert answer.status_code == 403
    assert not Report.objects.exists()


@pytest.mark.parametrize("missing", ["matter", "text", "in_good_faith", "name", "email"])
def test_a_notice_of_illegal_content_needs_what_the_law_asks(visitor_client, missing):
    typed = {name: value for name, value in BY_CONTACT.items() if name != missing}

    answer = visitor_client.post(page_of(make_comment()), typed)

    assert answer.status_code == 422
    assert "Not sent yet: one thing to mend" in words(answer)
    assert not Report.objects.exists()


def test_about_abuse_of_children_nobody_need_say_who_they_are(visitor_client):
    comment = make_comment()
    nameless = {**ILLEGAL, "matter": "child"}
    assert visitor_client.post(page_of(comment), nameless).status_code == 303
    assert visitor_client.post(page_of(comment), {**nameless, "matter": "threat"}).status_code == 422

    made = Report.objects.get()
    assert (made.who, made.name, made.email) == ("nobody", "", "")
    assert made.is_urgent


def test_members_are_not_asked_who_they_are(client_of, reader):
    page = words(client_of(reader).get(page_of(make_comment())))

    assert 'name="email"' not in page
    assert client_of(reader).post(page_of(make_comment()), ILLEGAL).status_code == 303


def test_rules_of_the_space_can_be_named_by_their_letter(client_of, reader):
    Space.objects.filter(pk=Space.default().pk).update(extra_rules="No party slogans.\nName your source.")
    comment = make_comment()

    client_of(reader).post(page_of(comment), {"what": "b"})

    made = Report.objects.get()
    assert (made.rule, made.rule_text, made.about) == (None, "Name your source.", "Name your source.")


@pytest.mark.parametrize("what", ["", "99", "illegal'", "a"])
def test_what_is_no_rule_is_asked_for_once_more(client_of, reader, what):
    answer = client_of(reader).post(page_of(make_comment()), {"what": what, "text": "kept words"})

    assert answer.status_code == 422
    assert "kept words" in words(answer)


def test_nobody_reports_their_own(client_of, reader):
    guest = make_guest(email="ana@example.org")
    elsewhere = make_guest(email="Ana@example.org")  # the same mailbox, proven on another device
    make_rule(3)
    for client, comment in (
        (client_of(reader), make_comment(member=reader)),
        (device_of(guest), make_comment(guest=guest)),
        (device_of(elsewhere), make_comment(guest=guest)),
        (client_of(make_member(email="ana@example.org")), make_comment(guest=guest)),
    ):
        assert client.get(page_of(comment)).status_code == 403
        assert client.post(page_of(comment), {"what": "3"}).status_code == 403
    with pytest.raises(OwnComment):
        report(make_comment(member=reader), reader)
    assert not Report.objects.exists()


@pytest.mark.parametrize("kind", [Suspension.Kind.SUSPEND, Suspension.Kind.BAN])
def test_who_may_not_take_part_reports_illegal_content_only(client_of, reader, kind):
    Suspension.objects.create(member=reader, kind=kind, rule="No insults.")
    comment = make_comment()
    make_rule(3)
    client = client_of(reader)

    assert client.post(page_of(comment), {"what": "3"}).status_code == 403
    assert client.post(page_of(comment), ILLEGAL).status_code == 303


@pytest.mark.parametrize("state", [State.UNCONFIRMED, State.IN_REVIEW, State.REFUSED])
def test_what_readers_do_not_see_cannot_be_reported(client_of, reader, visitor_client, state):
    guest = make_guest(confirmed=state != State.UNCONFIRMED)
    comment = make_comment(guest=guest, state=state)
    for client in (client_of(reader), visitor_client, device_of(guest)):
        assert client.get(page_of(comment)).status_code == 404
        assert client.post(page_of(comment), BY_CONTACT).status_code == 404


def test_a_placeholder_cannot_be_reported(client_of, reader):
    comment = make_comment(state=State.REMOVED)
    held = visibility.hold(make_comment())
    make_comment(parent=make_comment())

    assert client_of(reader).post(page_of(comment), ILLEGAL).status_code == 410
    assert client_of(reader).post(page_of(held), ILLEGAL).status_code == 404
    assert client_of(reader).post(page_of(Comment(pk=987_654_321)), ILLEGAL).status_code == 404
    assert not Report.objects.exists()


def test_nothing_is_reported_in_discussions_that_are_over(client_of, reader):
    comment = make_comment()
    Thread.objects.filter(pk=comment.thread_id).update(visible_until=timezone.now())

    for answer in (client_of(reader).get(page_of(comment)), client_of(reader).post(page_of(comment), ILLEGAL)):
        assert answer.status_code == 404


# --- one report each ------------------------------------------------------------------------------


def test_reporting_twice_shows_what_was_said(client_of, reader):
    comment, client = make_comment(), client_of(reader)
    make_rule(3)
    client.post(page_of(comment), {"what": "3", "text": "The first words."})

    page = words(client.get(page_of(comment)))
    answer = client.post(page_of(comment), {"what": "3", "text": "Others."})

    assert "You reported this comment" in page
    assert "The first words." in page
    assert 'name="what"' not in page
    assert answer.status_code in (409, 422)
    assert Report.objects.get().text == "The first words."
    with pytest.raises(AlreadyReported):
        report(comment, reader)


def test_one_person_has_one_report_under_several_names_and_as_member_and_guest():
    comment = make_comment()
    report(comment, make_guest(name="One", email="ana@example.org"))
    for same in ("ana@example.org", "Ana@Example.org", "ana+two@example.org"):
        with pytest.raises(AlreadyReported):
            report(comment, make_guest(name="Two", email=same))
    other = make_comment()
    member = make_member(email="ben@example.org")
    report(other, member)
    with pytest.raises(AlreadyReported):
        report(other, make_guest(email="ben@example.org"))

    assert Report.objects.count() == 2


def test_whoever_reported_a_rule_may_still_say_that_it_is_illegal(client_of, reader):
    comment, client = make_comment(), client_of(reader)
    make_rule(3)
    client.post(page_of(comment), {"what": "3"})
    assert "Report it as illegal content" in words(client.get(page_of(comment)))
    assert 'name="matter"' in words(client.get(page_of(comment) + "?more"))

    assert client.post(page_of(comment), ILLEGAL).status_code == 303
    assert client.post(page_of(comment), ILLEGAL).status_code == 409

    made = Report.objects.get()
    assert (made.kind, made.matter, made.rule, made.rule_text) == ("illegal", "other", None, "")


def test_an_address_typed_twice_is_one_person_who_loses_no_word(visitor_client):
    comment = make_comment()
    pages = []
    for text in ("The first words.", "The second words.", "The second words."):
        answer = visitor_client.post(page_of(comment), {**BY_CONTACT, "text": text})
        pages.append((answer.status_code, words(visitor_client.get(answer["Location"]))))

    made = Report.objects.get()
    assert made.text.split("\n\n* * *\n\n") == ["The first words.", "The second words."]
    assert pages[0] == pages[1] == pages[2]  # nobody learns that somebody has used an address before
    assert "first words" not in pages[1][1]


def test_typing_somebodys_address_neither_shows_nor_uses_up_what_they_report(visitor_client, client_of):
    member = make_member(email="nora@elsewhere.example")
    comment = make_comment()
    make_rule(3)
    client_of(member).post(page_of(comment), {"what": "3", "text": "Of the owner."})

    answer = visitor_client.post(page_of(comment), BY_CONTACT)
    assert answer.status_code == 303
    assert "Of the owner." not in words(visitor_client.get(answer["Location"]))

    other = make_comment()
    visitor_client.post(page_of(other), BY_CONTACT)
    assert client_of(member).post(page_of(other), {"what": "3"}).status_code == 303


def test_other_words_may_be_reported_once_more(moderator, client_of, reader):
    comment = make_comment()
    report(comment, reader, text="First.")
    decide(comment, Act.KEEP, by=moderator, seen=State.PUBLIC)
    with pytest.raises(AlreadyReported):
        report(comment, reader)
    edit_comment(fresh(comment), body="Other words.")

    assert 'name="what"' in words(client_of(reader).get(page_of(comment)))
    report(comment, reader, text="Second.")

    made = Report.objects.get()
    assert (made.state, made.text, made.decision) == (Open, "Second.", None)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_by_one_person_are_one_report(reader):
    comment = make_comment()
    make_rule(3)
    found = at_once([lambda: report(comment, reader)] * 4)

    assert sorted(found) == ["AlreadyReported"] * 3 + ["Report"]
    assert Report.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_reports_while_it_is_being_decided_are_all_answered_or_told_that_it_is_gone(moderator):
    comment, rule = make_comment(), make_rule(3)
    members = [make_member() for _ in range(6)]
    removing = lambda: decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=rule)  # noqa: E731

    found = at_once([*(lambda member=member: report(comment, member) for member in members[:3]), removing,
                     *(lambda member=member: report(comment, member) for member in members[3:])])  # fmt: skip

    assert set(found) <= {"Report", "NothingToReport", "Decision", "AlreadyDecided"}
    comment.refresh_from_db()
    if comment.state == State.REMOVED:
        assert not Report.objects.open().exists()
    else:  # three of them were faster, and took it off the page
        assert comment.state == State.IN_REVIEW
    assert list(find_drift()) == []


def at_once(calls) -> list[str]:
    """What each call returned or raised, by the name of its class."""
    found, start = [], threading.Barrier(len(calls))

    def run(call):
        start.wait()
        try:
            found.append(type(call()).__name__)
        except (AlreadyReported, NothingToReport, AlreadyDecided) as refusal:
            found.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return found


# --- what is typed --------------------------------------------------------------------------------


def test_markup_in_words_is_shown_as_it_was_typed(client_of, moderator, reader):
    comment = make_comment()
    make_rule(3)
    hostile = "<script>alert(1)</script> <img src=x onerror=1>"
    client_of(reader).post(page_of(comment), {**ILLEGAL, "text": hostile, "place": hostile})

    for page in (
        words(client_of(moderator).get(f"/moderation/{comment.pk}/")),
        words(client_of(reader).get("/me/reports/")),
        words(client_of(reader).get(page_of(comment))),
    ):
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_endless_words_are_kept_and_not_taken(client_of, reader):
    make_rule(3)
    long = "ä" * 100_000

    answer = client_of(reader).post(page_of(make_comment()), {"what": "3", "text": long, "place": long})

    assert answer.status_code == 422
    assert "98,000 characters more than the 2,000" in words(answer)
    assert not Report.objects.exists()


def test_programs_get_the_same_answers_in_json(client_of, reader):
    comment, client = make_comment(), client_of(reader)
    make_rule(3)
    json = {"accept": "application/json"}

    refused = client.post(page_of(comment), {"what": "9"}, headers=json)
    taken = client.post(page_of(comment), {"what": "3"}, headers=json)
    again = client.post(page_of(comment), {"what": "3"}, headers=json)

    assert (refused.status_code, refused.json()) == (422, {"errors": {"what": ["Which of these is it?"]}})
    assert (taken.status_code, taken.json()["url"], taken["Location"]) == (303, *[page_of(comment) + "?sent"] * 2)
    assert again.status_code in (409, 422)
    assert "errors" in again.json()


def test_a_program_that_fills_in_everything_is_told(visitor_client):
    answer = visitor_client.post(page_of(make_comment()), {**BY_CONTACT, "subject": "Hello"})

    assert answer.status_code == 422
    assert not Report.objects.exists()


def test_one_person_and_one_network_report_so_much_at_once(settings, client_of, reader):
    settings.REPORTS_A_DAY, settings.REPORTS_PER_PREFIX_HOUR = 2, 4
    make_rule(3)
    client = client_of(reader)
    answers = [client.post(page_of(make_comment()), {"what": "3", "text": "Kept."}) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert int(answers[2]["Retry-After"]) > 80_000
    assert "Kept." in words(answers[2])
    for _ in range(4):
        report(make_comment(), origin=4)
    with pytest.raises(TooManyReports):
        report(make_comment(), origin=4)
    report(make_comment(), make_member(role=Role.MODERATOR), origin=4)
    assert Report.objects.count() == 2 + 4 + 1


# --- the way there --------------------------------------------------------------------------------


def test_every_comment_of_others_leads_there_and_everybody_gets_the_same_page(client_of, visitor_client, reader):
    comment = make_comment()
    own = make_comment(thread=comment.thread, member=reader)
    discussion = f"/discuss/{comment.thread_id}/"

    for anybody in (visitor_client, device_of(make_guest())):
        page = words(anybody.get(discussion))
        assert [page_of(one) in page for one in (comment, own)] == [True, True]
    page = words(client_of(reader).get(discussion))
    assert [page_of(one) in page for one in (comment, own)] == [True, False]


# --- answers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "act", "answer"),
    [
        (State.PUBLIC, Act.REMOVE, Upheld),
        (State.PUBLIC, Act.KEEP, Dismissed),
        (State.PUBLIC, Act.HOLD, Open),
        (State.IN_REVIEW, Act.REMOVE, Upheld),
        (State.IN_REVIEW, Act.PUBLISH, Dismissed),
    ],
)
def test_each_decision_answers_the_reports(moderator, before, act, answer):
    comment = make_comment()
    made = report(comment)
    if before == State.IN_REVIEW:
        visibility.hold(comment)

    decision = decide(comment, act, by=moderator, seen=before, rule=make_rule(3))

    made.refresh_from_db()
    assert made.state == answer
    assert made.decision == (None if answer == Open else decision)
    assert (made.decided_at is None) == (answer == Open)


def test_what_is_undone_opens_them_again(moderator, run_jobs):
    comment, member = make_comment(), make_member()
    made = report(comment, member)

    removed = decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule(3))
    undo(removed, by=moderator)
    made.refresh_from_db()
    assert (made.state, made.decided_at, made.decision) == (Open, None, None)

    kept = decide(comment, Act.KEEP, by=moderator, seen=State.PUBLIC)
    undo(kept, by=moderator)
    made.refresh_from_db()
    assert made.state == Open
    run_jobs()
    assert letters_to(member.email) == []


def test_a_restored_comment_that_goes_again_upholds_them_again(moderator):
    comment = make_comment()
    made = report(comment)
    decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule(3))
    back = decide(comment, Act.RESTORE, by=moderator, seen=State.REMOVED)
    made.refresh_from_db()
    assert made.state == Dismissed

    undo(back, by=moderator)

    made.refresh_from_db()
    assert made.state == Upheld


def test_an_appeal_that_restores_dismisses_them(moderator):
    comment = make_comment()
    made = report(comment)
    decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule(3))
    appeal = open_appeal(decision_on(comment), text="Look again.")

    decide_appeal(appeal, by=make_member(role=Role.MODERATOR), overturn=True)

    made.refresh_from_db()
    assert made.state == Dismissed


def test_a_newer_text_that_a_moderator_publishes_leaves_nothing_to_answer(moderator):
    comment = make_comment()
    made = report(comment)
    edit_comment(fresh(comment), body="https://a.example https://b.example https://c.example")
    decide(comment, Act.PUBLISH_EDIT, by=moderator, seen=State.PUBLIC)

    made.refresh_from_db()
    assert made.state == Moot


def test_what_its_writer_took_back_needs_no_answer(run_jobs):
    comment, member = make_comment(), make_member()
    made = report(comment, member)
    stands = report(make_comment())
    visibility.withdraw(comment)

    close_withdrawn()
    run_jobs()

    made.refresh_from_db()
    stands.refresh_from_db()
    assert (made.state, stands.state) == (Moot, Open)
    assert [subject.split(":")[0] for subject in letters_to(member.email)] == [
        "What you reported is not there any more"
    ]


def test_taking_a_threat_back_does_not_hide_it_from_the_desk(client_of, moderator):
    comment = make_comment(body="I know where you live.")
    made = report(comment, matter="threat", text="He means it.")
    visibility.withdraw(comment)
    close_withdrawn()

    assert listed(Filter()) == [comment.pk]
    page = words(client_of(moderator).get("/moderation/"))
    assert "I know where you live." in page
    assert "Nothing more to do" in page

    decide(comment, Act.KEEP, by=moderator, seen=State.WITHDRAWN)
    made.refresh_from_db()
    assert (made.state, count_waiting()) == (Moot, 0)


def test_the_same_again_without_words_is_answered_at_once_and_with_words_it_is_read(client_of, moderator, reader):
    comment = make_comment()
    report(comment)
    decide(comment, Act.KEEP, by=moderator, seen=State.PUBLIC)

    client_of(reader).post(page_of(comment), {"what": "3"})
    page = words(client_of(reader).get(page_of(comment) + "?sent"))
    assert "let it stand" in page
    assert count_waiting() == 0

    report(comment, text="He names my child’s school.")
    assert count_waiting() == 1
    other = report(comment, rule=5)
    assert other.state == Open


# --- the queue ------------------------------------------------------------------------------------


def test_illegal_content_stands_above_reports_and_these_above_what_was_held(moderator):
    held = make_comment(state=State.IN_REVIEW, priority=50)
    reported, illegal, threatening = make_comment(), make_comment(), make_comment()
    report(reported)
    report(illegal, matter="other", text="x")
    notice(threatening, matter="threat")

    assert listed(Filter()) == [threatening.pk, illegal.pk, reported.pk, held.pk]
    assert count_waiting() == 4
    assert [one.pk for one in Comment.objects.in_review()] == [held.pk]


def test_a_held_comment_that_was_reported_goes_back_to_its_place_when_it_is_answered(moderator):
    comment = make_comment(priority=40)
    report(comment, matter="threat", text="x")
    comment.refresh_from_db()
    assert comment.priority == 1_040

    decide(comment, Act.KEEP, by=moderator, seen=State.PUBLIC)

    comment.refresh_from_db()
    assert comment.priority == 40


def test_screening_alone_never_comes_before_a_report():
    assert max(WEIGHT.values()) < REPORTED < ILLEGAL_CONTENT < URGENT


def test_a_reported_comment_with_a_newer_text_is_one_question():
    comment = make_comment()
    report(comment)
    edit_comment(fresh(comment), body="https://a.example https://b.example https://c.example")
    comment.refresh_from_db()

    assert comment.edit_waits
    assert comment.priority == 200
    assert (count_waiting(), len(listed(Filter()))) == (1, 1)


def test_the_oldest_waits_since_it_was_reported_and_not_since_it_was_written(moderator, run_jobs):
    long_ago = timezone.now() - timedelta(days=90)
    reported = make_comment(created_at=long_ago)
    assert oldest_waiting() is None
    made = report(reported)
    assert oldest_waiting() == made.made_at

    for _ in range(2):
        report(reported)
    assert Comment.objects.get(pk=reported.pk).state == State.IN_REVIEW
    assert oldest_waiting() > timezone.now() - timedelta(minutes=1)
    watch_queue()
    watch_queue()
    run_jobs()
    assert letters_to(moderator.email) == ["A comment waits for you"]


def test_the_case_shows_what_was_said_and_never_who_said_it(client_of, moderator):
    comment = make_comment()
    member = make_member(display_name="Ida Informer", email="ida@hidden.example")
    guest = make_guest(name="Gerd Informer", email="gerd@hidden.example")
    report(comment, member, text="Calls everybody thick.")
    report(comment, guest)
    notice(comment, "nora@hidden.example", text="Libel.", place="thick as he is")

    page = words(client_of(moderator).get(f"/moderation/{comment.pk}/"))

    card = page[page.index('id="reports"') :]
    card = card[: card.index("</section>")]
    illegal = ("Illegal content: something else.", "“Libel.”", "“thick as he is”", "Somebody who left an address")
    for said in (
        "Rule 3: Guess about motives.",
        "“Calls everybody thick.”",
        "A member, 0 min ago",
        "Without words.",
        "A guest, ",
        *illegal,
    ):
        assert said in card
    for secret in ("Informer", "hidden.example", "Nora"):
        assert secret not in page


def test_the_list_says_that_it_was_reported(client_of, moderator):
    comment, illegal = make_comment(), make_comment()
    report(comment)
    report(comment)
    report(illegal, matter="child", text="x")

    page = words(client_of(moderator).get("/moderation/"))

    assert "2 reports" in page
    assert "Reported as illegal: sexual abuse of a child" in page


def test_a_desk_of_thirty_reported_comments_costs_the_queries_of_one(client_of, moderator):
    client = client_of(moderator)
    counts = []
    for more in (1, 29):
        for _ in range(more):
            report(make_comment(), text="x")
        client.get("/moderation/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/moderation/")
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 15


# --- letters --------------------------------------------------------------------------------------


def test_reporters_hear_once_what_became_of_it_and_nothing_else(moderator, run_jobs):
    comment = make_comment(body="Secret words of the author.", member=make_member(display_name="Otto Author"))
    member, guest = make_member(), make_guest()
    report(comment, member, text="Words of the reporter.")
    report(comment, guest)
    decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule(3), note="A note to its author.")
    run_jobs()
    run_jobs()

    for address in (member.email, guest.email):
        [letter] = [one for one in mail.outbox if one.to == [address]]
        assert letter.subject.startswith("What you reported is off the page")
        told = letter.body + str(letter.alternatives)
        assert make_rule(3).text in told
        for secret in ("A note to", "Words of the", "Secret words", "Otto Author", moderator.display_name):
            assert secret not in told


def test_a_slip_that_is_undone_at_once_tells_reporters_nothing_and_then_the_truth(moderator, run_jobs):
    comment, member = make_comment(), make_member()
    report(comment, member)
    undo(decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule(3)), by=moderator)
    run_jobs()
    assert letters_to(member.email) == []

    decide(comment, Act.KEEP, by=moderator, seen=State.PUBLIC)
    run_jobs()
    assert [subject.split(":")[0] for subject in letters_to(member.email)] == ["A moderator has read what you reported"]


def test_a_notice_of_illegal_content_is_confirmed_at_once_and_answered(visitor_client, moderator, run_jobs):
    comment = make_comment()
    visitor_client.post(page_of(comment), {**BY_CONTACT, "text": "Words of the reporter."})
    run_jobs()
    [receipt] = [one for one in mail.outbox if one.to == ["nora@elsewhere.example"]]
    assert receipt.subject == "We have your notice"
    assert "Words of the reporter" not in receipt.body
    assert "Nora" not in receipt.body

    decide(comment, Act.KEEP, by=moderator, seen=State.PUBLIC)
    run_jobs()
    assert [s.split(":")[0] for s in letters_to("nora@elsewhere.example")] == [
        "We have your notice",
        "A moderator has read what you reported",
    ]


def test_an_address_that_anybody_can_type_gets_three_letters_a_day(moderator, run_jobs):
    comments = [make_comment() for _ in range(6)]
    for number, comment in enumerate(comments):
        notice(comment, "victim@example.org", origin=number)
    run_jobs()
    assert letters_to("victim@example.org") == ["We have your notice"] * settings.CONFIRM_LETTERS_A_DAY

    for comment in comments:
        decide(comment, Act.KEEP, by=moderator, seen=State.PUBLIC)


def test_its_answers_come_on_the_days_after(moderator, run_jobs):
    comments = [make_comment() for _ in range(4)]
    for number, comment in enumerate(comments):
        notice(comment, "victim@example.org", origin=number)
    run_jobs()
    mail.outbox.clear()
    for comment in comments:
        decide(comment, Act.KEEP, by=moderator, seen=State.PUBLIC)
    run_due(timezone.now() + timedelta(minutes=5))
    assert letters_to("victim@example.org") == []

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        run_due(timezone.now())

    assert len(letters_to("victim@example.org")) == 3  # as many as it was told of


def run_due(until) -> None:
    """Jobs whose time has come, and those that they defer."""

    def due(job) -> bool:
        return job["status"] == "todo" and (job["scheduled_at"] is None or job["scheduled_at"] <= until)

    while waiting := [job for job in jobs_app.connector.jobs.values() if due(job)]:
        for job in waiting:
            job["status"] = "succeeded"
            jobs_app.tasks[job["task_name"]].func(**job["args"])


def test_moderators_hear_of_a_threat_at_once_and_not_of_every_report(moderator, run_jobs):
    second = make_member(role=Role.MODERATOR)
    make_member(role=Role.WRITER)
    report(make_comment())
    report(make_comment(), matter="other", text="x")
    comment = make_comment()
    for number in range(3):
        notice(comment, f"somebody{number}@example.org", origin=number, matter="threat", text="He wrote: I kill you.")
    run_jobs()

    urgent = [one for one in mail.outbox if one.subject.startswith("At once")]
    assert sorted(one.to[0] for one in urgent) == sorted([moderator.email, second.email])
    assert "I kill you" not in urgent[0].body
    assert f"/moderation/{comment.pk}/" in urgent[0].body


def test_a_flood_of_threats_fills_no_mailbox(moderator, run_jobs):
    for number in range(30):
        notice(make_comment(), f"somebody{number}@example.org", origin=number, matter="threat")
    run_jobs()

    assert len(letters_to(moderator.email)) == settings.URGENT_LETTERS_PER_HOUR


def test_the_author_of_a_comment_that_readers_took_off_the_page_is_told_so(run_jobs):
    author = make_member()
    comment = make_comment(member=author)
    reporters = [make_member(display_name=f"Ida Informer {number}") for number in range(3)]
    for one in reporters:
        report(comment, one, text="Words of a reporter.")
    run_jobs()

    [letter] = [one for one in mail.outbox if one.to == [author.email]]
    assert "Readers have reported it" in letter.body
    assert "a person decides" in letter.body
    for secret in ("Informer", "Words of a reporter"):
        assert secret not in letter.body + str(letter.alternatives)


# --- one's own list, leaving, forgetting ----------------------------------------------------------


def test_members_see_what_they_reported_and_nobody_elses(client_of, visitor_client, reader, other_reader):
    comment = make_comment()
    report(comment, reader, text="Mine.")
    report(comment, other_reader, text="Theirs.")

    page = words(client_of(reader).get("/me/reports/"))

    assert "Mine." in page
    assert "Theirs." not in page
    assert visitor_client.get("/me/reports/")["Location"].startswith("/accounts/login/")


def test_a_list_of_thirty_reports_costs_the_queries_of_one(client_of, reader, settings):
    settings.REPORTS_A_DAY = 100
    client = client_of(reader)
    counts = []
    for more in (1, 29):
        for _ in range(more):
            report(make_comment(), reader, origin=more)
        client.get("/me/reports/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/me/reports/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("words_go", [True, False])
def test_a_member_takes_reports_along_and_leaves_without_a_trace_of_who_it_was(moderator, reader, run_jobs, words_go):
    comment = make_comment()
    report(comment, reader, text="Ada knows him.")
    notice(make_comment(), reader.email, text="Ada says so.")
    decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule(3))
    assert [one["text"] for one in everything_about(reader)["reports"]] == ["Ada knows him."]

    leaving.leave(reader, leaving.Choice(words_go=words_go, letters_go=True))
    run_jobs()

    assert Report.objects.count() == 2
    assert not Report.objects.exclude(text="", name="", email="", person=None, member=None, origin=None).exists()
    assert Report.objects.get(comment=comment).state == Upheld
    assert Comment.objects.get(pk=comment.pk).state == State.REMOVED


def test_a_guest_who_leaves_takes_the_words_along(run_jobs):
    guest, stays = make_guest(), make_guest()
    report(make_comment(), guest, text="Gina says so.")
    report(make_comment(), stays, text="Stays.")

    guests_leave.let_go(guests_leave.with_key(guest.key), words_go=True)
    run_jobs()
    forget_leavers()

    assert sorted(Report.objects.values_list("text", "person")) == sorted(
        [("", None), ("Stays.", Report.objects.get(text="Stays.").person)], key=lambda row: row[0]
    )


def test_who_asks_on_paper_is_erased_from_notices_too(capsys):
    notice(make_comment(), "Nora@elsewhere.example")
    notice(make_comment(), "else@elsewhere.example")

    call_command("erase_person", "nora@elsewhere.example")
    assert "notices of illegal content: 1" in capsys.readouterr().out
    call_command("erase_person", "nora@elsewhere.example", yes=True)

    assert list(Report.objects.order_by("pk").values_list("email", "text")) == [
        ("", ""),
        ("else@elsewhere.example", "It is a lie."),
    ]


def test_names_and_words_are_forgotten_in_time_and_the_answer_stays(moderator):
    comment, waits = make_comment(), make_comment()
    notice(comment)
    notice(waits)
    decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule(3))
    with time_machine.travel(timezone.now() + timedelta(days=settings.REPORT_WORDS_DAYS - 1)):
        assert forget_words() == 0
    with time_machine.travel(timezone.now() + timedelta(days=settings.REPORT_WORDS_DAYS + 1)):
        assert forget_words() == 1
        assert forget_words() == 0

    old = Report.objects.get(comment=comment)
    assert (old.text, old.name, old.email, old.person, old.state, old.matter) == ("", "", "", None, Upheld, "other")
    assert Report.objects.get(comment=waits).name == "Nora Nobody"


def test_where_a_report_came_from_is_forgotten_after_thirty_days():
    made = report(make_comment(), origin=3)
    assert bytes(made.origin) == network(3)
    with time_machine.travel(timezone.now() + timedelta(days=settings.COMMENT_ORIGIN_DAYS + 1)):
        assert forget_origins() == 1

    made.refresh_from_db()
    assert made.origin is None


def test_a_new_hash_key_still_knows_who_has_reported(settings, reader):
    comment = make_comment()
    report(comment, reader)
    settings.HASH_KEY_FALLBACKS, settings.HASH_KEY = [settings.HASH_KEY], "another key"

    with pytest.raises(AlreadyReported):
        report(comment, reader)


def test_the_table_holds_no_address_of_whoever_has_an_account(reader):
    report(make_comment(), reader)
    report(make_comment(), make_guest(email="gina@hidden.example"))

    assert not Report.objects.exclude(email="").exists()
    assert bytes(Report.objects.first().person) == fingerprint("reporter", f"member:{reader.pk}")


def test_a_reporter_cannot_be_told_from_a_public_page(client_of, visitor_client, reader):
    thread = make_thread()
    comment = make_comment(thread=thread)
    report(comment, make_member(display_name="Ida Informer"), text="quornreportz")

    for client in (visitor_client, client_of(reader), client_of(comment.member)):
        for path in (f"/discuss/{thread.pk}/", comment.get_absolute_url(), page_of(make_comment(thread=thread))):
            page = words(client.get(path))
            assert "Informer" not in page
            assert "quornreportz" not in page


def test_one_network_cannot_make_others_go_unheard(moderator, run_jobs):
    for number in range(9):
        notice(make_comment(), f"somebody{number}@example.org", origin=1, matter="threat")
    elsewhere = make_comment()
    notice(elsewhere, "first@example.org", origin=1, matter="threat")  # to be the first, without a letter
    run_jobs()
    notice(elsewhere, "real@example.org", origin=2, matter="threat")
    run_jobs()

    urgent = [one for one in mail.outbox if one.to == [moderator.email]]
    assert len(urgent) == settings.URGENT_LETTERS_PER_PREFIX_HOUR + 1
    assert f"/moderation/{elsewhere.pk}/" in urgent[-1].body


def test_many_reports_of_rules_keep_nobody_from_reporting_a_threat(settings, reader):
    settings.REPORTS_A_DAY = 1
    report(make_comment(), reader)

    assert report(make_comment(), reader, matter="threat", text="x").is_open
