"""Whether the model keeps its word: when it is switched off, and what the page says of it."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from comments import scoring
from comments.models import Comment, Guest, ScoringModel, Screening, Space
from comments.models.comments import State, next_comment_ids
from comments.models.spaces import Concern
from moderation.honesty import switch_off_what_drifted
from moderation.models import Act, Decision
from moderation.reliability import Sample, load_reliability
from moderation.versions import adopt, keep_attempt, switch_off, use
from screening.model import prior
from tests.factories import make_member, make_thread
from tests.moderation.test_learning import rule_about

pytestmark = pytest.mark.django_db

PAGE = "/moderation/reliability/"
NUMBERS = {"metrics": {}, "decisions": 100, "taken_down": 20}


@pytest.fixture
def in_use() -> ScoringModel:
    """A version of the spam head that gives probabilities."""
    return adopt(replace(prior().heads["spam"], calibration=(1.0, 0.0, 0.0, 1.0)), **NUMBERS)


def said(pairs: list[tuple[float | None, float, bool]], by, **signal) -> None:
    """Comments of which the model said (likely, score), and which were then taken down or left."""
    thread, member, rule = make_thread(), make_member(), rule_about(Concern.ADVERTISING)
    comments = [
        Comment.write(thread=thread, parent=None, member=member, body="A thought.", body_html="", pk=pk)
        for pk in next_comment_ids(len(pairs))
    ]
    for comment in comments:
        comment.state = State.IN_REVIEW
    Comment.objects.bulk_create(comments)
    screenings, decisions = [], []
    for comment, (likely, score, is_bad) in zip(comments, pairs, strict=True):
        recorded = {"rule": "spam", "score": score, "likely": likely, "model": "spam 1", **signal}
        screenings.append(Screening(comment=comment, outcome="publish", signals=[recorded]))
        grounds = {"rule": rule, "rule_text": rule.text} if is_bad else {}
        decisions.append(
            Decision(
                comment=comment,
                act=Act.REMOVE if is_bad else Act.KEEP,
                was="public",
                by=by,
                made_at=timezone.now() + timedelta(seconds=1),
                **grounds,
            )
        )
    Screening.objects.bulk_create(screenings)
    Decision.objects.bulk_create(decisions)


def honest(count: int) -> list[tuple[float, float, bool]]:
    """Of each probability as many were taken down as it says; those above one half it would have held."""
    return [(share, share, number % 10 < 10 * share) for share in (0.1, 0.9) for number in range(count // 2)]


def test_who_keeps_their_word_stays_on(moderator, in_use):
    said(honest(200), moderator)

    assert switch_off_what_drifted() == []


def test_a_head_whose_probabilities_drifted_switches_itself_off_and_says_why(moderator, in_use):
    said([(0.4, 0.4, number % 10 == 0) for number in range(200)], moderator)

    assert switch_off_what_drifted() == ["spam"]

    row = ScoringModel.objects.current().get(head="spam")
    assert (row.is_off, row.set_by) == (True, None)
    assert row.note == (
        "How likely it took comments to be taken down lay 30 percentage points from what was decided, over the latest "
        "200 decisions: more than 15."
    )
    assert list(scoring.current().heads) == ["incivility"]
    assert switch_off_what_drifted() == []


def test_a_head_that_picks_as_dice_would_switches_itself_off(moderator, in_use):
    dice = random.Random(3)
    said([(0.2, dice.choice([0.1, 0.9]), number % 5 == 0) for number in range(200)], moderator)

    assert switch_off_what_drifted() == ["spam"]
    assert "too close to picking by dice" in ScoringModel.objects.current().get(head="spam").note


def test_where_most_is_taken_down_it_need_not_be_twice_as_bad(moderator, in_use):
    """Twice seventy percent is more than all."""
    said([(0.4, 0.1, number % 10 < 4) for number in range(100)] + [(1.0, 0.9, True)] * 100, moderator)

    assert switch_off_what_drifted() == []


def test_fewer_than_two_hundred_decisions_tell_nothing(moderator, in_use):
    said([(0.9, 0.9, False)] * 199, moderator)

    assert switch_off_what_drifted() == []


@pytest.mark.parametrize("what", [{"unknown": True}, {"control": True}, {"rule": "links"}, {"likely": None}])
def test_what_it_did_not_say_is_not_held_against_it(moderator, in_use, what):
    said([(0.9, 0.9, False)] * 200, moderator, **what)

    assert switch_off_what_drifted() == []


def test_switched_on_again_it_is_judged_by_what_it_says_from_then_on(moderator, in_use):
    said([(0.9, 0.9, False)] * 200, moderator)
    switch_off_what_drifted()

    use("spam", in_use.number, by=moderator)

    assert switch_off_what_drifted() == []


# --- the page -------------------------------------------------------------------------------------


def test_the_page_shows_what_was_said_and_what_was(moderator, in_use, client_of):
    said(honest(100), moderator)
    said([(None, 0.0, False)] * 3, moderator, control=True)

    spam, incivility = load_reliability()

    assert (spam.word, spam.error, spam.scored, spam.control) == ("Keeps its word", 0, 100, 3)
    assert [(b.low, b.high, b.comments, b.said, b.was) for b in spam.bands] == [
        (10, 20, 50, 10, 10),
        (80, 100, 50, 90, 90),
    ]
    assert (spam.precision_word, spam.precision) == ("Mostly right", 90)
    assert (spam.recall_word, spam.recall) == ("Finds most", 90)
    assert (incivility.word, incivility.scored, incivility.bands) == ("Too early to say", 0, [])
    page = client_of(moderator).get(PAGE).content.decode()
    assert "Keeps its word" in page
    assert "Of 50 it would have held, 45 taken down: 90&nbsp;%" in page
    assert "It gives an order, and no percentages yet" in page


def test_the_sample_it_left_alone_is_compared_with_what_it_looked_at(moderator, in_use, client_of):
    said(honest(100), moderator)
    said([(None, 0.0, number < 5) for number in range(19)], moderator, control=True)
    assert load_reliability()[0].sample is None  # too few

    said([(None, 0.0, False)], moderator, control=True)

    assert load_reliability()[0].sample == Sample(20, 25, 50)
    page = client_of(moderator).get(PAGE).content.decode()
    assert "Of the 20 comments that you decided about without it, you took 25&nbsp;% down for this" in page
    assert "of those that it looked at 50&nbsp;%" in page


def test_nothing_learned_yet_is_a_page_too(moderator, client_of):
    page = client_of(moderator).get(PAGE).content.decode()

    assert page.count("Too early to say") == 2
    assert page.count("The one that comes with the program") == 2


@pytest.mark.parametrize(("share", "is_said"), [(10, False), (50, True)])
def test_a_head_that_takes_groups_of_people_for_bad_is_said_to_and_what_to_do(moderator, client_of, share, is_said):
    groups = {"share": share / 100, "worst": "Danish", "worst_share": share / 100}
    adopt(prior().heads["spam"], **NUMBERS | {"metrics": {"groups": groups}})

    page = client_of(moderator).get(PAGE).content.decode()

    assert ("More than 10&nbsp;% is too many: go back to another version, or switch it off." in page) == is_said
    assert f"of those that say “Danish” {share}&nbsp;%" in page


def test_who_may_change_policies_is_led_to_them(moderator, client_of):
    assert "/moderation/policies/" not in client_of(moderator).get(PAGE).content.decode()
    moderator.user_permissions.set(Permission.objects.filter(codename__in=["change_space", "change_phraselist"]))
    assert "/moderation/policies/" in client_of(moderator).get(PAGE).content.decode()


def test_moderators_see_why_it_is_off(moderator, client_of, in_use):
    switch_off("spam", by=None, note="It was 30 points off.")

    page = client_of(moderator).get(PAGE).content.decode()

    assert "Switched off by itself" in page
    assert "It was 30 points off." in page


def test_going_back_and_forth_on_the_page(moderator, client_of, in_use):
    adopt(replace(prior().heads["spam"], bias=2.0), **NUMBERS)
    client = client_of(moderator)

    back = client.post(f"{PAGE}spam/1/use/")
    assert "Advertising and spam: another version is in use." in client.get(back["Location"]).content.decode()
    assert ScoringModel.objects.current().get(head="spam").number == 1

    client.post(f"{PAGE}spam/2/use/")
    row = ScoringModel.objects.current().get(head="spam")
    assert (row.number, row.set_by) == (2, moderator)


def test_switching_off_and_on_on_the_page(moderator, client_of):
    client = client_of(moderator)

    client.post(f"{PAGE}incivility/off/")
    assert list(scoring.current().heads) == ["spam"]
    client.post(f"{PAGE}incivility/on/")
    assert list(scoring.current().heads) == ["spam", "incivility"]


@pytest.mark.parametrize("address", ["spam/99/use/", "rudeness/0/use/", "rudeness/off/"])
def test_what_is_not_there_is_not_found(moderator, client_of, address):
    assert client_of(moderator).post(f"{PAGE}{address}").status_code == 404
    assert not ScoringModel.objects.exists()


def limited_moderator():
    limited = make_member(role=Role.MODERATOR)
    Space.objects.create(name="Opinion").moderators.add(limited)
    return limited


@pytest.mark.parametrize("who", [make_member, lambda: make_member(role=Role.EDITOR), limited_moderator])
def test_who_does_not_look_after_everything_cannot(client_of, who):
    client = client_of(who())

    assert client.get(PAGE).status_code == 403
    for address in ("spam/0/use/", "spam/off/", "spam/on/"):
        assert client.post(f"{PAGE}{address}").status_code == 403
    assert not ScoringModel.objects.exists()


def test_guests_sign_in(visitor_client):
    assert visitor_client.get(PAGE).url.startswith("/accounts/")
    assert visitor_client.post(f"{PAGE}spam/off/").status_code == 302
    assert not ScoringModel.objects.exists()
    assert not Guest.objects.exists()


def test_looking_changes_nothing(moderator, client_of):
    client = client_of(moderator)

    assert [client.get(f"{PAGE}spam/{end}").status_code for end in ("off/", "on/", "0/use/")] == [405, 405, 405]
    assert not ScoringModel.objects.exists()


def test_only_who_looks_after_everything_finds_the_link(moderator, client_of):
    assert PAGE in client_of(moderator).get("/moderation/numbers/").content.decode()
    assert PAGE not in client_of(limited_moderator()).get("/moderation/numbers/").content.decode()


def test_thirty_versions_and_decisions_cost_as_many_queries_as_one(moderator, client_of, in_use):
    client = client_of(moderator)
    said(honest(2), moderator)
    client.get(PAGE)
    with CaptureQueriesContext(connection) as one:
        client.get(PAGE)

    said(honest(60), moderator)
    for number in range(30):
        ScoringModel.objects.create(head="spam", number=100 + number, state="kept", set_by=moderator)
    keep_attempt("incivility", **NUMBERS)
    with CaptureQueriesContext(connection) as many:
        client.get(PAGE)

    assert len(many) == len(one)
