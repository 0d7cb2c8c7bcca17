"""What the author of a comment reads while it waits for moderators, whoever took it off the page."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comments.models import Screening
from comments.models.comments import State
from moderation.deciding import decide, undo
from moderation.holding import why_held
from moderation.models import Act
from tests.factories import make_comment, make_member, make_rule
from tests.moderation.reports import notice, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(reader):
    """A comment that waited for its first reader, long ago, and is public since."""
    comment = make_comment(member=reader, body="My words.")
    Screening.objects.create(comment=comment, outcome="hold", rule="newcomer", reasons=["first comment"])
    return comment


def reported(comment, rule: int = 3) -> None:
    for _ in range(3):
        report(comment, rule=rule)
    comment.refresh_from_db()
    assert comment.state == State.IN_REVIEW


def own_pages(client, comment) -> list[str]:
    """The three places where an author finds the own comment."""
    places = (comment.thread.get_absolute_url(), comment.get_absolute_url(), "/discuss/mine/")
    return [client.get(place).content.decode() for place in places]


def test_whose_comment_was_reported_reads_by_which_rule_and_not_by_whom(client_of, reader, mine):
    rule = make_rule(4)
    witness = make_member(display_name="Wanda Witness")
    report(mine, witness, rule=4, text="She knows what she did.")
    report(mine, rule=4)
    report(mine, rule=4)

    for page in own_pages(client_of(reader), mine):
        assert f"readers have reported it by this rule of the house: “{rule.text}”" in page
        assert "first comment" not in page  # why it once waited is no reason any more
        assert "Wanda" not in page
        assert "She knows" not in page
        assert "3 reader" not in page
        assert "only you see it" in page.lower()


def test_what_a_single_reader_says_is_not_told(mine):
    for rule in (3, 3, 5):
        report(mine, rule=rule)

    assert why_held([mine.pk]) == {
        mine.pk: [f"readers have reported it by this rule of the house: “{make_rule(3).text}”"]
    }


def test_nobody_else_reads_why_it_waits(client, client_of, mine):
    make_comment(parent=mine)  # so that a placeholder stands there
    reported(mine)

    for browser in (client, client_of(make_member())):
        page = browser.get(mine.thread.get_absolute_url()).content.decode()
        assert "A moderator is looking at this comment." in page
        assert "reported it" not in page


def test_of_illegal_content_the_author_hears_only_that_it_was_reported(client_of, reader, mine):
    notice(mine, text="Against section 12.")
    reported(mine)
    mine.reports.filter(kind="rule").delete()

    assert why_held([mine.pk]) == {mine.pk: ["readers have reported it"]}
    assert "section 12" not in own_pages(client_of(reader), mine)[1]


def test_a_moderator_says_why_they_look_again(client_of, reader, moderator, mine):
    decide(mine, Act.HOLD, by=moderator, seen=State.PUBLIC, note="Is this quote real?")

    for page in own_pages(client_of(reader), mine):
        assert "a moderator wants to read it once more. They write: “Is this quote real?”" in page
        assert moderator.display_name not in page


def test_a_comment_that_waits_again_because_something_was_undone_waits_for_what_screening_said(moderator, mine):
    waiting = make_comment(state=State.IN_REVIEW)
    undo(decide(waiting, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW), by=moderator)
    decide(mine, Act.HOLD, by=moderator, seen=State.PUBLIC)
    mine.refresh_from_db()
    decide(mine, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)

    assert why_held([waiting.pk, mine.pk]) == {}


def test_a_first_comment_says_why_it_waits_among_the_own_ones(client_of, reader):
    comment = make_comment(member=reader, state=State.IN_REVIEW)
    Screening.objects.create(
        comment=comment,
        outcome="hold",
        rule="newcomer",
        reasons=["first comment"],
        signals=[{"rule": "language", "score": 0.3, "evidence": "another language", "span": None}],
    )

    page = client_of(reader).get("/discuss/mine/").content.decode()

    assert "A person reads it first. Why: first comment" in page
    assert "another language" not in page


def test_the_letter_says_which_rule_readers_named_and_that_nothing_is_decided(run_jobs, mine):
    reported(mine, rule=4)
    run_jobs()

    [letter] = [letter for letter in mail.outbox if letter.to == [mine.member.email]]
    words = " ".join(letter.body.split())
    assert f"They say that it breaks this: “{make_rule(4).text}” That is not decided yet" in words
    assert "you can ask for a second look" in words
    assert all("“" + make_rule(4).text in body for body, _ in letter.alternatives)


def test_thirty_held_comments_cost_the_queries_of_one(client_of, reader, moderator):
    client, counts = client_of(reader), []
    for more in (1, 29):
        for _ in range(more):
            held = make_comment(member=reader)
            report(held)
            decide(held, Act.HOLD, by=moderator, seen=State.PUBLIC)
        client.get("/discuss/mine/")
        with CaptureQueriesContext(connection) as seen:
            client.get("/discuss/mine/")
        counts.append(len(seen))

    assert counts[0] == counts[1]
