"""Whether mailbox providers will believe that a letter is ours. No test asks anybody outside."""

import re
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import dkim as verifier
import dns.exception
import dns.resolver
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from newsletter import deliverability, dkim, returning, trying, verp
from newsletter.bounces import Kind
from newsletter.deliverability import Look, Names, Unanswered
from newsletter.models import Bounce, Delivery, Mailing, Outcome, SignupFlood
from tests.factories import make_member
from tests.newsletter.factories import make_issue, make_newsletter, make_subscriber

NAMES = Names("paper.example", "news.paper.example", "mail.paper.example")
WELL = {
    ("news.paper.example", "TXT"): ["something=else", "v=spf1 ip4:8.8.4.4 -all"],
    ("_dmarc.paper.example", "TXT"): ["v=DMARC1; p=quarantine"],
    ("mail.paper.example", "A"): ["8.8.4.4"],
    ("4.4.8.8.in-addr.arpa.", "PTR"): ["mail.paper.example."],
    ("news.paper.example", "MX"): ["10 mail.paper.example."],
}


@pytest.fixture(autouse=True)
def site(db, settings):
    settings.SECURE_SITE, settings.DKIM_KEY, settings.DKIM_SELECTOR = True, "", "lamp"
    cache.clear()


@pytest.fixture(scope="module")
def key() -> str:
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(serialization.Encoding.PEM, form, none).decode()


def looking(records: dict, status: int = 200) -> Look:
    return Look(lambda name, kind: records.get((name, kind), []), lambda address: status)


def levels(records: dict, status: int = 200) -> dict[str, str]:
    found = deliverability.check(looking(records, status), NAMES).findings
    return dict(zip(["spf", "dkim", "dmarc", "reverse", "back", "click"], [one.level for one in found], strict=True))


def test_all_is_well():
    assert levels(WELL) == {
        "spf": "good", "dkim": "note", "dmarc": "good", "reverse": "good", "back": "good", "click": "good",
    }  # fmt: skip


def test_nothing_is_there():
    assert levels({}, 404) == {
        "spf": "bad", "dkim": "note", "dmarc": "bad", "reverse": "note", "back": "bad", "click": "bad",
    }  # fmt: skip


def test_no_answer_says_nothing():
    def ask(name, kind):
        raise Unanswered

    found = deliverability.check(Look(ask, lambda address: 200), NAMES).findings

    assert [one.level for one in found] == ["note", "note", "note", "note", "note", "good"]


@pytest.mark.parametrize(
    ("record", "level"),
    [
        (["v=spf1 +all"], "bad"),
        (["v=spf1 mx ?all"], "watch"),
        (["v=spf1 mx"], "watch"),
        (["v=spf1 mx ~all"], "good"),
        (["v=spf1 redirect=_spf.host.example"], "good"),
        (["v=spf1 mx -all", "v=spf1 a -all"], "bad"),
        (["v=spf10 -all"], "bad"),
    ],
)
def test_who_may_send(record, level):
    assert levels({**WELL, ("news.paper.example", "TXT"): record})["spf"] == level


def test_the_dns_holds_the_other_half_of_our_key(key, settings):
    settings.DKIM_KEY = key
    name, record = ("lamp._domainkey.paper.example", "TXT"), dkim.signer().record

    assert levels(WELL)["dkim"] == "bad"
    assert levels({**WELL, name: ["v=DKIM1; k=rsa; p=AAAA"]})["dkim"] == "bad"
    assert levels({**WELL, name: [record.replace("; ", ";")]})["dkim"] == "good"


def test_a_key_that_is_none_is_said_and_not_shown(settings):
    settings.DKIM_KEY = "secret nonsense"

    found = deliverability.check(looking(WELL), NAMES).findings[1]

    assert (found.level, "secret" in found.says) == ("bad", False)


@pytest.mark.parametrize(
    ("record", "level"),
    [
        (["v=DMARC1; p=none"], "good"),
        (["v=DMARC1"], "bad"),
        (["v=DMARC1; p=none"] * 2, "bad"),
        (["v=DMARC2; p=none"], "bad"),
    ],
)
def test_what_happens_to_forgeries(record, level):
    assert levels({**WELL, ("_dmarc.paper.example", "TXT"): record})["dmarc"] == level


