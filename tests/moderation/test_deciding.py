"""The desk: who gets in, what a decision does, and who is told."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts.roles import Role
from comments.models.comments import State
from moderation.deciding import decide, words_of
from moderation.errors import AlreadyDecided
from moderation.models import Act, Decision
from moderation.notices import watch_queue
from notifications.models import Notification
from tests.factories import make_comment, make_guest, make_member, make_rule

pytestmark = pytest.mark.django_db


def desk(comment) -> str:
    return f"/moderation/{comment.pk}/"


def post_decision(client, comment, **values):
    return client.post(desk(comment) + "decision/", {"seen": comment.state, "words": words_of(comment), **values})


@pytest.mark.parametrize("role", ["", Role.WRITER, Role.EDITOR, Role.NEWSLETTER_EDITOR])
def test_nobody_without_rights_reaches_the_desk(client_of, visitor_client, role):
    comment = make_comment(state=State.IN_REVIEW)
    somebody = client_of(make_member(role=role))
    for address in ("/moderation/", desk(comment)):
        assert somebody.get(address).status_code == 403
        assert visitor_client.get(address)["Location"].startswith("/accounts/login/")
    assert post_decision(somebody, comment, act="publish").status_code == 403
    assert post_decision(visitor_client, comment, act="publish").status_code == 302
    comment.refresh_from_db()
    assert comment.state == State.IN_REVIEW


def test_the_queue_shows_the_gravest_and_then_the_oldest_first(client_of, moderator):
    late = make_comment(state=State.IN_REVIEW, body="a later one")
    early = make_comment(state=State.IN_REVIEW, body="an early one", created_at=late.created_at - timedelta(hours=1))
    grave = make_comment(state=State.IN_REVIEW, body="a grave one", priority=50)
    make_comment(state=State.UNCONFIRMED, guest=make_guest(confirmed=False), body="an unconfirmed one")

    page = client_of(moderator).get("/moderation/").content.decode()
    order = page[page.index('class="held"') : page.index("</ol>")]

    places = [order.index(c.body) for c in (grave, early, late)]
    assert places == sorted(places)
    assert "an unconfirmed one" not in page


def test_publishing_makes_it_public_and_tells_the_author_once(client_of, moderator, reader, run_jobs):
    comment = make_comment(state=State.IN_REVIEW, member=reader)

    answer = post_decision(client_of(moderator), comment, act="publish", note="Welcome.")
    run_jobs()

    comment.refresh_from_db()
    decision = Decision.objects.get()
    assert answer.status_code == 303
    assert comment.state == State.PUBLIC
    assert (decision.act, decision.by, decision.note) == (Act.PUBLISH, moderator, "Welcome.")
    assert [m.to for m in mail.outbox] == [[reader.email]]
    assert "Welcome." in mail.outbox[0].body
    assert Notification.objects.filter(member=reader).count() == 1


def test_a_refusal_names_the_rule_in_the_letter_and_to_the_author(client_of, moderator, run_jobs, client):
    guest = make_guest(email="ana@example.org")
    comment = make_comment(state=State.IN_REVIEW, guest=guest)
    rule = make_rule(4)

    post_decision(client_of(moderator), comment, act="refuse", rule=4, note="The last sentence is welcome.")
    run_jobs()

    letter = mail.outbox[0]
    assert letter.to == ["ana@example.org"]
    assert rule.text in letter.body
    assert "The last sentence is welcome." in letter.body
    link = letter.body.split("See your comment: ")[1].split()[0].removeprefix("http://testserver")
    own = client.get(link, follow=True).content.decode()
    assert rule.text in own
    assert "The last sentence is welcome." in own


def test_refusing_needs_a_rule_and_keeps_the_note(client_of, moderator):
    comment = make_comment(state=State.IN_REVIEW)

    answer = post_decision(client_of(moderator), comment, act="refuse", note="A long note.")

    assert answer.status_code == 422
    assert "Which house rule does it break?" in answer.content.decode()
    assert "A long note." in answer.content.decode()
    assert not Decision.objects.exists()


def test_no_letter_goes_to_an_address_that_nobody_confirmed(moderator, run_jobs):
    comment = make_comment(state=State.IN_REVIEW, guest=make_guest(confirmed=False))

    decide(comment, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)
    run_jobs()

    assert mail.outbox == []


def test_the_second_moderator_sees_a_conflict_and_changes_nothing(client_of, moderator):
    other = make_member(role=Role.MODERATOR)
    comment = make_comment(state=State.IN_REVIEW)
    make_rule(3)
    decide(comment, Act.PUBLISH, by=other, seen=State.IN_REVIEW)

    answer = post_decision(client_of(moderator), comment, act="refuse", rule=3)

    assert answer.status_code == 409
    assert "Somebody was faster" in answer.content.decode()
    comment.refresh_from_db()
    assert comment.state == State.PUBLIC
    assert Decision.objects.count() == 1


def test_what_was_public_is_removed_and_can_be_restored(moderator):
    comment = make_comment()
    rule = make_rule()

    decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=rule)
    comment.refresh_from_db()
    assert (comment.state, comment.gone_rule) == (State.REMOVED, rule)
    decide(comment, Act.RESTORE, by=moderator, seen=State.REMOVED)

    comment.refresh_from_db()
    assert (comment.state, comment.gone_rule) == (State.PUBLIC, None)
    with pytest.raises(AlreadyDecided):
        decide(comment, Act.PUBLISH, by=moderator, seen=State.PUBLIC)


def test_decisions_are_never_changed(moderator):
    comment = make_comment(state=State.IN_REVIEW)
    decision = decide(comment, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)

    decision.note = "something else"
    with pytest.raises(TypeError):
        decision.save()


def test_an_unconfirmed_comment_is_on_no_desk(client_of, moderator):
    comment = make_comment(state=State.UNCONFIRMED, guest=make_guest(confirmed=False))

    assert client_of(moderator).get(desk(comment)).status_code == 404
    assert post_decision(client_of(moderator), comment, act="publish").status_code == 404


def test_moderators_hear_of_the_first_held_comment_and_when_it_waits_too_long(moderator, run_jobs):
    start = timezone.now()
    comment = make_comment(state=State.IN_REVIEW)

    told = []
    for minutes in (0, 1, 60, 121, 200):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            make_comment(state=State.IN_REVIEW)
            watch_queue()
            run_jobs()
        told.append(len(mail.outbox))

    assert told == [1, 1, 1, 2, 2]
    assert mail.outbox[0].to == [moderator.email]
    assert comment.body not in mail.outbox[0].body


def test_after_an_empty_queue_the_next_comment_is_a_first_one_again(moderator, run_jobs):
    comment = make_comment(state=State.IN_REVIEW)
    watch_queue()
    decide(comment, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)
    watch_queue()
    make_comment(state=State.IN_REVIEW)
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        watch_queue()
    run_jobs()

    to_moderator = [m for m in mail.outbox if m.to == [moderator.email]]
    assert len(to_moderator) == 2


def test_a_desk_of_thirty_costs_the_queries_of_a_desk_of_one(client_of, moderator, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of(moderator)
    counts = []
    for more in (1, 29):
        for _ in range(more):
            make_comment(state=State.IN_REVIEW)
        client.get("/moderation/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/moderation/")
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 15
