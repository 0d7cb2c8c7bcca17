"""Learning from decisions: from which, what is adopted, and going back."""

from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from civic.lib.limits import Allowance
from comments import scoring
from comments.erasing import erase_words
from comments.models import Comment, CommentRevision, HouseRule, ScoringModel, Screening
from comments.models.comments import State
from comments.models.spaces import Concern
from moderation import learning, versions
from moderation.appeals import decide_appeal, open_appeal
from moderation.deciding import decide, undo
from moderation.errors import NoSuchVersion
from moderation.examples import examples_for, load_decided
from moderation.learning import learn_when_enough, refit_heads
from moderation.models import Act, Batch, Decision
from moderation.versions import adopt, keep_attempt, switch_off, switch_on, use
from screening import Draft, Trust, screen
from screening.model import HEADS, prior
from screening.model.training import refit
from tests.factories import make_comment, make_member, make_rule, make_thread
from tests.made_up_site import sentences

pytestmark = pytest.mark.django_db

Version = ScoringModel.State
NUMBERS = {"metrics": {}, "decisions": 100, "taken_down": 20}


def rule_about(concern: str, number: int = 7) -> HouseRule:
    rule = make_rule(number)
    HouseRule.objects.filter(pk=rule.pk).update(concerns=concern)
    return HouseRule.objects.get(pk=rule.pk)


def removed(by, rule, body="Buy my lamps.") -> Decision:
    return decide(make_comment(body=body), Act.REMOVE, by=by, seen=State.PUBLIC, rule=rule)


def taught(head="spam") -> list[tuple[str, bool]]:
    return [(example.text, example.is_bad) for example in examples_for(head, load_decided())]


def many_decisions(by, count: int, seed: int = 1) -> None:
    """As a paper would have made them, without letters: comments of one thread, decided a minute apart."""
    thread, member, rule = make_thread(), make_member(), rule_about(Concern.ADVERTISING)
    for example in sentences(count, seed=seed):
        comment = make_comment(thread=thread, member=member, body=example.text)
        act = Act.REMOVE if example.is_bad else Act.KEEP
        grounds = {"rule": rule, "rule_text": rule.text} if example.is_bad else {}
        Decision.objects.create(comment=comment, act=act, was="public", by=by, **grounds)


def version(number_of: str = "spam", bias: float = 1.0) -> ScoringModel:
    return adopt(replace(prior().heads[number_of], bias=bias), **NUMBERS)


def states(head="spam") -> list[tuple[int, str]]:
    return list(ScoringModel.objects.filter(head=head).order_by("number").values_list("number", "state"))


# --- what teaches ---------------------------------------------------------------------------------


def test_each_rule_teaches_the_head_that_it_concerns_and_what_stands_teaches_both(moderator):
    removed(moderator, rule_about(Concern.ADVERTISING, 5), "Buy my lamps.")
    removed(moderator, rule_about(Concern.SPEECH, 6), "You fool.")
    removed(moderator, rule_about(Concern.VIOLENCE, 7), "I will find you.")
    removed(moderator, rule_about(Concern.PRIVACY, 8), "She lives in Elm Street 4.")
    removed(moderator, rule_about("", 9), "Off the topic.")
    held = make_comment(body="A held thought.", state=State.IN_REVIEW)
    decide(held, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)
    decide(make_comment(body="A kept thought."), Act.KEEP, by=moderator, seen=State.PUBLIC)

    harmless = [("A kept thought.", False), ("A held thought.", False)]
    assert taught("spam") == [*harmless, ("Buy my lamps.", True)]
    assert taught("incivility") == [*harmless, ("I will find you.", True), ("You fool.", True)]


def test_what_the_program_and_batches_decided_teaches_nothing(moderator):
    rule = rule_about(Concern.ADVERTISING)
    grounds = {"act": Act.REMOVE, "was": "public", "rule": rule, "rule_text": rule.text}
    Decision.objects.create(comment=make_comment(), is_automatic=True, **grounds)
    batch = Batch.objects.create(by=moderator)
    Decision.objects.create(comment=make_comment(), by=moderator, batch=batch, **grounds)

    assert taught() == []


def test_undoing_takes_the_example_away(moderator):
    decision = removed(moderator, rule_about(Concern.ADVERTISING))
    assert taught() == [("Buy my lamps.", True)]

    undo(decision, by=moderator)

    assert taught() == []


def test_what_an_appeal_brought_back_is_harmless(moderator):
    decision = removed(moderator, rule_about(Concern.ADVERTISING))
    other = make_member(role=Role.MODERATOR)

    decide_appeal(open_appeal(decision, text="They are my lamps."), by=other, overturn=True)

    assert taught() == [("Buy my lamps.", False)]


def test_only_the_latest_decision_about_a_comment_teaches(moderator):
    comment = make_comment(body="Lamps.", state=State.IN_REVIEW)
    decide(comment, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)
    decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=rule_about(Concern.ADVERTISING))

    assert taught() == [("Lamps.", True)]


