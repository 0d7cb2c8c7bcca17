"""An SMTP client for many letters that always knows how far it is.

`smtplib` raises the same error whether a connection was lost before the final dot or after it. For us that is the whole
question: before, the letter surely did not go; after, nobody can know (RFC 1047). So every error here says its phase.

    with Line.to(Server.of_settings()) as line:
        line.ask(envelope)               MAIL, RCPT, DATA; in one packet where the server takes that (RFC 2920)
        line.wait_for_go()               until it says 354
        reply = line.deliver(payload, then=next_envelope)      the letter, and in the same packet the next question
"""

import base64
import contextlib
import functools
import socket
import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from django.conf import settings
from django.core.mail.utils import DNS_NAME

# Seconds. RFC 5321 4.5.3.2 asks for more in places; a job that waits longer than this is ended anyway.
CONNECT_SECONDS, ANSWER_SECONDS, AFTER_DOT_SECONDS = 20, 60, 300
LONGEST_REPLY = 64 * 1024


class Phase(StrEnum):
    """How far a connection is, named by what was said last."""

    CONNECTED = "connected"
    GREETED = "greeted"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    INSIDE = "inside"
    AFTER_DOT = "after the dot"


class Reply(NamedTuple):
    code: int
    text: str


class Refused(Exception):
    """The server answered with 4xx or 5xx. The letter did not go."""

    def __init__(self, phase: Phase, reply: Reply) -> None:
        super().__init__(f"{reply.code} {reply.text}")
        self.phase, self.reply = phase, reply


class Lost(Exception):
    """The connection broke, was closed, or nobody answered in time."""

    def __init__(self, phase: Phase, why: str) -> None:
        super().__init__(why)
        self.phase = phase

    @property
    def may_have_gone(self) -> bool:
        return self.phase == Phase.AFTER_DOT


class Unsafe(Exception):
    """No encrypted connection can be had, and somebody has to look why. Neither password nor letter was told."""


class Envelope(NamedTuple):
    """Both addresses as they stand on the wire: domains in ASCII."""

    sender: str
    recipient: str


@dataclass(frozen=True)
class Server:
    """Where letters are handed in. `security` is "", "starttls" or "tls"."""

    host: str
    port: int
    security: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    context: ssl.SSLContext | None = field(default=None, repr=False)

    @classmethod
    def of_settings(cls) -> "Server":
        security = "tls" if settings.EMAIL_USE_SSL else "starttls" if settings.EMAIL_USE_TLS else ""
        user, password = settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD
        return cls(settings.EMAIL_HOST, settings.EMAIL_PORT, security, user, password)


