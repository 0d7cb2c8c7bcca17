"""The bytes of a letter: what mail programs will read in them."""

import email
import email.policy
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest

from newsletter.editions import Edition
from newsletter.models import Issue
from newsletter.printing import Letter, message_name, quoted_printable
from newsletter.splicing import MARKS, marks_of
from tests.newsletter.factories import make_issue

KEY = bytes(range(16))
SINCE = datetime(2026, 11, 4, 23, 30, tzinfo=UTC)


def printed(issue: Issue, edition: Edition, address: str = "ana@example.org", **how) -> email.message.EmailMessage:
    known = {"delivery_id": 7, "key": KEY, "confirmed_at": SINCE, "now": 1_800_000_000.0} | how
    letter = Letter(issue, edition).for_reader(address=address, **known)
    assert b"\r\n." not in letter
    assert all(len(line) <= 998 for line in letter.split(b"\r\n"))
    return email.message_from_bytes(letter, policy=email.policy.default)


def edition(**fields) -> Edition:
    known = {"subject": "A bridge", "html": f"<p>{MARKS.leave_token} {MARKS.since}</p>\n", "text": "Good.\n"}
    return Edition(**(known | {"sender_name": "The Lamp"} | fields))


def parts(letter) -> tuple[str, str]:
    bodies = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    return tuple(body.replace("\r\n", "\n").rstrip("\n") for body in bodies)


@pytest.fixture
def issue(lamp):
    return make_issue(lamp)


def test_it_says_all_that_a_letter_to_many_must_say(issue, lamp):
    letter = printed(issue, edition())

    leave = letter["List-Unsubscribe"]
    assert letter["To"] == "ana@example.org"
    assert letter["From"].addresses[0].display_name == "The Lamp"
    assert letter["Message-ID"].startswith(f"<{issue.pk}.7.")
    assert letter["Date"] == "Fri, 15 Jan 2027 08:00:00 +0000"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Archived-At"] == f"<https://paper.example{issue.get_absolute_url()}>"
    assert "/newsletter/leave/" in leave
    assert not any(mark in leave for mark in MARKS)
    assert letter["Bcc"] is None


def test_marks_are_those_of_the_reader_wherever_a_line_ends(issue):
    for width in range(90):
        text = "ü" * width + MARKS.leave_token + "." + MARKS.preferences_token + " ." * width

        plain, html = parts(printed(issue, edition(text=text)))

        mine = marks_of(KEY, issue.newsletter_id, SINCE)
        assert plain == text.replace(MARKS.leave_token, mine.leave_token).replace(
            MARKS.preferences_token, mine.preferences_token
        )
        assert "04 Nov 2026" in html


@pytest.mark.parametrize(
    "name",
    ["Lio", 'Lio "the" Lamp, Ltd.', "Grüße vom Rathaus", "日本語の新聞" * 8, "👩‍🚒 Wehr", "a\r\nBcc: b@c.example"],
)
def test_odd_names_arrive_as_they_are(issue, name):
    letter = printed(issue, edition(sender_name=name, subject=name))

    raw = dict(letter.raw_items())["From"]  # Python's newer parser leaves blanks between encoded words of a name
    assert parseaddr(str(make_header(decode_header(raw))))[0] == " ".join(name.split())
    assert letter["Subject"] == " ".join(name.split())
    assert letter["Bcc"] is None


@pytest.mark.parametrize(
    "text", ["", ".\n..\n", "From here\n", "a \n\t\nb\t\n", "=3D\n", "x" * 500 + "\n", "ä" * 300 + "\n", "\r\nx\r\n"]
)
def test_bodies_arrive_as_they_are(issue, text):
    plain, _ = parts(printed(issue, edition(text=text)))

    assert plain == text.replace("\r\n", "\n").rstrip("\n")


def test_lines_are_short_and_none_begins_like_a_dot_or_a_new_letter():
    lines = quoted_printable("." * 300 + "\nFrom x\n" + "F" * 300 + MARKS.leave_token).split("\n")

    assert all(len(line) <= 76 and not line.startswith((".", "From ")) for line in lines)


def test_a_message_is_named_alike_at_every_attempt_and_by_nobody_else(settings):
    name = message_name(1, 2)

    assert name == message_name(1, 2)
    assert name != message_name(1, 3)
    settings.HASH_KEY = "another" * 10
    assert name != message_name(1, 2)
