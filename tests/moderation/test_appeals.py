"""A second look: asked for once, by the author, and taken by somebody else."""

import threading
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
from accounts.roles import Role
from comments import visibility
from comments.counting import find_drift
from comments.models import Thread
from comments.models.comments import State
from moderation.appeals import decide_appeal, open_appeal
from moderation.deciding import decide, undo
from moderation.errors import AlreadyAppealed, AlreadyDecided, AppealTooLate, NotUndone, OwnDecision
from moderation.in_force import decision_on
from moderation.models import Act, Appeal
from moderation.scope import Scope
from moderation.second_looks import waiting_appeals, waiting_for
from tests.conftest import SAME_ORIGIN
from tests.factories import make_comment, make_guest, make_member, make_rule

pytestmark = pytest.mark.django_db

WHY = "I named no person, and the number stands in the minutes."


@pytest.fixture
def second():
    return make_member(display_name="Second Moderator", role=Role.MODERATOR)


@pytest.fixture
def refused(moderator, reader):
    """A member's comment that the moderator has refused, and the decision."""
    comment = make_comment(member=reader, state=State.IN_REVIEW, body="Forty names were lost.")
    made = decide(
        comment, Act.REFUSE, by=moderator, seen=State.IN_REVIEW, rule=make_rule(4), note="Leave out the name."
    )
    comment.refresh_from_db()
    return comment, made


def page_of(comment) -> str:
    return f"/discuss/c/{comment.pk}/decision/"


def browser_of(guest) -> Client:
    client = Client(**SAME_ORIGIN)
    client.cookies["civic_guest"] = guest.cookie()
    return client


def test_the_author_reads_why_and_asks_once(client_of, reader, refused):
    comment, made = refused
    author = client_of(reader)
    page = author.get(page_of(comment)).content.decode()
    for words in ("Forty names were lost.", made.rule_text, "Leave out the name.", "by a person, not by a program"):
        assert words in page
    assert page_of(comment) in author.get(comment.get_absolute_url()).content.decode()

    answer = author.post(page_of(comment), {"text": WHY})

    assert (answer.status_code, answer["Location"]) == (303, page_of(comment))
    assert WHY in (again := author.get(page_of(comment)).content.decode())
    assert again.index("You asked for a second look") < again.index("Forty names were lost.")
    assert "<textarea" not in again
    assert author.post(page_of(comment), {"text": "And another."}).status_code == 409
    assert [appeal.text for appeal in Appeal.objects.all()] == [WHY]


def test_a_guest_does_it_by_the_key_of_the_browser(moderator):
    guest = make_guest()
    comment = make_comment(guest=guest)
    decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule())

    assert browser_of(guest).post(page_of(comment), {"text": WHY}).status_code == 303
    assert Appeal.objects.get().decision.comment == comment


def test_nobody_but_the_author_sees_the_page_or_appeals(client_of, visitor_client, moderator, refused):
    comment, _ = refused
    for client in (visitor_client, client_of(make_member()), client_of(moderator), browser_of(make_guest())):
        assert client.get(page_of(comment)).status_code == 404
        assert client.post(page_of(comment), {"text": WHY}).status_code == 404
    assert not Appeal.objects.exists()


@pytest.mark.parametrize("state", [State.PUBLIC, State.IN_REVIEW, State.WITHDRAWN])
def test_there_is_no_such_page_where_nothing_was_refused(client_of, reader, state):
    comment = make_comment(member=reader, state=state)

    assert client_of(reader).get(page_of(comment)).status_code == 404


def test_an_appeal_without_words_is_asked_for_them_and_endless_ones_are_kept(client_of, reader, refused):
    comment, _ = refused
    author = client_of(reader)

    assert "A sentence or two" in author.post(page_of(comment), {"text": "  "}).content.decode()
    long = author.post(page_of(comment), {"text": "ä" * 2001})

    assert long.status_code == 422
    assert "ä" * 2001 in long.content.decode()
    assert not Appeal.objects.exists()


