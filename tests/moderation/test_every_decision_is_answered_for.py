"""Whatever is decided, however: it has a rule, somebody who answers for it, a letter, a way to appeal, and counts."""

import csv
import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from comments import editing, visibility
from comments.editing import edit_comment
from comments.models import Comment
from comments.models.comments import State
from moderation.batches import Chosen, Wish, decide_many, plan
from moderation.counting import count_months
from moderation.deciding import GOES_TO, acts_for, decide, keep, undo, words_of
from moderation.models import NEED_A_RULE, Act, Decision, MonthCount
from moderation.public_log import Wanted, load_log
from tests.conftest import SAME_ORIGIN
from tests.factories import make_comment, make_guest, make_member, make_rule

pytestmark = pytest.mark.django_db

LINKS = "Newer words: https://a.example https://b.example https://c.example"  # more than may go unseen
TAKES_NOTHING = {Act.PUBLISH, Act.RESTORE, Act.PUBLISH_EDIT, Act.HOLD, Act.KEEP}


def fresh(comment) -> Comment:
    return Comment.objects.select_related("thread__space", "member", "guest").get(pk=comment.pk)


def ready_for(act: Act, **writer) -> Comment:
    """A comment about which `act` can be decided."""
    if act in (Act.PUBLISH, Act.REFUSE):
        return make_comment(state=State.IN_REVIEW, **writer)
    if act == Act.RESTORE:
        return make_comment(state=State.REMOVED, **writer)
    comment = make_comment(**writer)
    if act in (Act.PUBLISH_EDIT, Act.REFUSE_EDIT):
        edit_comment(fresh(comment), body=LINKS)
    return fresh(comment)


def by_a_person(comment, act, moderator, run_jobs) -> Decision:
    rule = make_rule(4) if act in NEED_A_RULE else None
    return decide(comment, act, by=moderator, seen=comment.state, rule=rule)


def by_a_program(comment, act, moderator, run_jobs) -> Decision:
    """As whatever decides without a person has to do it: through the door, and through `keep`."""
    rule = make_rule(4) if act in NEED_A_RULE else None
    with visibility.locked(comment.thread_id):
        if act == Act.REFUSE_EDIT:
            editing.refuse_edit(comment)
        elif act == Act.PUBLISH_EDIT:
            editing.publish_edit(comment)
        elif act in GOES_TO:
            visibility.move(comment, GOES_TO[act], rule=rule)
        return keep(comment, act, was=comment.state, by=None, rule=rule, rule_text=rule.text if rule else "")


def by_undoing(comment, act, moderator, run_jobs) -> Decision:
    """The removal comes into force again, because what had taken it back is taken back, and no slip."""
    by_a_person(comment, act, moderator, run_jobs)
    restored = decide(fresh(comment), Act.RESTORE, by=moderator, seen=State.REMOVED)
    run_jobs()
    return undo(restored, by=moderator)


def in_a_batch(comment, act, moderator, run_jobs) -> Decision:
    chosen = plan([comment], Wish.TAKE_DOWN, [Chosen(comment.pk, words_of(comment))])
    return decide_many(chosen, by=moderator, rule=make_rule(4)).decisions.get()


WAYS = [
    *((act, way) for act in NEED_A_RULE for way in (by_a_person, by_a_program)),
    *((act, in_a_batch) for act in (Act.REFUSE, Act.REMOVE)),
    (Act.REMOVE, by_undoing),  # what was refused and published after all is removed from then on, never refused again
]


def writers():
    return {"a guest": {"guest": make_guest()}, "a member": {"member": make_member()}}


def test_every_act_either_takes_something_away_or_is_known_to_take_nothing():
    assert set(NEED_A_RULE) | TAKES_NOTHING == set(Act)
    assert not set(NEED_A_RULE) & TAKES_NOTHING


