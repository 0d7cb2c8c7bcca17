"""Letters through a provider's API: the same ledger, and honest about what an API cannot tell."""

from datetime import UTC, datetime

import pytest
import requests
from anymail.exceptions import AnymailAPIError, AnymailRecipientsRefused, AnymailRequestsAPIError
from anymail.message import AnymailRecipientStatus
from anymail.signals import AnymailTrackingEvent, tracking
from django.core import mail
from urllib3.exceptions import MaxRetryError, NewConnectionError

from newsletter import provider, provider_events, sending, verp
from newsletter.models import Bounce, Delivery, Issue, Outcome, Suppression, counts_of
from newsletter.printing import message_name
from tests.newsletter.factories import make_issue, make_subscriber


@pytest.fixture(autouse=True)
def _through_a_provider(settings):
    settings.NEWSLETTER_TRANSPORT = "anymail"
    settings.ANYMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    settings.NEWSLETTER_CONNECTIONS = 1


@pytest.fixture
def issue(lamp):
    """Scheduled, for three readers."""
    issue = make_issue(lamp, sent_at=None, subject="Räte und Brücken")
    for name in ("ana", "ben", "cy"):
        make_subscriber(lamp, email=f"{name}@one.example")
    Issue.objects.filter(pk=issue.pk).update(state=Issue.State.SCHEDULED)
    sending.start(issue)
    return issue


@pytest.fixture
def answers(monkeypatch):
    """What the provider answers, by the name of the reader: an exception, or a status."""
    given = {}

    def prepared(payload, envelope):
        message = made(payload, envelope)
        name = envelope.recipient.partition("@")[0]
        if isinstance(given.get(name), Exception):
            message.anymail_test_response = given[name]
        elif name in given:
            status = AnymailRecipientStatus(message_id="1", status=given[name])
            message.anymail_test_response = {"recipient_status": {envelope.recipient: status}}
        return message

    made = provider.message_of
    monkeypatch.setattr(provider, "message_of", prepared)
    return given


def work(issue: Issue) -> None:
    sending.Sender(Issue.objects.get(pk=issue.pk)).work(20)
    issue.refresh_from_db()


def answer(status: int) -> AnymailRequestsAPIError:
    response = requests.Response()
    response.status_code, response._content = status, b'{"message": "no, ana@one.example"}'
    return AnymailRequestsAPIError(response=response)


def broken(kind: type, cause: Exception) -> AnymailRequestsAPIError:
    """As anymail raises it when there was no answer."""
    error = type("AnymailRequestsAPIError", (AnymailRequestsAPIError, kind), {})("Error posting")
    error.__cause__ = cause
    return error


def test_each_reader_gets_one_with_its_own_headers_and_metadata(issue):
    work(issue)

    assert (issue.state, counts_of(issue)) == ("done", {"sent": 3})
    assert [message.to for message in mail.outbox] == [["ana@one.example"], ["ben@one.example"], ["cy@one.example"]]
    for message, delivery in zip(mail.outbox, Delivery.objects.order_by("pk"), strict=True):
        assert message.subject == "Räte und Brücken"
        assert message.from_email.startswith("Lio at the Lamp <")
        assert message.extra_headers["Message-ID"].startswith(f"<{message_name(issue.pk, delivery.pk)}@")
        assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert verp.read(message.metadata["letter"]) == delivery.pk
        assert message.anymail_test_params["track_opens"] is False
        assert "Good morning." in message.body
        assert "Good morning." in message.alternatives[0][0]
    links = {message.extra_headers["List-Unsubscribe"] for message in mail.outbox}
    assert len(links) == 3
    assert "sent as" in Outcome.objects.first().reply


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_gateway_that_gave_up_makes_it_unknown_and_the_others_go(issue, answers, status):
    answers["ana"] = answer(status)
    work(issue)

    assert counts_of(issue) == {"unknown": 1, "sent": 2}
    assert "ana@" not in Outcome.objects.get(state="unknown").reply
    work(issue)
    assert [message.to for message in mail.outbox].count(["ana@one.example"]) == 1


def test_an_answer_that_never_came_makes_it_unknown(issue, answers):
    answers["ben"] = broken(requests.ReadTimeout, requests.ReadTimeout("read timed out"))
    answers["cy"] = broken(requests.ConnectionError, requests.ConnectionError("reset by peer"))
    work(issue)

    assert counts_of(issue) == {"unknown": 2, "sent": 1}


