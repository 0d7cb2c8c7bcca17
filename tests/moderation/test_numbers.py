"""How moderation goes: the numbers are those of the rows."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from comments.models import PromptCount, Space
from comments.models.comments import State
from moderation.appeals import decide_appeal, open_appeal
from moderation.deciding import decide, undo
from moderation.models import Act
from moderation.numbers import load_numbers
from moderation.scope import Scope
from tests.factories import make_comment, make_member, make_rule, make_thread

pytestmark = pytest.mark.django_db


def removed(by, rule):
    return decide(make_comment(), Act.REMOVE, by=by, seen=State.PUBLIC, rule=rule)


def test_the_numbers_are_those_of_the_rows(moderator):
    other = make_member(role=Role.MODERATOR, display_name="Zoe Other")
    third, fourth = make_rule(3), make_rule(4)
    first, second = removed(moderator, third), removed(moderator, fourth)
    decide_appeal(open_appeal(first, text="No."), by=other, overturn=True)
    decide_appeal(open_appeal(second, text="No."), by=other, overturn=False)
    undo(removed(moderator, third), by=moderator)
    waited = make_comment(state=State.IN_REVIEW, created_at=timezone.now() - timedelta(minutes=30, seconds=5))
    decide(waited, Act.PUBLISH, by=other, seen=State.IN_REVIEW)
    oldest = make_comment(state=State.IN_REVIEW, created_at=timezone.now() - timedelta(hours=5))

    numbers = load_numbers(Scope.of(moderator))

    assert (numbers.waiting, numbers.oldest, numbers.wait) == (1, oldest.created_at, 30)
    by = {r.name: (r.decided, r.undone, r.appeals, r.overturned, r.overturn_rate) for r in numbers.moderators}
    assert by == {moderator.display_name: (3, 1, 2, 1, "50 %"), "Zoe Other": (2, 0, 0, 0, "")}
    assert [(r.decided, r.appeals, r.overturned) for r in numbers.rules] == [(2, 1, 1), (1, 1, 0)]
    assert len(numbers.hours) == 24
    assert sum(hour.decided for hour in numbers.hours) == 5


def test_nothing_decided_yet_is_an_empty_page(client_of, moderator):
    page = client_of(moderator).get("/moderation/numbers/").content.decode()

    assert "Nobody has decided anything yet." in page


def test_a_moderator_of_some_spaces_sees_the_numbers_of_these(moderator):
    opinion = Space.objects.create(name="Opinion")
    limited = make_member(role=Role.MODERATOR)
    opinion.moderators.add(limited)
    removed(moderator, make_rule())
    make_comment(thread=make_thread(space=opinion), state=State.IN_REVIEW)
    make_comment(state=State.IN_REVIEW)

    numbers = load_numbers(Scope.of(limited))

    assert (numbers.waiting, numbers.moderators, numbers.rules) == (1, [], [])


def test_what_came_of_asking_before_posting_is_shown(client_of, moderator):
    today = timezone.localdate()
    for rule, days, numbers in (("shouting", 0, (4, 1, 2)), ("shouting", 29, (1, 0, 1)), ("links", 31, (9, 9, 0))):
        asked, changed, as_it_was = numbers
        day = today - timedelta(days=days)
        PromptCount.objects.create(rule=rule, day=day, asked=asked, changed=changed, as_it_was=as_it_was)
    PromptCount.objects.create(rule="phrase", day=today, asked=2, changed=2, as_it_was=0)

    prompts = load_numbers(Scope.of(moderator)).prompts
    page = client_of(moderator).get("/moderation/numbers/").content.decode()

    told = [(p.name, p.outcomes.asked, p.outcomes.changed, p.outcomes.as_it_was, p.outcomes.given_up) for p in prompts]
    assert told == [("Listed word", 2, 2, 0, 0), ("Capitals", 5, 1, 3, 1), ("", 7, 3, 3, 1)]
    assert "All together" in page


def test_before_anybody_was_asked_it_says_so_and_for_some_spaces_it_is_not_told(client_of, moderator):
    limited = make_member(role=Role.MODERATOR)
    Space.objects.create(name="Opinion").moderators.add(limited)

    assert "Nobody was asked." in client_of(moderator).get("/moderation/numbers/").content.decode()
    assert "before posting" not in client_of(limited).get("/moderation/numbers/").content.decode()


@pytest.mark.parametrize("role", ["", Role.WRITER, Role.EDITOR, Role.NEWSLETTER_EDITOR])
def test_the_numbers_are_for_moderators_only(client_of, role):
    assert client_of(make_member(role=role)).get("/moderation/numbers/").status_code == 403


def test_thirty_moderators_cost_the_queries_of_one(client_of, moderator):
    client, counts = client_of(moderator), []
    for more in (1, 29):
        for _ in range(more):
            removed(make_member(role=Role.MODERATOR), make_rule())
            rule = f"rule {PromptCount.objects.count()}"
            PromptCount.objects.create(rule=rule, day=timezone.localdate(), asked=1, changed=0, as_it_was=0)
        with CaptureQueriesContext(connection) as queries:
            client.get("/moderation/numbers/")
        counts.append(len(queries))

    assert counts[0] == counts[1]
