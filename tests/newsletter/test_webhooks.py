"""What providers tell later, in their own form and over HTTP: booked when it is signed, refused when it is not."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import socket
import time
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from anymail.webhooks.brevo import BrevoTrackingWebhookView
from anymail.webhooks.mailjet import MailjetTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.db import connection
from django.test import RequestFactory

from civic.launcher import site
from newsletter import provider_events, sending, verp
from newsletter.models import Bounce, ConsentEvent, Delivery, Issue, Subscription, Suppression
from newsletter.provider import METADATA
from tests.database import Server
from tests.newsletter.factories import make_issue, make_newsletter, make_subscriber

ROOT = Path(__file__).resolve().parents[2]
KEY, SECRET = "signing-key-of-a-test", "name:word"


@pytest.fixture
def delivery(db) -> Delivery:
    """Of a letter to ana, who gets another newsletter besides."""
    lamp, watch = make_newsletter("The Morning Lamp"), make_newsletter("Council Watch")
    issue = make_issue(lamp, sent_at=None)
    make_subscriber(lamp, watch, email="ana@one.example")
    Issue.objects.filter(pk=issue.pk).update(state=Issue.State.SCHEDULED)
    sending.start(issue)
    return Delivery.objects.get()


def states() -> dict[str, str]:
    return dict(Subscription.objects.values_list("newsletter__name", "state"))


BOTH = {"The Morning Lamp": "active", "Council Watch": "active"}
NONE = dict.fromkeys(BOTH, "left")
ONE = BOTH | {"The Morning Lamp": "left"}


# --- over HTTP ------------------------------------------------------------------------------------


@pytest.fixture
def running(tmp_path, settings):
    """The port of the site as `bin/run` starts it, with letters going through Mailgun."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = urlencode(Server(settings.DATABASES["default"]).address, quote_via=quote)
    surroundings = os.environ | {
        "DATABASE_URL": f"postgresql:///{connection.settings_dict['NAME']}?{address}",
        "SITE_URL": f"http://localhost:{port}",
        "VAR_DIR": str(tmp_path / "var"),
        "BOUNCE_ADDRESS": settings.BOUNCE_ADDRESS,
        "NEWSLETTER_TRANSPORT": "anymail",
        "ANYMAIL_BACKEND": "mailgun",
        "ANYMAIL": f"MAILGUN_API_KEY=none MAILGUN_WEBHOOK_SIGNING_KEY={KEY} WEBHOOK_SECRET={SECRET}",
    }
    web = site.web(ROOT, surroundings, "127.0.0.1", port)
    web.start()
    until = time.monotonic() + 60
    while not site.answers("127.0.0.1", port, "localhost"):
        assert time.monotonic() < until, "the site does not answer"
        time.sleep(0.1)
    yield port
    web.kill_rest()


def told(delivery: Delivery, event: str, *, key: str = KEY, **fields) -> bytes:
    """An event as Mailgun sends it."""
    token, moment = "a" * 50, str(int(time.time()))
    signature = hmac.new(key.encode(), f"{moment}{token}".encode(), hashlib.sha256).hexdigest()
    data = {"event": event, "timestamp": float(moment), "recipient": delivery.address, **fields}
    data["user-variables"] = {METADATA: verp.address_for(delivery.pk)}
    return json.dumps(
        {"signature": {"token": token, "timestamp": moment, "signature": signature}, "event-data": data}
    ).encode()


def post(port: int, body: bytes, *, secret: str = SECRET) -> int:
    """The status of the answer."""
    asking = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    head = {"Content-Type": "application/json", "Host": f"localhost:{port}"}
    if secret:
        head["Authorization"] = "Basic " + base64.b64encode(secret.encode()).decode()
    asking.request("POST", "/anymail/mailgun/tracking/", body, head)
    status = asking.getresponse().status
    asking.close()
    return status