def test_the_acts_on_a_comment_in_any_state_are_those_that_are_walked_here():
    walked = {Act(act) for act, _ in WAYS} | TAKES_NOTHING
    for state in State:
        comment = make_comment(state=state)
        assert set(acts_for(comment)) <= walked


@pytest.mark.parametrize("writer", ["a guest", "a member"])
@pytest.mark.parametrize(("act", "way"), WAYS, ids=lambda one: getattr(one, "__name__", str(one)))
def test_what_is_taken_away_is_answered_for(client_of, moderator, run_jobs, act, way, writer):
    who = writers()[writer]
    comment = ready_for(act, **who)

    made = way(comment, act, moderator, run_jobs)

    # A rule, and somebody who answers for it.
    assert made.rule_text == make_rule(4).text
    assert made.rule == make_rule(4)
    assert (made.by is None) == made.is_automatic == (way is by_a_program)
    # A letter, that says so.
    before = len(mail.outbox)
    run_jobs()
    [letter] = mail.outbox[before:]
    assert letter.to == [(who.get("guest") or who.get("member")).email]
    assert made.rule_text in letter.body
    assert ("A program decided about it" in letter.body) is made.is_automatic
    assert bool(re.search("A person decided about (it|them)", letter.body)) is not made.is_automatic
    # A link in it, under which one appeals.
    link = re.search(r"https?://\S+/decision/", letter.body)[0].removeprefix("http://testserver")
    browser = client_of(who["member"]) if "member" in who else Client(**SAME_ORIGIN)
    page = browser.get(link, follow=True)
    assert page.redirect_chain[-1][0] == f"/discuss/c/{comment.pk}/decision/"
    assert made.rule_text in page.content.decode()
    assert browser.post(page.redirect_chain[-1][0], {"text": "You are wrong."}).status_code == 303
    # A line in the public count, in the log, and for authorities.
    count_months()
    counted = MonthCount.objects.get(kind=act, about="", rule_text=made.rule_text, is_automatic=made.is_automatic)
    assert counted.number == 1
    [few] = [few for few in load_log(Wanted(), "UTC").few if few.act == act]
    assert (few.rule, few.by_program) == (made.rule_text, made.is_automatic)
    month = f"{timezone.now():%Y-%m}"
    assert "fewer than 5" in browser.get(f"/transparency/?month={month}").content.decode()
    statements = client_of(moderator).get("/moderation/statements.csv").getvalue().decode()
    assert len(list(csv.DictReader(io.StringIO(statements)))) == 1


@pytest.mark.parametrize("act", sorted(TAKES_NOTHING))
def test_what_takes_nothing_away_counts_as_well_and_its_author_hears_of_it(moderator, run_jobs, act):
    comment = ready_for(Act(act))

    by_a_person(comment, Act(act), moderator, run_jobs)
    run_jobs()
    count_months()

    assert len(mail.outbox) == (0 if act == Act.KEEP else 1)
    assert MonthCount.objects.get(kind=act).number == 1


@pytest.mark.parametrize("act", NEED_A_RULE)
def test_nothing_is_taken_away_without_a_rule(moderator, act):
    comment = ready_for(act)
    with pytest.raises(ValueError, match="need a house rule"):
        decide(comment, act, by=moderator, seen=comment.state)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(comment=comment, act=act)
    assert not Decision.objects.exists()


def test_an_appeal_is_opened_once_however_often_a_decision_comes_into_force(moderator, client_of, run_jobs):
    member = make_member()
    comment = ready_for(Act.REMOVE, member=member)
    by_undoing(comment, Act.REMOVE, moderator, run_jobs)
    author, address = client_of(member), f"/discuss/c/{comment.pk}/decision/"
    assert author.post(address, {"text": "You are wrong."}).status_code == 303
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        restored = decide(fresh(comment), Act.RESTORE, by=moderator, seen=State.REMOVED)
        undo(restored, by=moderator)
        assert author.post(address, {"text": "You are wrong again."}).status_code == 409
