"""Letters as a mail server gets them, and the sheet they are written on."""

import email
import socket
from email import policy
from html.parser import HTMLParser

import pytest
from aiosmtpd.controller import Controller
from django.template.loader import render_to_string

from civic.lib.site import SiteSettings
from newsletter import issues, letters, links
from tests.newsletter.factories import make_issue, make_newsletter, make_reward, make_subscriber


class Mailbox:
    """A mail server that keeps what it is given."""

    def __init__(self) -> None:
        self.envelopes = []

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture
def mail_server(settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    yield mailbox
    controller.stop()


def test_a_letter_passes_a_real_mail_server_with_both_parts_and_all_headers(db, mail_server):
    lamp = make_newsletter("Mölle’s Lamp", slug="lamp", sender_name="Lio Håversham", reward=make_reward())
    ana = make_subscriber(lamp, email="ana@example.org")

    letters.send_welcome(ana, [lamp])

    (envelope,) = mail_server.envelopes
    message = email.message_from_bytes(envelope.content, policy=policy.default)
    assert envelope.rcpt_tos == ["ana@example.org"]
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["Subject"] == "Welcome to Mölle’s Lamp"
    assert message["From"].addresses[0].display_name == "Lio Håversham"
    # A long address in a header must arrive in one piece and unencoded, or no mail program finds it.
    assert f"<{links.leave_url(ana, [lamp])}>".encode() in envelope.content.replace(b"\r\n ", b" ")
    assert message["List-Unsubscribe"].split(",")[0].strip() == f"<{links.leave_url(ana, [lamp])}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "Mölle’s Lamp <lamp.paper.example>"
    assert b"<lamp.paper.example>" in envelope.content  # not encoded with the name
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_body(("plain",)).get_content()
    assert links.report_url(lamp.reward) in text
    assert max(len(line) for line in envelope.content.split(b"\r\n")) <= 998


class Tags(HTMLParser):
    """Notes tags that are left open or closed wrongly, and links that lead nowhere."""

    VOID = {"meta", "img", "br", "link"}

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open, self.wrong, self.relative = [], [], []
        self.feed(markup)

    def handle_starttag(self, tag, attrs) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name in ("href", "src") and not value.startswith("https://"):
                self.relative.append(value)

    def handle_endtag(self, tag) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.mark.parametrize("letter", ["confirm", "welcome", "already", "issue"])
def test_the_markup_of_every_letter_is_whole_and_its_links_are_full(lamp, watch, letter):
    ana = make_subscriber(lamp, watch)
    ways = letters._ways_out(ana, [lamp, watch])
    issue = make_issue(lamp, blocks=BLOCKS)
    context = {
        "blocks": issues.drawn(issue).blocks,
        "rhythm": "You get this letter",
        "since": "01 Jan 2026",
        **ways,
        "confirm_url": links.confirm_url(ana),
        "not_me_url": links.not_me_url(ana),
        "reports": [{"reward": lamp.reward, "url": links.report_url(lamp.reward)}],
        "several": True,
        "issue": issue,
        "newsletter": lamp,
        "day": issue.sent_at,
        "site": SiteSettings.current(),
        "site_url": "https://paper.example",
        "subject": "A “subject” & more",
    }

    name = "newsletter/issue" if letter == "issue" else f"newsletter/letters/{letter}"
    tags = Tags(render_to_string(f"{name}.html", context))
    text = render_to_string(f"{name}.txt", context)

    assert (tags.wrong, tags.open, tags.relative) == ([], [], [])
    assert "A “subject” & more" in text or "&amp;" not in text


BLOCKS = [
    {"type": "text", "paragraphs": ["Good morning & <welcome>."]},
    {
        "type": "item",
        "lead": True,
        "kicker": "River & Land",
        "headline": "Homes above the shops",
        "text": "By one vote.",
        "url": "https://paper.example/2026/11/homes/",
        "call": "Read on",
        "picture": "https://paper.example/media/a.jpg",
        "picture_alt": "Shops",
    },
    {"type": "item", "headline": "No address", "text": "Just words."},
    {"type": "voice", "text": "Who reads the log?", "by": "Hanna", "on": "plates", "url": "", "call": ""},
    {"type": "text", "paragraphs": ["Bye."], "call": "See all", "url": "https://paper.example/"},
]