@pytest.mark.django_db(transaction=True)
def test_the_running_site_believes_its_provider_and_nobody_else(delivery, running):
    dead = {"severity": "permanent", "reason": "bounce"}
    dead |= {"delivery-status": {"code": 550, "message": "550 5.1.1 <ana@one.example>: user unknown"}}

    forged = [
        post(running, told(delivery, "failed", key="another key", **dead)),
        post(running, told(delivery, "failed", **dead), secret="name:wrong"),
        post(running, told(delivery, "complained"), secret=""),
        post(running, b"{}"),
        post(running, b"\xff"),
    ]
    assert forged == [400] * 5
    assert (states(), Bounce.objects.count(), Suppression.objects.count()) == (BOTH, 0, 0)

    left = told(delivery, "unsubscribed")
    assert [post(running, left), post(running, left)] == [200, 200]
    assert (states(), Suppression.objects.count()) == (ONE, 0)
    assert ConsentEvent.objects.filter(kind="left").get().wording == "left at our mail provider"

    bounced = told(delivery, "failed", **dead)
    assert [post(running, bounced), post(running, bounced)] == [200, 200]
    assert [(bounce.kind, bounce.status) for bounce in Bounce.objects.all()] == [("hard", "5.1.1")]
    assert Suppression.objects.get().reason == Suppression.Reason.BOUNCED

    assert post(running, told(delivery, "complained")) == 200
    assert states() == NONE
    assert Suppression.objects.get().reason == Suppression.Reason.COMPLAINED


# --- what providers call soft ---------------------------------------------------------------------


@pytest.fixture
def tell(delivery, settings):
    """Hands an event to anymail's own view of a provider."""
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}
    provider_events.listen()
    authorization = "Basic " + base64.b64encode(SECRET.encode()).decode()

    def hand(view, event: dict) -> int:
        request = RequestFactory().post(
            "/", json.dumps(event), content_type="application/json", headers={"Authorization": authorization}
        )
        return view.as_view()(request).status_code

    return hand


def named(delivery: Delivery) -> str:
    return verp.address_for(delivery.pk)


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"event": "soft_bounce", "reason": "deferred too long"}, "soft"),
        ({"event": "soft_bounce", "reason": "552 5.2.2 mailbox full"}, "soft"),
        ({"event": "hard_bounce", "reason": "550 5.1.1 user unknown"}, "hard"),
        ({"event": "hard_bounce", "reason": "550 5.7.1 your IP is on a list"}, "sender_fault"),
        ({"event": "hard_bounce"}, "hard"),
        ({"event": "invalid_email"}, "hard"),
        ({"event": "spam"}, "complaint"),
    ],
)
def test_brevo(tell, delivery, more, kind):
    event = {"email": delivery.address, "ts_event": 1, "X-Mailin-custom": json.dumps({METADATA: named(delivery)})}

    assert tell(BrevoTrackingWebhookView, event | more) == 200
    assert Bounce.objects.get().kind == kind


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"Type": "SoftBounce", "Details": "could not be delivered"}, "soft"),
        ({"Type": "HardBounce", "Details": "smtp;550 5.1.1 user unknown"}, "hard"),
        ({"Type": "HardBounce", "Details": "gone"}, "hard"),
        ({"Type": "Blocked", "Details": ""}, "sender_fault"),
    ],
)
def test_postmark(tell, delivery, more, kind):
    event = {"RecordType": "Bounce", "Email": delivery.address, "Metadata": {METADATA: named(delivery)}}

    assert tell(PostmarkTrackingWebhookView, event | more) == 200
    assert Bounce.objects.get().kind == kind


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"error": "quota exceeded", "hard_bounce": False}, "soft"),
        ({"error": "mailbox inactive", "hard_bounce": False}, "soft"),
        ({"error": "user unknown", "hard_bounce": True}, "hard"),
    ],
)
def test_mailjet(tell, delivery, more, kind):
    event = {
        "event": "bounce",
        "email": delivery.address,
        "time": 1,
        "Payload": json.dumps({METADATA: named(delivery)}),
    }

    assert tell(MailjetTrackingWebhookView, event | more) == 200
    assert Bounce.objects.get().kind == kind


def test_whoever_left_at_postmark_has_left_that_letter_here(tell, delivery):
    event = {"RecordType": "SubscriptionChange", "Recipient": delivery.address, "SuppressSending": True}
    event |= {"SuppressionReason": "ManualSuppression", "Metadata": {METADATA: named(delivery)}}

    assert tell(PostmarkTrackingWebhookView, event) == 200
    assert (states(), Bounce.objects.count(), Suppression.objects.count()) == (ONE, 0, 0)


def test_leaving_in_the_name_of_somebody_else_takes_the_keyed_name_of_the_letter(tell, delivery):
    event = {"RecordType": "SubscriptionChange", "Recipient": delivery.address, "SuppressSending": True}
    event |= {"SuppressionReason": "ManualSuppression", "Metadata": {METADATA: "b+" + "a" * 32 + "@paper.example"}}

    assert tell(PostmarkTrackingWebhookView, event) == 200
    assert states() == BOTH
