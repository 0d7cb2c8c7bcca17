"""The desk: who gets in, what a decision does, and who is told."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from comments import visibility
from comments.editing import edit_comment, forget_edit
from comments.models import Comment
from comments.models.comments import State
from moderation.deciding import decide, words_of
from moderation.desk_letters import watch_queue
from moderation.errors import AlreadyDecided
from moderation.filters import Filter, Queue
from moderation.lists import matching
from moderation.models import Act, Decision
from moderation.queue import load_queue
from moderation.scope import Scope
from notifications.models import Notification
from tests.factories import make_comment, make_guest, make_member, make_rule, make_thread

pytestmark = pytest.mark.django_db


def queue_of(moderator):
    return load_queue(Filter(), Scope.of(moderator))


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
    link = letter.body.split("at no cost:\n")[1].split()[0].removeprefix("http://testserver")
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


LINKS = "See https://a.example https://b.example https://c.example"


def held_edit(member=None, *, body="The older words.", newer=LINKS, **fields) -> Comment:
    """A public comment whose newer text waits."""
    comment = make_comment(member=member or make_member(), body=body, **fields)
    edit_comment(fresh(comment), body=newer)
    return fresh(comment)


def fresh(comment) -> Comment:
    return Comment.objects.with_writers().select_related("thread__space").get(pk=comment.pk)


def test_edits_wait_in_the_queue_among_the_comments_the_gravest_first(client_of, moderator):
    grave = make_comment(state=State.IN_REVIEW, body="a grave one", priority=50)
    edit = held_edit(newer=f"an edit {LINKS}")
    first = make_comment(state=State.IN_REVIEW, body="a first one", priority=10)
    make_comment(body="a public one")

    page = client_of(moderator).get("/moderation/").content.decode()

    order = re.findall(r'<a href="/moderation/(\d+)/"', page[page.index('class="held"') :])[:3]
    assert order == [str(comment.pk) for comment in (grave, edit, first)]
    assert '<span class="count">3</span>' in page
    assert "an edit See https://a.example" in page
    assert "3 links" in page.lower()


def test_the_case_of_an_edit_shows_both_texts_and_all_earlier_ones(client_of, moderator, reader):
    comment = make_comment(member=reader, body="The first words.")
    edit_comment(fresh(comment), body="The second words.")
    edit_comment(fresh(comment), body=f"The third words. {LINKS}")

    page = client_of(moderator).get(desk(comment)).content.decode()

    for words in ("The first words.", "The second words.", "The third words.", "Publish edit"):
        assert words in page
    shown = page[page.index('class="case__text"') :]
    assert shown.index("The second words.") < shown.index("The third words.") < shown.index("The first words.")
    assert "The first words." not in client_of(reader).get(comment.get_absolute_url()).content.decode()


def test_publishing_an_edit_lets_it_stand_and_tells_the_author_once(client_of, moderator, reader, run_jobs):
    comment = held_edit(reader)
    version = comment.thread.version

    answer = post_decision(client_of(moderator), comment, act="publish_edit", note="Good.")
    run_jobs()

    now = fresh(comment)
    assert answer.status_code == 303
    assert (now.body, now.state, now.edit_waits, now.is_edited) == (LINKS, State.PUBLIC, False, True)
    assert now.thread.version > version
    assert [r.body for r in now.revisions.filter(state="replaced")] == ["The older words."]
    assert Decision.objects.get().act == Act.PUBLISH_EDIT
    to_author = [m for m in mail.outbox if m.to == [reader.email]]
    assert len(to_author) == 1
    assert "Your newer text is public" in to_author[0].subject
    assert list(queue_of(moderator).held) == []


def test_refusing_an_edit_names_the_rule_and_the_older_text_stands(client_of, moderator, reader, run_jobs):
    comment = held_edit(reader)
    rule = make_rule(4)

    post_decision(client_of(moderator), comment, act="refuse_edit", rule=4, note="One link would do.")
    run_jobs()

    now = fresh(comment)
    assert (now.body, now.state, now.edit_waits, now.is_edited) == ("The older words.", State.PUBLIC, False, False)
    assert [r.body for r in now.revisions.filter(state="refused")] == [LINKS]
    letter = next(m for m in mail.outbox if m.to == [reader.email])
    own = client_of(reader).get(comment.get_absolute_url()).content.decode()
    for told in (letter.body, own):
        assert rule.text in told
        assert "One link would do." in told
    others = client_of(make_member()).get(comment.get_absolute_url()).content.decode()
    assert "One link would do." not in others
    assert "a.example" not in others


def test_refusing_an_edit_needs_a_rule(client_of, moderator):
    comment = held_edit()

    answer = post_decision(client_of(moderator), comment, act="refuse_edit", note="A long note.")

    assert answer.status_code == 422
    assert "A long note." in answer.content.decode()
    assert fresh(comment).edit_waits


@pytest.mark.parametrize("what", ["another edit", "decided", "dropped", "removed", "withdrawn"])
def test_an_edit_that_has_changed_meanwhile_is_a_conflict_and_nothing_happens(client_of, moderator, what):
    comment = held_edit()
    seen = {"seen": comment.state, "words": words_of(comment)}
    happens = {
        "another edit": lambda: edit_comment(fresh(comment), body=f"Something else. {LINKS}"),
        "decided": lambda: decide(comment, Act.PUBLISH_EDIT, by=moderator, seen=State.PUBLIC),
        "dropped": lambda: forget_edit(comment),
        "removed": lambda: visibility.remove(comment, rule=make_rule()),
        "withdrawn": lambda: visibility.withdraw(comment),
    }
    happens[what]()
    before = fresh(comment)

    answer = client_of(moderator).post(desk(comment) + "decision/", {**seen, "act": "publish_edit"})

    now = fresh(comment)
    assert answer.status_code == 409
    assert "Somebody was faster" in answer.content.decode()
    assert (now.body, now.state, now.edit_waits) == (before.body, before.state, before.edit_waits)


def test_a_moderator_does_not_publish_words_that_were_changed_while_they_read(client_of, moderator, reader):
    comment = make_comment(member=reader, state=State.IN_REVIEW, body="What the moderator read.")
    seen = {"seen": comment.state, "words": words_of(comment)}
    edit_comment(fresh(comment), body="What nobody has read.")

    answer = client_of(moderator).post(desk(comment) + "decision/", {**seen, "act": "publish"})

    assert answer.status_code == 409
    assert "What nobody has read." in answer.content.decode()
    assert fresh(comment).state == State.IN_REVIEW


def test_a_removed_comment_takes_its_edit_out_of_the_queue(client_of, moderator):
    comment = held_edit()
    make_rule(3)

    post_decision(client_of(moderator), comment, act="remove", rule=3)

    assert fresh(comment).state == State.REMOVED
    assert queue_of(moderator).total == 0
    page = client_of(moderator).get(desk(comment)).content.decode()
    assert "Publish edit" not in page


def test_a_reported_comment_with_an_edit_stands_in_the_queue_once_and_its_edit_afterwards(moderator):
    comment = held_edit()
    visibility.hold(comment)
    assert [held.comment for held in queue_of(moderator).held] == [comment]

    decide(comment, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)

    assert [(held.comment, held.is_edit) for held in queue_of(moderator).held] == [(comment, True)]


def test_moderators_hear_of_an_edit_that_waits(moderator, run_jobs):
    held_edit()

    watch_queue()
    run_jobs()

    assert [m.to for m in mail.outbox] == [[moderator.email]]


def test_a_desk_of_thirty_edits_costs_the_queries_of_one(client_of, moderator):
    client = client_of(moderator)
    counts = []
    for more in (1, 29):
        for _ in range(more):
            held_edit()
        client.get("/moderation/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/moderation/")
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 19


def test_the_queue_is_answered_by_its_indexes_however_many_are_public():
    thread, guest = make_thread(), make_guest()
    rows = [Comment.write(thread=thread, parent=None, body="x", body_html="", guest=guest) for _ in range(3_000)]
    with visibility.locked(thread.pk):
        visibility.enter_many(thread, rows)
    some = [row.pk for row in rows[::10]]
    Comment.objects.filter(pk__in=some[:150]).update(state=State.IN_REVIEW)
    Comment.objects.filter(pk__in=some[150:]).update(edit_waits=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE comments_comment")

    plans = {
        "comments_in_review": Comment.objects.in_review()[:50].explain(),
        "edits_in_review": Comment.objects.with_edit_in_review()[:50].explain(),
        "newly_public": matching(Filter(Queue.RECENT))[0][:50].explain(),
    }

    # Where few comments wait the planner may as well take the index of those that wait in a thread.
    assert re.search("Index Scan using (comments_in_review|waiting_in_thread)", plans["comments_in_review"])
    assert "Index Scan using edits_in_review" in plans["edits_in_review"]
    assert "Index Scan using newly_public" in plans["newly_public"]
    assert "Seq Scan" not in "".join(plans.values())
