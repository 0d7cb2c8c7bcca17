"""Letters on the web after they went out: nothing of anybody in them, and what became of one that was stopped."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from comments.visibility import withdraw
from newsletter import folding, links, sending
from newsletter.models import Delivery, Issue, Outcome
from newsletter.outcomes import letters_to
from tests.articles.factories import make_article
from tests.factories import make_comment
from tests.newsletter.factories import make_issue, make_subscriber

pytestmark = pytest.mark.django_db
PLACES = ("", "feed.xml", "atom.xml", "feed.json")


@pytest.fixture
def stopped(lamp):
    """A letter that was stopped on its way, after each of these outcomes for one reader."""

    def stop(*states: str) -> Issue:
        issue = make_issue(lamp, subject="Wrong figures", sent_at=None)
        readers = [make_subscriber(lamp) for _ in states]
        Issue.objects.filter(pk=issue.pk).update(state="scheduled")
        sending.start(issue)
        for reader, state in zip(readers, states, strict=True):
            if state:
                delivery = Delivery.objects.get(issue=issue, subscriber=reader)
                Outcome.objects.create(delivery=delivery, issue=issue, state=state)
        sending.cancel(issue)
        return issue

    return stop


# --- personal bytes -------------------------------------------------------------------------------


def test_an_archived_page_and_the_feeds_have_no_token_no_address_and_no_day_of_any_reader(
    lamp, visitor_client, run_jobs
):
    comment, article = make_comment(), make_article(headline="Homes above the shops")
    blocks = [
        {"type": "text", "html": "<p>Good morning.</p>"},
        {"type": "item", "article": article.pk, "headline": article.headline, "text": "Said.", "call": "Read on"},
        {"type": "voice", "comment": comment.pk},
    ]
    readers = [
        make_subscriber(lamp, email=f"reader{year}@example.org", asked_at=datetime(year, 3, 4, 12, tzinfo=UTC))
        for year in (2021, 2023)
    ]
    issue = make_issue(lamp, blocks=blocks, sent_at=None)
    Issue.objects.filter(pk=issue.pk).update(state="scheduled")
    sending.start(issue)
    run_jobs()
    letters = {letter.to[0]: letter.message().as_string() for letter in mail.outbox}

    pages = [issue.get_absolute_url(), *(f"{lamp.get_absolute_url()}{place}" for place in PLACES)]
    seen = "".join(visitor_client.get(page).content.decode() for page in pages)

    secrets = [
        secret
        for reader in readers
        for secret in (
            reader.email,
            links.leave_token(bytes(reader.key), lamp.pk),
            links.preferences_token(bytes(reader.key)),
            f"04 Mar {reader.made_at.year}",
        )
    ]
    unfolded = {address: re.sub(r"=\n", "", letter) for address, letter in letters.items()}
    assert all(any(secret in letter for letter in unfolded.values()) for secret in secrets)  # each was in a letter
    assert [secret for secret in secrets if secret in seen] == []
    assert "Homes above the shops" in seen
    assert comment.body in seen
    withdraw(comment)
    assert [page for page in pages if comment.body in visitor_client.get(page).content.decode()] == []


# --- stopped on its way ---------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["sent", "unknown"])
def test_who_got_a_letter_that_was_stopped_can_read_it_on_the_web_and_nobody_is_led_to_it(
    stopped, lamp, visitor_client, state
):
    make_issue(lamp, subject="Right figures", sent_at=timezone.now() - timedelta(days=1))

    issue = stopped(state, "")

    page = visitor_client.get(issue.get_absolute_url())
    assert page.status_code == 200
    assert "We stopped this letter" in page.content.decode()
    assert '<meta name="robots" content="noindex">' in page.content.decode()
    for place in ("/newsletter/", *(f"{lamp.get_absolute_url()}{place}" for place in PLACES)):
        seen = visitor_client.get(place).content.decode()
        assert "Wrong figures" not in seen
        assert issue.get_absolute_url() not in seen
    assert "We stopped this letter" not in visitor_client.get(make_issue(lamp).get_absolute_url()).content.decode()


@pytest.mark.parametrize("states", [(), ("",), ("failed", "skipped", "deferred", "")])
def test_what_was_stopped_before_a_single_letter_had_left_is_nowhere(stopped, visitor_client, states):
    issue = stopped(*states)

    assert issue.sent_at is not None
    assert visitor_client.get(issue.get_absolute_url()).status_code == 404


def test_letters_of_another_issue_do_not_open_one_of_which_none_left(stopped, visitor_client):
    none_left, left = stopped("", ""), stopped("sent")

    found = [visitor_client.get(issue.get_absolute_url()).status_code for issue in (none_left, left)]

    assert found == [404, 200]


def test_it_can_still_be_read_when_who_got_it_has_been_forgotten(stopped, visitor_client):
    left, none_left = stopped("sent", ""), stopped("failed")
    for issue in (left, none_left):
        folding.fold_issue(issue.pk)

    assert not Delivery.objects.exists()
    found = [visitor_client.get(issue.get_absolute_url()).status_code for issue in (left, none_left)]
    assert found == [200, 404]


def test_a_stopped_letter_is_told_to_each_reader_as_it_was_for_them(stopped):
    issue = stopped("sent", "", "deferred")

    told = [letters_to(delivery.subscriber)[0] for delivery in Delivery.objects.filter(issue=issue).order_by("pk")]

    assert [(one.outcome, bool(one.url)) for one in told] == [
        ("Accepted by your mail server", True),
        ("Not sent: we stopped this letter", False),
        ("Not sent: we stopped this letter", False),
    ]


def test_a_letter_can_be_opened_by_who_has_it_while_it_is_still_going_out(lamp, visitor_client):
    reader = make_subscriber(lamp)
    issue = make_issue(lamp, sent_at=None)
    Issue.objects.filter(pk=issue.pk).update(state="scheduled")
    sending.start(issue)
    Outcome.objects.create(delivery=Delivery.objects.get(), issue=issue, state="sent")

    (letter,) = letters_to(reader)

    assert visitor_client.get(letter.url).status_code == 200
    items = json.loads(visitor_client.get(f"{lamp.get_absolute_url()}feed.json").content)["items"]
    assert [item["title"] for item in items] == [issue.subject]