class Line:
    """One connection to a mail server. Not for several threads."""

    def __init__(self, connected: socket.socket, server: Server) -> None:
        self.socket, self.server = connected, server
        self.phase = Phase.CONNECTED
        self.offers: dict[str, str] = {}
        self.is_open = True
        self.delivered = 0
        self._heard = bytearray()
        self.asked: Envelope | None = None
        self._is_sent = False

    @classmethod
    def to(cls, server: Server) -> "Line":
        """A connection that is ready for letters. Raises `Lost`, `Unsafe`, or `Refused` with the server's words."""
        try:
            connected = socket.create_connection((server.host, server.port), timeout=CONNECT_SECONDS)
        except OSError as error:
            raise Lost(Phase.CONNECTED, f"{server.host}:{server.port} cannot be reached: {error}") from error
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line = cls(connected, server)
        try:
            line._greet()
        except (Lost, Refused, Unsafe):
            line.close()
            raise
        return line

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    # --- letters ----------------------------------------------------------------------------------

    def ask(self, envelope: Envelope) -> None:
        """Says who writes to whom, without waiting for the answer where the server allows that."""
        self.asked, self._is_sent = envelope, "PIPELINING" in self.offers
        if self._is_sent:
            self.phase = Phase.MAIL
            self._send(self._questions(envelope))

    def wait_for_go(self) -> None:
        """Until the server wants to hear the letter that was asked about. Raises `Refused` or `Lost`.

        After `Refused` the connection serves further letters, unless `is_open` is False.
        """
        envelope, self.asked = self.asked, None
        answers = self._answers_at_once() if self._is_sent else self._answers_one_by_one(envelope)
        for phase, reply, expected in answers:
            if reply.code // 100 != expected:
                self._undo(phase, answers)
                raise Refused(phase, reply)
        self.phase = Phase.DATA

    def deliver(self, payload: bytes, then: Envelope | None = None) -> Reply:
        """The letter with all lines ended by CRLF and dots doubled, and its final dot.

        With `then`, asks about the next letter in the same packet where the server takes that; `wait_for_go` hears the
        answer. Raises `Refused`, or `Lost`; its `may_have_gone` says whether the server may have the letter.
        """
        self.asked, self._is_sent = then, bool(then) and "PIPELINING" in self.offers
        questions = self._questions(then) if self._is_sent else b""
        self.phase = Phase.INSIDE
        self._send(payload + b".\r\n" + questions, dot_at=len(payload) + 3)
        self.phase = Phase.AFTER_DOT
        reply = self._hear(AFTER_DOT_SECONDS)
        self.phase = Phase.GREETED
        if reply.code // 100 != 2:
            raise Refused(Phase.AFTER_DOT, reply)
        self.delivered += 1
        return reply

    @property
    def is_idle(self) -> bool:
        """Open, and between two letters."""
        return self.is_open and self.phase == Phase.GREETED and self.asked is None

    def is_alive(self) -> bool:
        """Whether it still answers, after it has been idle. Never raises."""
        try:
            return self.is_open and self._say("NOOP", seconds=5).code == 250
        except (Lost, Refused):
            return False

    def close(self) -> None:
        if self.is_idle:
            with contextlib.suppress(OSError):
                self.socket.send(b"QUIT\r\n")
        self.is_open = False
        with contextlib.suppress(OSError):
            self.socket.close()

    def takes(self, address: str) -> bool:
        """Whether an address with letters beyond ASCII before the @ can be told to this server (RFC 6531)."""
        return address.isascii() or "SMTPUTF8" in self.offers

    def _questions(self, envelope: Envelope) -> bytes:
        return b"".join(self._three(envelope))

    def _three(self, envelope: Envelope) -> tuple[bytes, bytes, bytes]:
        is_odd = not (envelope.sender.isascii() and envelope.recipient.isascii())
        more = " SMTPUTF8 BODY=8BITMIME" if is_odd else ""
        mail, rcpt = f"MAIL FROM:<{envelope.sender}>{more}\r\n", f"RCPT TO:<{envelope.recipient}>\r\n"
        return mail.encode(), rcpt.encode(), b"DATA\r\n"

    def _answers_at_once(self):
        for phase, expected in _EXPECTED:
            self.phase = phase
            yield phase, self._hear(ANSWER_SECONDS), expected

    def _answers_one_by_one(self, envelope: Envelope):
        for command, (phase, expected) in zip(self._three(envelope), _EXPECTED, strict=True):
            self.phase = phase
            self._send(command)
            yield phase, self._hear(ANSWER_SECONDS), expected

    def _undo(self, phase: Phase, answers) -> None:
        """Makes the connection fit for the next letter, after one was refused."""
        try:
            if self._is_sent and self.is_open:
                rest = [reply for _, reply, _ in answers]
                if rest and rest[-1].code == 354:  # it has no recipient and wants the letter all the same
                    self._send(b".\r\n")
                    self._hear(ANSWER_SECONDS)
            answers.close()
            self._is_sent = False
            if self.is_open:
                self.phase = Phase.GREETED
                self._say("RSET")
        except (Lost, Refused):
            self.close()

    # --- beginning --------------------------------------------------------------------------------

    def _greet(self) -> None:
        if self.server.security == "tls":
            self._encrypt()
        self._expect(self._hear(ANSWER_SECONDS))
        self._hello()
        if self.server.security == "starttls":
            self._start_tls()
            self._hello()
        if self.server.user:
            self._sign_in()
        self.phase = Phase.GREETED

    def _hello(self) -> None:
        name = DNS_NAME.get_fqdn()
        reply = self._say(f"EHLO {name}")
        if reply.code // 100 == 5:
            reply = self._say(f"HELO {name}")
        self._expect(reply)
        words = (line.partition(" ") for line in reply.text.split("\n")[1:])
        self.offers = {word.upper(): rest.upper() for word, _, rest in words}

    def _start_tls(self) -> None:
        if "STARTTLS" not in self.offers:
            raise Unsafe(
                f"{self.server.host} offers no STARTTLS. Where the way there is safe, ?tls=0 in EMAIL_URL does without"
            )
        self._expect(self._say("STARTTLS"))
        if self._heard:  # said before the encryption: somebody in between put it there (CVE-2011-0411)
            raise Lost(self.phase, "the server went on talking before the connection was encrypted")
        self._encrypt()

    def _encrypt(self) -> None:
        context = self.server.context or _usual_context()
        try:
            self.socket = context.wrap_socket(self.socket, server_hostname=self.server.host)
        except ssl.SSLCertVerificationError as error:
            hint = "; SSL_CERT_FILE may name an authority of your own" if error.verify_code in _BY_NOBODY_KNOWN else ""
            raise Unsafe(
                f"the certificate of {self.server.host} was not accepted: {error.verify_message}{hint}"
            ) from error
        except OSError as error:
            if getattr(error, "reason", "") == "WRONG_VERSION_NUMBER":
                place = f"{self.server.host}:{self.server.port}"
                raise Unsafe(f"{place} does not begin with TLS; smtp:// in EMAIL_URL begins with STARTTLS") from error
            raise Lost(self.phase, f"no encrypted connection: {error}") from error

    def _sign_in(self) -> None:
        ways = self.offers.get("AUTH", "").split()
        name, password = self.server.user.encode(), self.server.password.encode()
        plain, words = _base64(b"\0" + name + b"\0" + password), [_base64(name), _base64(password)]
        if "PLAIN" in ways:
            reply = self._say(f"AUTH PLAIN {plain}")
        elif "LOGIN" in ways:
            reply = self._say("AUTH LOGIN")
            for word in words:
                if reply.code == 334:
                    reply = self._say(word)
        else:
            reply = Reply(535, f"the mail server offers neither PLAIN nor LOGIN, but: {' '.join(ways) or 'nothing'}")
        text = reply.text
        for said in (plain, *words, self.server.password):  # some repeat what they were told, and editors read it
            text = text.replace(said, "…") if said else text
        self._expect(Reply(reply.code, text))

    def _expect(self, reply: Reply) -> None:
        if reply.code // 100 != 2:
            raise Refused(self.phase, reply)

    # --- bytes ------------------------------------------------------------------------------------

    def _say(self, command: str, seconds: float = ANSWER_SECONDS) -> Reply:
        self._send(command.encode() + b"\r\n")
        return self._hear(seconds)

    def _send(self, what: bytes, dot_at: int | None = None) -> None:
        """All of it. What the kernel has not taken, the server cannot have: so we know on which side of the dot we
        were when it failed."""
        taken, rest = 0, memoryview(what)
        try:
            self.socket.settimeout(ANSWER_SECONDS)
            while taken < len(what):
                taken += self.socket.send(rest[taken:])
        except OSError as error:
            if dot_at is not None and taken >= dot_at:
                self.phase = Phase.AFTER_DOT
            self._lose(f"sending failed: {error}", error)

    def _hear(self, seconds: float) -> Reply:
        lines = []
        while True:
            line = self._line(seconds)
            lines.append(line[4:])
            if line[3:4] != "-":
                break
        if not line[:3].isdecimal():
            self._lose(f"this is not SMTP: {line[:80]}")
        reply = Reply(int(line[:3]), "\n".join(lines))
        if reply.code == 421:
            self.is_open = False
        return reply

    def _line(self, seconds: float) -> str:
        while (end := self._heard.find(b"\n")) < 0:
            try:
                self.socket.settimeout(seconds)
                more = self.socket.recv(4096)
            except OSError as error:
                self._lose(f"no answer: {error}", error)
            if not more or len(self._heard) > LONGEST_REPLY:
                self._lose("the server closed the connection" if not more else "an endless answer")
            self._heard += more
        line = bytes(self._heard[:end]).rstrip(b"\r")
        del self._heard[: end + 1]
        return line.decode("utf-8", "replace")

    def _lose(self, why: str, error: OSError | None = None) -> None:
        phase = self.phase
        self.phase = Phase.CONNECTED
        self.close()
        raise Lost(phase, why) from error


_EXPECTED = ((Phase.MAIL, 2), (Phase.RCPT, 2), (Phase.DATA, 3))


def stuffed(letter: bytes) -> bytes:
    """A letter as `deliver` takes it: every line ends with CRLF, and one that begins with a dot begins with two."""
    lines = letter.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
    return b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines)


@functools.cache
def _usual_context() -> ssl.SSLContext:
    """Certificates are checked, names too: what we hand in are addresses of people."""
    return ssl.create_default_context()


# Of OpenSSL: signed by itself, or by an authority that this machine does not know.
_BY_NOBODY_KNOWN = {18, 19, 20, 21}


def _base64(word: bytes) -> str:
    return base64.b64encode(word).decode()