def test_the_policy_of_the_domain_above_counts():
    names = Names("letters.paper.example", "letters.paper.example", "mail.paper.example")

    found = deliverability.check(looking(WELL), names).findings[2]

    assert found.level == "good"


def test_a_foreign_envelope_needs_a_signature(key, settings):
    names = Names("paper.example", "bounces.elsewhere.example", "mail.paper.example")

    assert deliverability.check(looking(WELL), names).findings[2].level == "watch"
    settings.DKIM_KEY = key
    assert deliverability.check(looking(WELL), names).findings[2].level == "good"


def test_the_name_of_the_server_leads_back():
    assert levels({**WELL, ("4.4.8.8.in-addr.arpa.", "PTR"): []})["reverse"] == "bad"
    assert levels({**WELL, ("4.4.8.8.in-addr.arpa.", "PTR"): ["other.example."]})["reverse"] == "bad"
    assert levels({**WELL, ("mail.paper.example", "A"): ["192.168.1.5"]})["reverse"] == "note"


def test_bounces_find_a_way_back():
    assert levels({**WELL, ("news.paper.example", "MX"): ["0 ."]})["back"] == "bad"
    assert (
        levels({**WELL, ("news.paper.example", "MX"): [], ("news.paper.example", "A"): ["8.8.4.4"]})["back"] == "watch"
    )


@pytest.mark.parametrize(
    ("error", "expected"), [(dns.resolver.NXDOMAIN, []), (dns.resolver.LifetimeTimeout, Unanswered)]
)
def test_the_dns_is_asked_for_a_short_time(error, expected, monkeypatch):
    asked = []

    def resolve(name, kind, **options):
        asked.append(options)
        raise error

    monkeypatch.setattr(dns.resolver, "resolve", resolve)

    if expected == []:
        assert deliverability.ask_dns("paper.example", "TXT") == []
    else:
        with pytest.raises(expected):
            deliverability.ask_dns("paper.example", "TXT")
    assert asked == [{"lifetime": 3.0, "search": False}]


def test_the_button_is_pressed_as_a_mail_program_does():
    got = []

    class Site(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((self.rfile.read(int(self.headers["Content-Length"])), self.headers["Cookie"]))
            self.send_response(302 if "old" in self.path else 200)
            self.send_header("Location", "/new/")
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Site)
    Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"

    answers = [deliverability.press_one_click(f"{base}/{path}/") for path in ("new", "old")]
    server.shutdown()
    server.server_close()

    assert answers == [200, 302]
    assert got == [(b"List-Unsubscribe=One-Click", None)] * 2
    assert deliverability.press_one_click(f"{base}/new/") == 0