def test_after_fourteen_days_it_is_too_late(client_of, reader, refused):
    comment, made = refused
    with time_machine.travel(made.made_at + timedelta(days=14, seconds=-5), tick=False):
        assert "<textarea" in client_of(reader).get(page_of(comment)).content.decode()
    with time_machine.travel(made.made_at + timedelta(days=14), tick=False):
        with pytest.raises(AppealTooLate):
            open_appeal(made, text=WHY)
        assert "ended on" in client_of(reader).get(page_of(comment)).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_appeal(moderator):
    comment = make_comment(state=State.IN_REVIEW)
    decide(comment, Act.REFUSE, by=moderator, seen=State.IN_REVIEW, rule=make_rule())
    comment.refresh_from_db()
    found, start = [], threading.Barrier(4)

    def ask():
        made = decision_on(comment)
        start.wait()
        try:
            found.append(open_appeal(made, text=WHY))
        except AlreadyAppealed as refusal:
            found.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(type(one).__name__ for one in found) == ["AlreadyAppealed"] * 3 + ["Appeal"]


def test_somebody_else_takes_it_back_and_the_comment_is_public(moderator, second, refused, run_jobs):
    comment, made = refused
    appeal = open_appeal(made, text=WHY)
    run_jobs()
    mail.outbox.clear()

    decide_appeal(appeal, by=second, overturn=True, note="You are right.")
    run_jobs()

    comment.refresh_from_db()
    appeal.refresh_from_db()
    assert (comment.state, comment.gone_rule) == (State.PUBLIC, None)
    assert (appeal.state, appeal.decided_by) == (Appeal.State.OVERTURNED, second)
    assert list(find_drift()) == []
    [letter] = mail.outbox
    assert letter.subject.startswith("Your comment is public")
    assert "You are right." in letter.body
    assert second.display_name not in letter.body


def test_the_decision_stands_and_the_author_hears_why(client_of, reader, second, refused, run_jobs):
    comment, made = refused
    run_jobs()
    mail.outbox.clear()
    decide_appeal(open_appeal(made, text=WHY), by=second, overturn=False, note="The name is the point.")
    run_jobs()

    page = client_of(reader).get(page_of(comment)).content.decode()
    [letter] = mail.outbox
    for told in (page, letter.body):
        assert "The name is the point." in told
        assert made.rule_text in told
        assert second.display_name not in told
        assert made.by.display_name not in told