def test_taken_into_review_again_it_is_open_and_teaches_nothing(moderator):
    comment = make_comment(state=State.IN_REVIEW)
    decide(comment, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)
    decide(comment, Act.HOLD, by=moderator, seen=State.PUBLIC)

    assert taught() == []


def test_erased_text_teaches_nothing(moderator):
    decision = removed(moderator, rule_about(Concern.ADVERTISING))

    erase_words([decision.comment_id])

    assert taught() == []


def test_an_edited_text_teaches_as_it_was_when_it_was_decided(moderator):
    now = timezone.now()
    comment = make_comment(body="The third text.", created_at=now - timedelta(hours=3))
    texts = [("The first text.", 3), ("The second text.", 1)]
    for body, hours in texts:
        CommentRevision.objects.create(
            comment=comment, body=body, body_html="", state="replaced", made_at=now - timedelta(hours=hours)
        )
    Comment.objects.filter(pk=comment.pk).update(edited_at=now)
    Decision.objects.create(comment=comment, act=Act.KEEP, by=moderator, made_at=now - timedelta(hours=2))

    assert taught() == [("The first text.", False)]

    CommentRevision.objects.all().delete()
    assert taught() == []


def test_what_was_known_of_the_writer_is_learned_as_it_was_when_the_text_was_screened(moderator):
    comment = make_comment(body="Lamps.")
    for published, gone in [(2, 3), (4, 5)]:
        verdict = screen(Draft("Lamps.", Trust(published=published, gone=gone), is_control=gone > 3))
        Screening.of(comment, verdict).save()
    decide(comment, Act.KEEP, by=moderator, seen=State.PUBLIC)
    Screening.of(comment, screen(Draft("Lamps.", Trust(published=99)))).save()

    assert [one.trust for one in load_decided()] == [Trust(published=4, gone=5)]


def test_what_nobody_knew_of_a_writer_is_not_learned(moderator):
    comment = make_comment()
    Screening.of(comment, screen(Draft("A thought.", Trust(published=None, gone=None)))).save()
    decide(comment, Act.KEEP, by=moderator, seen=State.PUBLIC)

    assert [one.trust for one in load_decided()] == [None]


# --- versions -------------------------------------------------------------------------------------


def test_decisions_make_a_version_that_is_in_use_at_once(moderator):
    many_decisions(moderator, 220)

    spam, incivility = refit_heads()

    assert (spam.is_adopted, incivility.row) == (True, None)
    row = ScoringModel.objects.get()
    assert (row.number, row.decisions, row.state) == (1, 220, Version.IN_USE)
    assert scoring.current().version == "spam 1, incivility prior"
    assert scoring.current().heads["spam"].calibration is not None
    assert row.metrics["groups"]["share"] <= 0.1


def test_nothing_new_makes_no_version(moderator):
    many_decisions(moderator, 120)
    refit_heads()

    assert [learned.row for learned in refit_heads()] == [None, None]


def test_a_worse_one_is_not_adopted_and_its_weights_are_not_kept(moderator, monkeypatch):
    many_decisions(moderator, 120)
    monkeypatch.setattr(learning, "refit", lambda *args, **asked: replace(refit(*args, **asked), is_no_worse=False))

    spam, _ = refit_heads()

    assert not spam.is_adopted
    assert (spam.row.state, bytes(spam.row.weights)) == (Version.NOT_ADOPTED, b"")
    assert scoring.current().heads["spam"] == prior().heads["spam"]


def test_two_never_learn_at_once(moderator):
    many_decisions(moderator, 120)
    settings = connection.get_connection_params()
    keys = ("host", "port", "user", "password", "dbname")
    with psycopg.connect(**{key: settings[key] for key in keys if key in settings}) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [learning.LOCK])
        assert refit_heads() == []
        other.execute("SELECT pg_advisory_unlock(%s)", [learning.LOCK])  # closing alone lets go of it some time later

    assert refit_heads()[0].is_adopted


def test_it_learns_again_after_fifty_decisions_but_not_twice_in_an_hour(moderator, monkeypatch):
    asked = []
    monkeypatch.setattr(learning, "refit_heads", lambda heads: asked.append(list(heads)))
    many_decisions(moderator, 49)
    learn_when_enough()
    assert asked == []

    many_decisions(moderator, 1, seed=2)
    learn_when_enough()
    assert asked == [["spam", "incivility"]]

    version("spam")
    version("incivility")
    many_decisions(moderator, 50, seed=3)
    learn_when_enough()
    assert len(asked) == 1

    Allowance.objects.update(until=timezone.now())  # an hour later
    ScoringModel.objects.update(made_at=timezone.now() - timedelta(hours=1))
    learn_when_enough()
    assert len(asked) == 2


def test_decisions_that_teach_nothing_are_not_looked_at_every_ten_minutes(moderator, monkeypatch):
    asked = []
    monkeypatch.setattr(learning, "refit_heads", asked.append)
    for _ in range(50):
        decide(make_comment(), Act.KEEP, by=moderator, seen=State.PUBLIC)

    learn_when_enough()
    learn_when_enough()

    assert asked == [list(HEADS)]