def test_a_connection_that_was_never_made_is_tried_again(issue, answers):
    reason = NewConnectionError(None, "refused")
    answers["ana"] = broken(requests.ConnectionError, requests.ConnectionError(MaxRetryError(None, "/", reason)))
    work(issue)

    assert counts_of(issue)["deferred"] == 1
    assert "unknown" not in counts_of(issue)


@pytest.mark.parametrize("status", [429, 503])
def test_a_provider_that_is_busy_is_asked_again(issue, answers, status):
    answers["ana"] = answer(status)
    work(issue)

    assert counts_of(issue) == {"deferred": 1, "sent": 2}


@pytest.mark.parametrize("status", [401, 403])
def test_a_provider_that_does_not_let_us_in_pauses_the_letter(issue, answers, status):
    answers["ana"] = answer(status)
    work(issue)

    assert issue.state == "paused"
    assert "does not let us in" in issue.pause_reason
    assert "ana@" not in issue.pause_reason
    assert counts_of(issue) == {"queued": 3}


def test_settings_without_sense_pause_it_with_words(issue, settings):
    settings.ANYMAIL_BACKEND = "anymail.backends.mailgun.EmailBackend"
    settings.ANYMAIL = {}
    work(issue)

    assert issue.state == "paused"
    assert "MAILGUN_API_KEY" in issue.pause_reason


@pytest.mark.parametrize("refusal", ["rejected", "invalid", AnymailRecipientsRefused()])
def test_a_reader_whom_the_provider_refuses_fails_alone(issue, answers, refusal):
    if isinstance(refusal, Exception):
        refusal.__class__ = type("Refused", (AnymailRecipientsRefused, AnymailAPIError), {})
    answers["ben"] = refusal
    work(issue)

    assert counts_of(issue) == {"failed": 1, "sent": 2}


def test_dots_at_the_beginning_of_lines_and_line_ends_survive():
    payload = b"Subject: S\r\nFrom: a@b.example\r\nContent-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\n"
    payload += b"Content-Type: text/plain\r\n\r\n..one\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>...two\r\n--x--\r\n"

    message = provider.message_of(payload, sending.Envelope("b@c.example", "d@e.example"))

    assert message.body.strip() == ".one"
    assert message.alternatives[0][0].strip() == "<p>...two"


# --- what it tells later --------------------------------------------------------------------------


@pytest.fixture
def tell(issue):
    """Sends an event about the first letter, as anymail's webhook view does."""
    provider_events.listen()

    delivery = Delivery.objects.order_by("pk").first()

    def event(kind: str, **fields) -> None:
        known = {"metadata": {"letter": verp.address_for(delivery.pk)}, "timestamp": datetime(2026, 11, 24, tzinfo=UTC)}
        tracking.send(object, event=AnymailTrackingEvent(event_type=kind, **{**known, **fields}), esp_name="Test")

    return event


def test_a_dead_address_gets_no_more_letters(tell):
    tell("bounced", reject_reason="bounced", mta_response="550 5.1.1 ana@one.example: user unknown")
    tell("bounced", reject_reason="bounced", mta_response="550 5.1.1 ana@one.example: user unknown")

    bounce = Bounce.objects.get()
    assert (bounce.kind, bounce.status) == ("hard", "5.1.1")
    assert "ana@" not in bounce.said
    assert Suppression.objects.count() == 1


def test_a_complaint_ends_it_and_our_fault_does_not(tell):
    tell("bounced", reject_reason="blocked")
    assert (Bounce.objects.get().kind, Suppression.objects.count()) == ("sender_fault", 0)

    tell("complained")
    assert Suppression.objects.count() == 1


@pytest.mark.parametrize("kind", ["delivered", "opened", "clicked", "deferred", "autoresponded"])
def test_other_events_change_nothing(tell, kind):
    tell(kind)

    assert not Bounce.objects.exists()


def test_an_event_without_our_keyed_name_changes_nothing(tell):
    for metadata in ({}, None, {"letter": "b+" + "a" * 32 + "@paper.example"}, {"letter": "1"}):
        tell("complained", metadata=metadata)

    assert not Bounce.objects.exists()