def test_nobody_decides_on_their_own_decision_or_their_own_words(client_of, moderator, second, refused):
    appeal = open_appeal(refused[1], text=WHY)
    assert list(waiting_for(Scope.of(moderator))) == []
    assert list(waiting_for(Scope.of(second))) == [appeal]

    with pytest.raises(OwnDecision):
        decide_appeal(appeal, by=moderator, overturn=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(decided_by=moderator)
    for method in ("get", "post"):
        answer = getattr(client_of(moderator), method)(f"/moderation/appeals/{appeal.pk}/", {"overturn": "no"})
        assert answer.status_code == 404
    assert "1 more waits for somebody" in client_of(moderator).get("/moderation/appeals/").content.decode()


def test_the_author_who_is_a_moderator_does_not_decide(moderator, second):
    comment = make_comment(member=second, state=State.IN_REVIEW)
    decide(comment, Act.REFUSE, by=moderator, seen=State.IN_REVIEW, rule=make_rule())
    appeal = open_appeal(decision_on(comment), text=WHY)

    assert list(waiting_for(Scope.of(second))) == []
    with pytest.raises(OwnDecision):
        decide_appeal(appeal, by=second, overturn=True)


@pytest.mark.parametrize("role", ["", Role.WRITER, Role.EDITOR, Role.NEWSLETTER_EDITOR])
def test_appeals_are_for_moderators(client_of, visitor_client, role, refused):
    appeal = open_appeal(refused[1], text=WHY)
    somebody = client_of(make_member(role=role))
    for address in ("/moderation/appeals/", f"/moderation/appeals/{appeal.pk}/"):
        assert somebody.get(address).status_code == 403
        assert visitor_client.get(address)["Location"].startswith("/accounts/login/")
    assert somebody.post(f"/moderation/appeals/{appeal.pk}/", {"overturn": "yes"}).status_code == 403
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.OPEN


def test_it_is_decided_on_a_page_of_the_desk(client_of, second, refused):
    comment, made = refused
    appeal = open_appeal(made, text=WHY)
    desk = client_of(second)
    address = f"/moderation/appeals/{appeal.pk}/"
    assert WHY in desk.get("/moderation/appeals/").content.decode()
    for words in (WHY, comment.body, made.rule_text, made.note):
        assert words in desk.get(address).content.decode()
    assert desk.post(address, {"note": "kept"}).status_code == 422

    answer = desk.post(address, {"overturn": "no", "note": "It stands."})

    assert answer["Location"] == "/moderation/appeals/?done=1"
    assert desk.get(address).status_code == 404
    appeal.refresh_from_db()
    assert (appeal.state, appeal.note) == (Appeal.State.UPHELD, "It stands.")


def test_only_the_first_of_two_decides(second, refused):
    third = make_member(role=Role.MODERATOR)
    appeal = open_appeal(refused[1], text=WHY)
    decide_appeal(appeal, by=second, overturn=False)

    with pytest.raises(AlreadyDecided):
        decide_appeal(appeal, by=third, overturn=True)


@pytest.mark.parametrize("how", ["withdrawn", "undone", "decided afresh"])
def test_what_has_changed_since_needs_no_second_look(moderator, second, refused, how):
    comment, made = refused
    appeal = open_appeal(made, text=WHY)
    if how == "withdrawn":
        visibility.withdraw(comment)
    else:
        undo(made, by=moderator)
        if how == "decided afresh":
            decide(comment, Act.REFUSE, by=moderator, seen=State.IN_REVIEW, rule=make_rule(5))

    assert list(waiting_appeals()) == []
    with pytest.raises(AlreadyDecided):
        decide_appeal(appeal, by=second, overturn=True)


def test_one_appeal_or_thirty_cost_the_same_queries(client_of, moderator, second):
    rule = make_rule()

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client_of(second).get("/moderation/appeals/").status_code == 200
        return len(seen)

    def refuse_and_appeal():
        comment = make_comment(state=State.IN_REVIEW)
        decide(comment, Act.REFUSE, by=moderator, seen=State.IN_REVIEW, rule=rule)
        comment.refresh_from_db()
        open_appeal(decision_on(comment), text=WHY)

    refuse_and_appeal()
    queries()
    one = queries()
    for _ in range(29):
        refuse_and_appeal()
    assert queries() == one


def test_who_decided_first_does_not_take_the_second_look_back_by_one_press(moderator, second):
    comment = make_comment()
    made = decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule())
    decide_appeal(open_appeal(made, text=WHY), by=second, overturn=True)

    with pytest.raises(NotUndone):
        undo(decision_on(comment), by=moderator)
    comment.refresh_from_db()
    assert comment.state == State.PUBLIC


def test_it_goes_on_when_the_discussion_is_not_to_be_read_any_more(client_of, reader, second, refused):
    comment, _ = refused
    Thread.objects.filter(pk=comment.thread_id).update(visible_until=timezone.now())

    assert client_of(reader).post(page_of(comment), {"text": WHY}).status_code == 303
    assert client_of(second).get(f"/moderation/appeals/{Appeal.objects.get().pk}/").status_code == 200


@pytest.mark.parametrize("words_go", [True, False])
def test_what_was_said_in_an_appeal_is_taken_along_and_goes_with_its_author(
    reader, second, refused, run_jobs, words_go
):
    _, made = refused
    decide_appeal(open_appeal(made, text=WHY), by=second, overturn=False, note="Because of Ada.")
    assert [one["text"] for one in everything_about(reader)["appeals"]] == [WHY]
    assert second.display_name not in str(everything_about(reader))

    leaving.leave(reader, leaving.Choice(words_go=words_go, letters_go=True))
    run_jobs()

    assert not Appeal.objects.filter(text__contains="minutes").exists()
    assert not Appeal.objects.exclude(note="").exists()