def test_one_head_that_fails_keeps_the_other_from_nothing(moderator, monkeypatch, caplog):
    many_decisions(moderator, 120)
    monkeypatch.setattr(learning, "HEADS", ("incivility", "spam"))
    examples = learning.examples_for

    def failing(head, decided):
        if head == "incivility":
            raise RuntimeError("Buy my lamps.")
        return examples(head, decided)

    monkeypatch.setattr(learning, "examples_for", failing)

    incivility, spam = refit_heads(learning.HEADS)

    assert (incivility.row, spam.is_adopted) == (None, True)
    assert "incivility could not learn: RuntimeError" in caplog.text
    assert "lamps" not in caplog.text


def test_after_many_decisions_fifty_more_still_make_a_version_that_is_used(moderator):
    many_decisions(moderator, 400)
    assert refit_heads(["spam"])[0].is_adopted
    many_decisions(moderator, 50, seed=2)

    assert refit_heads(["spam"])[0].is_adopted


def test_five_versions_are_kept_and_the_one_in_use_among_them():
    for number in range(7):
        version(bias=float(number))

    assert states() == [(3, "kept"), (4, "kept"), (5, "kept"), (6, "kept"), (7, "in_use")]


def test_a_version_in_use_is_kept_however_old(moderator):
    for number in range(5):
        version(bias=float(number))
    use("spam", 1, by=moderator)
    for _ in range(7):
        keep_attempt("spam", **NUMBERS)

    assert (1, "in_use") in states()
    assert [state for _, state in states()].count("not_adopted") == 5


def test_where_a_person_went_back_new_versions_wait_until_somebody_chooses_one(moderator):
    version(bias=1.0)
    version(bias=2.0)
    use("spam", 1, by=moderator)

    row = version(bias=3.0)

    assert (row.number, row.state) == (3, Version.KEPT)
    assert scoring.current().heads["spam"].bias == 1.0

    use("spam", 3, by=moderator)
    version(bias=4.0)
    assert scoring.current().heads["spam"].bias == 4.0


def test_a_choice_that_is_made_while_it_learns_is_not_overruled(moderator):
    seen = version(bias=1.0)
    use("spam", 1, by=moderator)

    row = adopt(replace(prior().heads["spam"], bias=2.0), instead_of=seen, **NUMBERS)

    assert (row.state, scoring.current().heads["spam"].bias) == (Version.KEPT, 1.0)


def test_a_head_that_switched_itself_off_begins_again_only_with_a_version_that_is_right(moderator, monkeypatch):
    many_decisions(moderator, 220)
    version()
    switch_off("spam", by=None, note="It was wrong.")
    error = 0.2
    monkeypatch.setattr(
        learning,
        "refit",
        lambda *args, **asked: replace(refit(*args, **asked), calibration_error=error, is_no_worse=True),
    )

    assert not refit_heads(["spam"])[0].is_adopted
    assert "spam" not in scoring.current().heads

    error = 0.05
    many_decisions(moderator, 20, seed=2)
    assert refit_heads(["spam"])[0].is_adopted
    assert "spam" in scoring.current().heads


def test_going_back_and_forth(moderator):
    version(bias=1.0)
    version(bias=2.0)

    use("spam", 1, by=moderator)
    assert scoring.current().heads["spam"].bias == 1.0
    use("spam", 2, by=moderator)
    assert scoring.current().heads["spam"].bias == 2.0
    use("spam", 0, by=moderator)
    assert scoring.current().heads["spam"] == prior().heads["spam"]

    assert states() == [(0, "in_use"), (1, "kept"), (2, "kept")]


def test_nobody_goes_to_what_was_never_in_use(moderator):
    row = keep_attempt("spam", **NUMBERS)

    for number in (row.number, 99):
        with pytest.raises(NoSuchVersion):
            use("spam", number, by=moderator)


def test_what_a_person_switched_off_stays_off_when_it_learns(moderator):
    version()
    switch_off("spam", by=moderator)
    version(bias=2.0)

    assert states() == [(1, "kept"), (2, "switched_off")]
    assert "spam" not in scoring.current().heads

    switch_on("spam", by=moderator)
    assert scoring.current().heads["spam"].bias == 2.0


def test_what_switched_itself_off_is_on_again_with_the_next_version():
    version()
    switch_off("spam", by=None, note="It was wrong.")

    row = version(bias=2.0)

    assert (row.state, row.note) == (Version.IN_USE, "")


def test_the_shipped_head_can_be_switched_off_and_on(moderator):
    switch_off("incivility", by=moderator)
    assert list(scoring.current().heads) == ["spam"]

    switch_on("incivility", by=moderator)
    assert list(scoring.current().heads) == ["spam", "incivility"]
    assert versions.current_head("incivility") == prior().heads["incivility"]
