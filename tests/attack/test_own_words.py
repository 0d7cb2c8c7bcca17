"""Nobody judges what they wrote or decided themselves, by whatever door."""

import pytest
from django.core import mail

from accounts.roles import Role
from comments.models.comments import State
from moderation.appeals import decide_appeal, open_appeal
from moderation.batches import Chosen, Wish, decide_many, plan
from moderation.deciding import decide, undo, words_of
from moderation.errors import AlreadyDecided, NotUndone, OwnDecision, OwnWords
from moderation.models import Act, Appeal, Decision
from moderation.scope import Scope
from moderation.second_looks import waiting_for
from tests.factories import make_comment, make_guest, make_member, make_rule
from tests.moderation.reports import report

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(moderator):
    return make_member(display_name="Sec Ond", role=Role.MODERATOR)


@pytest.fixture
def third(db):
    return make_member(display_name="Thi Rd", role=Role.MODERATOR)


def test_moderators_put_nothing_of_their_own_back_and_dismiss_no_report_of_it(client_of, moderator, second):
    own = make_comment(member=moderator)
    report(own)
    with pytest.raises(OwnWords):
        decide(own, Act.KEEP, by=moderator, seen=State.PUBLIC)
    assert own.reports.open().count() == 1

    removed = decide(own, Act.REMOVE, by=second, seen=State.PUBLIC, rule=make_rule())
    with pytest.raises(AlreadyDecided):
        decide(own, Act.RESTORE, by=moderator, seen=State.REMOVED)
    with pytest.raises(NotUndone):
        undo(removed, by=moderator)
    typed = {"act": "restore", "seen": "removed", "words": words_of(own)}
    answer = client_of(moderator).post(f"/moderation/{own.pk}/decision/", typed)
    assert answer.status_code == 403
    assert "You wrote it yourself" in answer.content.decode()
    own.refresh_from_db()
    assert own.state == State.REMOVED

    decide(own, Act.RESTORE, by=second, seen=State.REMOVED)
    decide(own, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule())  # what is against them, they may


def test_what_a_moderator_wrote_as_a_guest_is_their_own_too(moderator, second):
    guest = make_guest(email=moderator.email.upper())
    own = make_comment(guest=guest, state=State.IN_REVIEW)
    with pytest.raises(OwnWords):
        decide(own, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)

    refused = decide(own, Act.REFUSE, by=second, seen=State.IN_REVIEW, rule=make_rule())
    appeal = open_appeal(refused, text="Look again.")
    assert not waiting_for(Scope.of(moderator)).exists()
    with pytest.raises(OwnDecision):
        decide_appeal(appeal, by=moderator, overturn=True)


def test_the_only_moderator_of_a_site_is_not_stuck(moderator):
    own = make_comment(member=moderator, state=State.IN_REVIEW)

    decide(own, Act.PUBLISH, by=moderator, seen=State.IN_REVIEW)

    own.refresh_from_db()
    assert own.state == State.PUBLIC


def test_many_at_once_leave_out_what_is_ones_own(moderator, second):
    own, other = make_comment(member=moderator, state=State.IN_REVIEW), make_comment(state=State.IN_REVIEW)
    both = [own, other]
    found = plan(both, Wish.PUBLISH, [Chosen(one.pk, words_of(one)) for one in both])

    batch = decide_many(found, by=moderator)

    assert [made.comment for made in batch.decisions.all()] == [other]
    assert batch.done_at
    assert Decision.objects.filter(comment=own).count() == 0


def test_whoever_brings_a_decision_back_into_force_does_not_decide_the_appeal(moderator, second, third, client_of):
    comment = make_comment()
    removed = decide(comment, Act.REMOVE, by=moderator, seen=State.PUBLIC, rule=make_rule())
    appeal = open_appeal(removed, text="Look again.")
    restored = decide(comment, Act.RESTORE, by=second, seen=State.REMOVED)
    undo(restored, by=third)
    appeal.refresh_from_db()
    assert appeal.state == Appeal.State.OPEN

    for member in (moderator, third):
        assert not waiting_for(Scope.of(member)).exists()
        assert client_of(member).get(f"/moderation/appeals/{appeal.pk}/").status_code == 404
        with pytest.raises(OwnDecision):
            decide_appeal(appeal, by=member, overturn=False)
    assert list(waiting_for(Scope.of(second))) == [appeal]
    assert decide_appeal(appeal, by=second, overturn=True).state == Appeal.State.OVERTURNED


def test_one_mailbox_typed_with_and_without_capitals_hears_of_all_that_a_batch_did(moderator, run_jobs):
    comments = [make_comment(guest=make_guest(email=email)) for email in ("gina@Example.org", "Gina@example.org")]
    found = plan(comments, Wish.TAKE_DOWN, [Chosen(one.pk, words_of(one)) for one in comments])

    decide_many(found, by=moderator, rule=make_rule())
    run_jobs()

    assert len(mail.outbox) == 1
    assert "2 of your comments were removed" in mail.outbox[0].subject
    for one in comments:
        assert f"/{one.pk}/decision/" in mail.outbox[0].body
