"""From an edition to the bytes of a letter: headers, both parts, and gaps for what differs by reader.

Everything is encoded once. Quoted-printable is written by hand here, for it must not split a mark, and no line may
begin with a dot: what is spliced in later has the length of its mark, so neither can change.
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime, quote
from typing import Protocol
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings

from civic.lib.mail import in_ascii
from civic.lib.site import SiteSettings
from newsletter import dkim, links
from newsletter.models import Issue, Subscriber
from newsletter.smtp import stuffed
from newsletter.splicing import MARKS, Spliced, marks_of

LINE = 76  # characters, RFC 2045 6.7
# Headers that are another for each letter. Like MARKS, but of any length, for headers are not folded there.
_SLOTS = {name: f"{mark}{name}" for name, mark in zip(("to", "name", "date"), MARKS, strict=True)}
_GAPS = _SLOTS | MARKS._asdict()  # slots first: each begins as a mark does


class Edition(Protocol):
    """What `newsletter.editions.edition_of` returns: subject and two complete documents, with MARKS in them."""

    subject: str
    html: str
    text: str
    sender_name: str


class Letter:
    """An edition of an issue, ready to be filled. `zone` is that of the site."""

    def __init__(self, issue: Issue, edition: Edition) -> None:
        site = SiteSettings.current()
        self.issue_id, self.newsletter_id, self.zone = issue.pk, issue.newsletter_id, ZoneInfo(site.zone)
        sender = in_ascii(site.sender or settings.DEFAULT_FROM_EMAIL)
        self._domain = sender.rpartition("@")[2]
        head = [("From", _mailbox(edition.sender_name or site.name, sender)), ("To", _SLOTS["to"])]
        head += [("Subject", _folded("Subject", edition.subject)), ("Date", _SLOTS["date"])]
        head += [("Message-ID", f"<{_SLOTS['name']}@{self._domain}>"), ("MIME-Version", "1.0")]
        head += [(name, _folded(name, value)) for name, value in _list_headers(issue).items()]
        head += [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "OOF, AutoReply")]
        whole = _with_parts(head, _boundary(issue, edition), [("plain", edition.text), ("html", edition.html)])
        self._spliced = Spliced(stuffed(whole), _GAPS)
        self._second, self._date = 0.0, b""
        self._signer = dkim.signer()

    def for_reader(self, *, delivery_id: int, address: str, key: bytes, confirmed_at: datetime, now: float) -> bytes:
        """The bytes for one reader; `address` as it stands on the wire, `now` in seconds since 1970."""
        if now - self._second >= 1:
            self._second, self._date = now, format_datetime(datetime.fromtimestamp(now, UTC)).encode()
        marks = marks_of(key, self.newsletter_id, confirmed_at.astimezone(self.zone))
        values = {name: mark.encode() for name, mark in marks._asdict().items()}
        name = message_name(self.issue_id, delivery_id)
        letter = self._spliced.fill(values | {"to": address.encode(), "name": name.encode(), "date": self._date})
        return self._signer.signed(letter) if self._signer else letter

    def message_id(self, delivery_id: int) -> str:
        return f"<{message_name(self.issue_id, delivery_id)}@{self._domain}>"


def message_name(issue_id: int, delivery_id: int) -> str:
    """What stands before the @ of a Message-ID. The same at every attempt, so that a mail server's log can be asked;
    and nobody else can know it, so that a bounce which quotes it is about a letter of ours."""
    said = f"{issue_id}.{delivery_id}"
    check = hmac.digest(settings.HASH_KEY.encode(), f"newsletter.message\0{said}".encode(), hashlib.sha256)
    return f"{said}.{check.hex()[:16]}"


def _list_headers(issue: Issue) -> dict[str, str]:
    """Those of `links.list_headers`, with marks in place of the tokens of a reader who does not exist."""
    nobody = Subscriber(key=bytes(16), email=f"nobody@{urlsplit(settings.SITE_URL).hostname}")
    tokens = {
        links.leave_token(bytes(16), issue.newsletter_id): MARKS.leave_token,
        links.preferences_token(bytes(16)): MARKS.preferences_token,
    }
    on_the_web = settings.SITE_URL + issue.get_absolute_url() if issue.slot else ""
    headers = links.list_headers(nobody, [issue.newsletter], archived_at=on_the_web)
    for token, mark in tokens.items():
        headers = {name: value.replace(token, mark) for name, value in headers.items()}
    return headers


def _mailbox(name: str, address: str) -> str:
    """ "Lio at the Lamp" <paper@…>; other alphabets as encoded words."""
    name = " ".join(name.split())
    shown = f'"{quote(name)}"' if name.isascii() else Header(name, "utf-8", header_name="From").encode()
    return f"{shown} <{address}>"


def _folded(header: str, value: str) -> str:
    """One line where it is ASCII, encoded words else. A line break in a headline must not become a header."""
    value = " ".join(value.split())
    return value if value.isascii() else Header(value, "utf-8", header_name=header).encode()


def _boundary(issue: Issue, edition: Edition) -> str:
    digest = hashlib.sha256(f"{issue.pk}\0{edition.text}\0{edition.html}".encode()).hexdigest()
    return f"=_{digest[:32]}"  # quoted-printable never writes =_


def _with_parts(head: list[tuple[str, str]], boundary: str, parts: list[tuple[str, str]]) -> bytes:
    head = [*head, ("Content-Type", f'multipart/alternative; boundary="{boundary}"')]
    lines = [f"{name}: {value}" for name, value in head]
    for kind, text in parts:
        lines += ["", f"--{boundary}", f"Content-Type: text/{kind}; charset=utf-8{_HOW.get(kind, '')}"]
        lines += ["Content-Transfer-Encoding: quoted-printable", "", quoted_printable(text)]
    return "\n".join([*lines, f"--{boundary}--", ""]).encode()


def quoted_printable(text: str) -> str:
    """RFC 2045 6.7, with every mark whole on its line, and no line that begins with a dot or `From `."""
    return "\n".join(_broken(_atoms(line)) for line in re.split(r"\r\n|\r|\n", text))


_HOW = {"plain": "; format=flowed"}  # see `newsletter.editions.flowed`
_MARK = re.compile("(" + "|".join(MARKS) + ")")
_PLAIN = {byte: chr(byte) if 32 <= byte <= 126 and byte != 61 else f"={byte:02X}" for byte in range(256)}
_PLAIN[9] = "\t"


def _atoms(line: str) -> list[str]:
    """What must not be split: marks, and single bytes as they are written."""
    atoms: list[str] = []
    for at, piece in enumerate(_MARK.split(line)):
        atoms += [piece] if at % 2 else [_PLAIN[byte] for byte in piece.encode()]
    if atoms and atoms[-1] in (" ", "\t"):
        atoms[-1] = f"={ord(atoms[-1]):02X}"
    return atoms


def _broken(atoms: list[str]) -> str:
    lines, line, length = [], [], 0
    for atom in atoms:
        if length + len(atom) > LINE - 1:
            lines.append("".join(line) + "=")
            line, length = [], 0
        if not line and atom in (".", "F"):
            atom = f"={ord(atom):02X}"
        line.append(atom)
        length += len(atom)
    return "\n".join([*lines, "".join(line)])
