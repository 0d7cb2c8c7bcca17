"""Taking a decision back: the comment is as it was, and nobody hears of a slip."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts.roles import Role
from comments import visibility
from comments.counting import find_drift
from comments.models import Follow
from comments.models.comments import State
from comments.models.following import Rhythm
from moderation.deciding import decide, undo
from moderation.errors import NotUndone
from moderation.models import Act, Decision
from tests.factories import make_comment, make_member, make_rule

pytestmark = pytest.mark.django_db

CASES = [
    (State.IN_REVIEW, Act.PUBLISH, Act.HOLD),
    (State.IN_REVIEW, Act.REFUSE, Act.HOLD),
    (State.PUBLIC, Act.REMOVE, Act.RESTORE),
    (State.PUBLIC, Act.HOLD, Act.RESTORE),
]


@pytest.mark.parametrize(("state", "act", "back"), CASES)
def test_a_decision_is_undone_and_redone_and_every_number_stays_true(moderator, state, act, back):
    comment = make_comment(state=state)
    rule = make_rule()

    first = decide(comment, act, by=moderator, seen=state, rule=rule)
    undone = undo(first, by=moderator)
    comment.refresh_from_db()
    assert (comment.state, comment.gone_rule) == (state, None)
    assert (undone.act, undone.undoes, undone.by) == (back, first, moderator)
    again = decide(comment, act, by=moderator, seen=state, rule=rule)
    undo(again, by=moderator)

    comment.refresh_from_db()
    assert comment.state == state
    assert list(find_drift()) == []


def test_undoing_a_restoration_names_the_rule_again(moderator):
    comment = make_comment()
    rule = make_rule(4)
    decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=rule)

    undone = undo(decide(comment, Act.RESTORE, by=moderator, seen=State.REMOVED), by=moderator)

    comment.refresh_from_db()
    assert (comment.state, comment.gone_rule) == (State.REMOVED, rule)
    assert (undone.act, undone.rule_text) == (Act.REMOVE, rule.text)


def test_nothing_is_undone_twice_and_no_undoing_itself(moderator):
    comment = make_comment(state=State.IN_REVIEW)
    made = decide(comment, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)
    undone = undo(made, by=moderator)

    for decision in (made, undone):
        with pytest.raises(NotUndone):
            undo(decision, by=moderator)
    assert Decision.objects.count() == 2


def test_what_has_changed_since_is_not_undone(moderator, reader):
    comment = make_comment(state=State.IN_REVIEW, member=reader)
    made = decide(comment, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)
    visibility.withdraw(comment)

    with pytest.raises(NotUndone):
        undo(made, by=moderator)
    comment.refresh_from_db()
    assert comment.state == State.WITHDRAWN


def test_a_decision_is_undone_for_thirty_days(moderator):
    comments = [make_comment(state=State.IN_REVIEW) for _ in range(2)]
    early, late = (decide(c, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW) for c in comments)

    with time_machine.travel(timezone.now() + timedelta(days=29)):
        undo(early, by=moderator)
    with time_machine.travel(timezone.now() + timedelta(days=31)), pytest.raises(NotUndone):
        undo(late, by=moderator)


def test_a_slip_undone_before_its_letter_writes_none(moderator, reader, run_jobs):
    comment = make_comment(state=State.IN_REVIEW, member=reader)

    undo(decide(comment, Act.REFUSE, by=moderator, seen=State.IN_REVIEW, rule=make_rule()), by=moderator)
    run_jobs()

    assert mail.outbox == []


def test_the_author_waits_for_the_letter_as_long_as_a_slip_is_noticed(moderator, reader, request, settings):
    decide(make_comment(state=State.IN_REVIEW, member=reader), Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)

    job = next(
        j
        for j in request.getfixturevalue("_job_queue").connector.jobs.values()
        if j["task_name"].endswith("write_to_author")
    )
    wait = job["scheduled_at"] - timezone.now()
    assert timedelta(0) < wait <= timedelta(seconds=settings.DECISION_LETTER_SECONDS)


def test_who_had_a_letter_is_told_that_it_is_undone(moderator, reader, run_jobs):
    comment = make_comment(member=reader)
    made = decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule())
    run_jobs()

    undo(made, by=moderator)
    run_jobs()

    subjects = [m.subject.split(":")[0] for m in mail.outbox]
    assert subjects == [
        "Your comment was removed",
        "Your comment is public again",
    ]


def test_followers_hear_once_of_what_is_published_undone_and_published(moderator, reader, run_jobs):
    comment = make_comment(state=State.IN_REVIEW)
    Follow.objects.create(thread=comment.thread, member=reader, rhythm=Rhythm.AT_ONCE)

    made = decide(comment, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)
    run_jobs()
    undo(made, by=moderator)
    decide(comment, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)
    run_jobs()

    assert len([m for m in mail.outbox if m.to == [reader.email]]) == 1


def test_keeping_a_comment_changes_nothing_and_writes_to_nobody(moderator, reader, run_jobs):
    comment = make_comment(member=reader)

    made = decide(comment, Act.KEEP, by=moderator, seen=State.PUBLIC)
    run_jobs()

    comment.refresh_from_db()
    assert comment.state == State.PUBLIC
    assert Decision.objects.get() == made
    assert mail.outbox == []


def test_the_line_that_says_what_was_done_takes_it_back(client_of, moderator):
    comment = make_comment(state=State.IN_REVIEW)
    made = decide(comment, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)
    client = client_of(moderator)

    page = client.get(f"/moderation/?done={made.pk}").content.decode()
    address = f"/moderation/decisions/{made.pk}/undo/"
    answer = client.post(address)

    assert page.count(address) == 1
    assert answer.status_code == 303
    comment.refresh_from_db()
    assert comment.state == State.IN_REVIEW
    assert address not in client.get(answer["Location"]).content.decode()
    assert client.post(address).status_code == 409


def test_the_page_of_a_decided_comment_takes_the_latest_decision_back(client_of, moderator):
    comment = make_comment(state=State.IN_REVIEW)
    made = decide(comment, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)

    page = client_of(moderator).get(f"/moderation/{comment.pk}/").content.decode()

    assert page.count(f"/moderation/decisions/{made.pk}/undo/") == 1


@pytest.mark.parametrize("role", ["", Role.WRITER, Role.EDITOR])
def test_only_moderators_undo(client_of, visitor_client, moderator, role):
    comment = make_comment(state=State.IN_REVIEW)
    made = decide(comment, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)
    address = f"/moderation/decisions/{made.pk}/undo/"

    assert client_of(make_member(role=role)).post(address).status_code == 403
    assert visitor_client.post(address).status_code == 302
    comment.refresh_from_db()
    assert comment.state == State.PUBLIC


def test_each_key_of_the_desk_presses_one_thing(client_of, moderator):
    for _ in range(3):
        make_comment(state=State.IN_REVIEW)
    make_rule(4)
    client = client_of(moderator)
    first, second = _listed(client.get("/moderation/").content.decode())[:2]

    page = client.get(f"/moderation/{second}/").content.decode()

    for key in "prs4njk":
        assert page.count(f'data-key="{key}"') == 1, key
    assert f'href="/moderation/{first}/" rel="prev" data-key="k"' in page


def _listed(page: str) -> list[str]:
    return [part.split("/", 1)[0] for part in page[page.index('class="held"') :].split('<a href="/moderation/')[1:]]
