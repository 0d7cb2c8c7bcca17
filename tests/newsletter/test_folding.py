"""What stays of a letter: figures for ever, names for ninety days; and what one may know of one's own."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.roles import Role
from newsletter import folding, members, outcomes, sending, subscribing
from newsletter.figures import figures_of
from newsletter.models import Batch, Delivery, Issue, IssueFigures, Mailing, Outcome
from tests.factories import make_member
from tests.newsletter.factories import make_issue, make_subscriber


def over(newsletter, days: float, *, readers: int = 3, state: str = Issue.State.DONE) -> Issue:
    """An issue that ended so long ago: the first letter failed, of the second nobody knows, the others went."""
    issue = make_issue(newsletter, sent_at=None)
    for at in range(readers):
        make_subscriber(newsletter, email=f"reader{issue.pk}x{at}@{'big' if at % 5 else 'small'}.example")
    Issue.objects.filter(pk=issue.pk).update(state=Issue.State.SCHEDULED)
    sending.start(issue)
    for at, delivery in enumerate(issue.deliveries.order_by("pk")):
        kind = ["failed", "unknown", "sent"][min(at, 2)]
        Outcome.objects.create(delivery=delivery, issue=issue, state=kind, attempts=1, code=550, reply="550 5.1.1 no")
    then = timezone.now() - timedelta(days=days)
    Issue.objects.filter(pk=issue.pk).update(state=state, finished_at=then, frozen_at=then)
    return Issue.objects.get(pk=issue.pk)


def test_after_ninety_days_the_figures_stay_and_the_addresses_go(lamp, client_of):
    issue = over(lamp, 91, readers=30)
    before = figures_of(issue)

    folding.fold()

    assert not Delivery.objects.exists()
    assert not Outcome.objects.exists()
    assert not Mailing.objects.exists()
    after = figures_of(Issue.objects.get(pk=issue.pk))
    assert after.counts == before.counts == {"failed": 1, "unknown": 1, "sent": 28}
    assert after.reasons == before.reasons == {"failed": {"there is no such address": 1}}
    assert dict(after.domains) == dict(before.domains)
    assert set(dict(after.domains)) == {"big.example", ""}
    assert not after.has_rows

    call_command("setup")
    client = client_of(make_member(role=Role.NEWSLETTER_EDITOR))
    page = " ".join(client.get(f"/newsroom/sending/{issue.pk}/").content.decode().split())
    assert "28 of 30 letters" in page
    assert "Who got it is forgotten" in page
    assert "Send again" not in page
    assert client.get(f"/newsroom/sending/{issue.pk}/readers/").status_code == 200
    assert "28" in client.get("/newsroom/sending/").content.decode()


def test_younger_ones_and_those_under_way_keep_their_rows(lamp, watch):
    over(lamp, 89)
    over(watch, 200, state=Issue.State.SENDING)

    folding.fold()

    assert Delivery.objects.count() == 6
    assert not IssueFigures.objects.exists()


def test_what_was_paused_for_ninety_days_is_cancelled_and_folded_ninety_days_later(lamp):
    issue = over(lamp, 91, state=Issue.State.PAUSED)

    folding.fold()
    issue.refresh_from_db()
    assert (issue.state, Delivery.objects.count()) == ("cancelled", 3)

    Issue.objects.update(finished_at=timezone.now() - timedelta(days=91))
    folding.fold()
    assert not Delivery.objects.exists()


def test_folding_twice_keeps_the_figures(lamp):
    issue = over(lamp, 91)
    folding.fold()
    folding.fold()
    folding.fold_issue(issue.pk)
    folding.keep_figures(issue.pk)
    folding.count_what_is_over()

    assert IssueFigures.objects.get().counts == {"failed": 1, "unknown": 1, "sent": 1}


def test_folding_one_letter_leaves_the_others_alone(lamp, watch):
    over(lamp, 91)
    young = over(watch, 3)

    folding.fold()

    assert set(Delivery.objects.values_list("issue", flat=True)) == {young.pk}
    assert set(Outcome.objects.values_list("issue", flat=True)) == {young.pk}


def test_figures_are_kept_when_it_is_over_and_counted_again_when_it_went_on(lamp):
    issue = over(lamp, 0.1)
    folding.count_what_is_over()
    assert not figures_of(Issue.objects.get(pk=issue.pk)).is_live
    unknown = Outcome.objects.get(state="unknown")

    sending.resend_unknown(issue, [unknown.pk])
    assert figures_of(Issue.objects.get(pk=issue.pk)).counts == {"failed": 1, "queued": 1, "sent": 1}

    Outcome.objects.filter(pk=unknown.pk).update(state="sent", not_before=None)
    Issue.objects.filter(pk=issue.pk).update(state=Issue.State.DONE, finished_at=timezone.now())
    assert figures_of(Issue.objects.get(pk=issue.pk)).counts == {"failed": 1, "sent": 2}


def test_a_letter_that_just_ended_is_counted_live(lamp):
    over(lamp, 0)
    folding.count_what_is_over()

    assert not IssueFigures.objects.exists()
    assert not Batch.objects.exists()


# --- what one may know ----------------------------------------------------------------------------


def test_a_member_reads_which_letters_went_and_what_became_of_each(lamp):
    member = make_member(email="reader@one.example")
    subscriber = make_subscriber(lamp, email="reader@one.example")
    issue = over(lamp, 1, readers=0)

    (letter,) = members.everything_about(member)["letters"]

    assert letter["subject"] == issue.subject
    assert letter["newsletter"] == lamp.name
    assert letter["outcome"] == "Refused by your mail server: 550 5.1.1 no"
    assert outcomes.letters_to(subscriber)[0].url == issue.get_absolute_url()


@pytest.mark.parametrize(
    ("reason", "words"), [("left", "Not sent: you had left"), ("erased", "Not sent"), ("paused", "you had paused it")]
)
def test_who_was_left_out_reads_why(lamp, reason, words):
    subscriber = make_subscriber(lamp)
    over(lamp, 1, readers=0)
    Outcome.objects.update(state="skipped", reason=reason)

    assert words in outcomes.letters_to(subscriber)[0].outcome


def test_own_letters_are_one_query(lamp, django_assert_num_queries):
    subscriber = make_subscriber(lamp)
    for _ in range(4):
        over(lamp, 1, readers=0)

    with django_assert_num_queries(1):
        assert len(outcomes.letters_to(subscriber)) == 4


def test_erasing_a_reader_leaves_no_name_in_the_ledger(lamp):
    subscriber = make_subscriber(lamp, email="gone@one.example")
    issue = over(lamp, 1, readers=0)

    subscribing.erase(subscriber)

    assert list(Delivery.objects.values_list("address", "subscriber")) == [("", None)]
    assert figures_of(issue).counts == {"failed": 1}