def test_the_leave_page_answers_to_nobodys_link(client):
    address = deliverability.links.nobodys_leave_url()

    answer = client.post(re.sub(r"^https?://[^/]+", "", address), {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200


# --- the test letter --------------------------------------------------------------------------------------------------


def test_a_test_letter_leaves_as_newsletters_do(key, settings):
    settings.DKIM_KEY = key

    call_command("test_letter", "nora@reader.example")

    (letter,) = mail.outbox
    raw = letter.message().as_bytes(linesep="\r\n")
    assert letter.from_email == settings.BOUNCE_ADDRESS
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert verifier.verify(raw, dnsfunc=lambda name, timeout=5: dkim.signer().record.encode())


def test_a_test_letter_needs_an_address():
    with pytest.raises(CommandError):
        call_command("test_letter", "nora")

    assert mail.outbox == []


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def editor():
    call_command("setup")
    return make_member(role=Role.NEWSLETTER_EDITOR)


def open_page(client):
    return client.get(reverse("newsletter_deliverability"))


def test_opening_the_page_asks_nobody(client_of, editor, monkeypatch):
    def fail(*args):
        raise AssertionError("asked without being told to")

    monkeypatch.setattr(deliverability, "check", fail)
    monkeypatch.setattr(deliverability, "ask_dns", fail)

    page = open_page(client_of(editor)).content.decode()

    assert "Nobody has looked yet" in page


def test_the_page_says_whether_confirmation_letters_are_held_back(client_of, editor):
    browser = client_of(editor)
    quiet = open_page(browser).content.decode()
    SignupFlood.objects.create(letters=40, proven=2, held=1234)

    flooded = open_page(browser).content.decode()

    assert ("As usual" in quiet, "Somebody types other people’s addresses" in quiet) == (True, False)
    assert ("2 of 40" in flooded, "1,234 were held back" in flooded, "As usual" in flooded) == (True, True, False)


def test_what_was_found_stays_on_the_page(client_of, editor, monkeypatch):
    monkeypatch.setattr(deliverability, "ask_dns", looking(WELL).ask)
    monkeypatch.setattr(deliverability, "press_one_click", lambda address: 200)
    client = client_of(editor)

    answer = client.post(reverse("newsletter_deliverability_check"))
    page = open_page(client).content.decode()

    assert answer.status_code == 303
    assert page.count("<li data-level=") == 6


def test_a_test_letter_goes_to_whoever_presses(client_of, editor):
    client_of(editor).post(reverse("newsletter_deliverability_test"), {"address": "victim@elsewhere.example"})

    assert [letter.to for letter in mail.outbox] == [[editor.email]]


def test_test_letters_have_a_limit(client_of, editor):
    client = client_of(editor)

    for _ in range(15):
        client.post(reverse("newsletter_deliverability_test"))

    assert len(mail.outbox) == 10


@pytest.mark.parametrize("name", ["", "_check", "_test"])
@pytest.mark.parametrize("role", ["", Role.WRITER, Role.EDITOR, Role.MODERATOR])
def test_others_see_and_ask_nothing(name, role, client_of):
    call_command("setup")
    address = reverse(f"newsletter_deliverability{name}")
    client = client_of(make_member(role=role))

    answer = client.post(address) if name else client.get(address)

    assert answer.status_code in (302, 403)
    assert mail.outbox == []
    assert deliverability.last_report() is None


@pytest.mark.parametrize("name", ["_check", "_test"])
def test_looking_at_an_address_that_acts_does_nothing(name, client_of, editor):
    assert client_of(editor).get(reverse(f"newsletter_deliverability{name}")).status_code == 405


def send(number: int) -> None:
    """Issues of one letter each, with a complaint and a refusal about each."""
    newsletter = make_newsletter()
    for at in range(number):
        issue = make_issue(newsletter)
        subscriber = make_subscriber(newsletter)
        delivery = Delivery.objects.create(issue=issue, subscriber=subscriber, address=subscriber.email)
        mailing = {"candidates": 1, "queued": 1, "first_id": delivery.pk, "last_id": delivery.pk, "cursor": delivery.pk}
        Mailing.objects.create(issue=issue, **mailing)
        Outcome.objects.create(delivery=delivery, issue=issue, state="sent")
        for kind in (Kind.COMPLAINT, Kind.SENDER_FAULT):
            event = returning.BounceEvent(kind, None, "5.7.1", f"550 {subscriber.email} blocked {at}")
            returning.book(delivery, event, message=f"{delivery.pk} {kind}")


def test_the_page_costs_the_same_with_one_letter_and_with_thirty(client_of, editor):
    client = client_of(editor)
    open_page(client)
    counts = []
    for number in (1, 29):
        send(number)
        with CaptureQueriesContext(connection) as queries:
            page = open_page(client).content.decode()
        counts.append(len(queries))

    assert counts[0] == counts[1]
    assert page.count('<th scope="row">Subject ') == 30
    assert "@example.org" in page
    assert not re.search(r"subscriber\d+@", page)
    assert Bounce.objects.count() == 60


def test_nobody_is_named_by_the_address_of_a_test_letter():
    assert verp.read(trying.settings.BOUNCE_ADDRESS) is None
