"""Letters over real encrypted connections; and what is said where none can be had. Nothing leaves in the clear."""

import base64
import contextlib
import email
import re
import socket
import ssl
import threading

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from django.core.management import call_command
from django.utils.html import escape

from accounts.roles import Role
from newsletter import lines, sending, smtp
from newsletter.models import Issue, counts_of
from tests.factories import make_member
from tests.newsletter.certificates import HOST, Authority
from tests.newsletter.factories import make_issue, make_subscriber

USER, PASSWORD = "letters@paper.example", "only-for-the-mail-server"
SECRETS = [PASSWORD, base64.b64encode(PASSWORD.encode()).decode()]
SECRETS += [base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()).decode()]
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # of aiosmtpd, about itself
PRIVATE = [*SECRETS, "reader0@d.example", "Good morning"]  # what nobody on the way may read


class Mailbox:
    """Keeps what it is given, and how it came: encrypted, and after whose password."""

    def __init__(self) -> None:
        self.letters = []

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        is_encrypted = server.transport.get_extra_info("ssl_object") is not None
        self.letters.append(
            (envelope.rcpt_tos, is_encrypted, session.auth_data, email.message_from_bytes(envelope.content))
        )
        return "250 kept"


class Tap:
    """A wire with somebody who listens: `heard` is what went to the server, as it went."""

    def __init__(self, port: int) -> None:
        self.heard = b""
        self.target = port
        self.listening = socket.create_server((HOST, 0))
        self.port = self.listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near = self.listening.accept()[0]
                far = socket.create_connection((HOST, self.target))
                threading.Thread(target=self._pass_on, args=[near, far, True], daemon=True).start()
                threading.Thread(target=self._pass_on, args=[far, near, False], daemon=True).start()

    def _pass_on(self, source: socket.socket, to: socket.socket, is_ours: bool) -> None:
        with contextlib.suppress(OSError):
            while said := source.recv(65536):
                if is_ours:
                    self.heard += said
                to.sendall(said)
        for end in (source, to):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.listening.close()

    def commands(self) -> list[str]:
        """The words that begin what was said in the clear."""
        return [line.split()[0].decode("ascii", "replace") for line in self.heard.splitlines() if line.strip()]


def check_password(server, session, envelope, mechanism, given) -> AuthResult:
    is_right = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=is_right, handled=is_right or None, auth_data=USER if is_right else None)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def trusting(authority, monkeypatch):
    """The machine trusts the authority, by the variable that operators have for their own."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    smtp._usual_context.cache_clear()
    yield authority
    smtp._usual_context.cache_clear()


@pytest.fixture
def serve(settings):
    """Starts aiosmtpd and sets the site to it by way of a tap; returns the mailbox and the tap."""
    running = []

    def start(security: str, *, user: str = USER, password: str = PASSWORD, **how):
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port = probe.getsockname()[1]
        mailbox = Mailbox()
        controller = Controller(mailbox, hostname=HOST, port=port, **how)
        controller.start()
        running.append(controller)
        tap = Tap(port)
        running.append(tap)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, tap.port
        settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = security == "starttls", security == "tls"
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = user, password
        return mailbox, tap

    yield start
    while found := lines._last():
        found[1].close()
    for one in running:
        one.stop() if isinstance(one, Controller) else one.close()


@pytest.fixture
def issue(lamp):
    """Three readers wait for it."""
    issue = make_issue(lamp, sent_at=None)
    for at in range(3):
        make_subscriber(lamp, email=f"reader{at}@d.example")
    Issue.objects.filter(pk=issue.pk).update(state=Issue.State.SCHEDULED)
    sending.start(issue)
    return issue


def work(issue: Issue) -> None:
    sending.Sender(Issue.objects.get(pk=issue.pk)).work(20)
    issue.refresh_from_db()


def with_password(**how):
    return {"authenticator": check_password, "auth_required": True, **how}


def starttls(context: ssl.SSLContext):
    return with_password(tls_context=context, require_starttls=True)


def is_secret(tap: Tap) -> bool:
    return not any(word.encode() in tap.heard for word in PRIVATE)


def test_letters_go_encrypted_after_starttls_and_the_password(issue, serve, trusting):
    mailbox, tap = serve("starttls", **starttls(trusting.serve()))

    work(issue)

    assert (issue.state, counts_of(issue)) == ("done", {"sent": 3})
    assert [(to, encrypted, user) for to, encrypted, user, _ in mailbox.letters] == [
        ([f"reader{at}@d.example"], True, USER) for at in range(3)
    ]
    assert all("Good morning" in str(letter) for *_, letter in mailbox.letters)
    assert tap.commands()[:2] == ["EHLO", "STARTTLS"]
    assert is_secret(tap)


def test_letters_go_over_a_connection_that_is_encrypted_from_the_first_byte(issue, serve, trusting):
    mailbox, tap = serve("tls", **with_password(ssl_context=trusting.serve(), auth_require_tls=False))

    work(issue)

    assert (issue.state, counts_of(issue)) == ("done", {"sent": 3})
    assert [(encrypted, user) for _, encrypted, user, _ in mailbox.letters] == [(True, USER)] * 3
    assert tap.heard.startswith(b"\x16\x03")  # a TLS handshake, and no word before it
    assert is_secret(tap)


def test_an_encrypted_connection_is_used_again_by_the_next_job(issue, serve, trusting):
    serve("starttls", **starttls(trusting.serve()))

    work(issue)
    line = lines.take()

    assert line.delivered == 3
    assert line.is_alive()
    lines.give_back(line)


# --- no encrypted connection, no letter -----------------------------------------------------------


def nothing_left(issue: Issue, mailbox: Mailbox, tap: Tap) -> None:
    assert mailbox.letters == []
    assert counts_of(issue) == {"queued": 3}
    assert is_secret(tap)


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(
    ("name", "days", "words"),
    [
        ("mail.elsewhere.example", 1, "not valid for '127.0.0.1'"),
        (HOST, -1, "certificate has expired"),
    ],
)
def test_a_certificate_that_does_not_fit_pauses_at_once(issue, serve, trusting, security, name, days, words):
    context = trusting.serve(name, days=days)
    how = starttls(context) if security == "starttls" else with_password(ssl_context=context, auth_require_tls=False)
    mailbox, tap = serve(security, **how)

    work(issue)

    assert issue.state == "paused"
    assert words in issue.pause_reason
    assert "_ssl.c" not in issue.pause_reason
    nothing_left(issue, mailbox, tap)


def test_a_certificate_by_nobody_known_pauses_at_once_and_says_what_helps(issue, serve, authority):
    mailbox, tap = serve("starttls", **starttls(authority.serve()))

    work(issue)

    assert issue.state == "paused"
    assert "SSL_CERT_FILE" in issue.pause_reason
    nothing_left(issue, mailbox, tap)


def test_a_server_without_starttls_gets_nothing(issue, serve):
    mailbox, tap = serve("starttls", **with_password(auth_require_tls=False))

    work(issue)

    assert issue.state == "paused"
    assert "no STARTTLS" in issue.pause_reason
    assert tap.commands() == ["EHLO"]
    nothing_left(issue, mailbox, tap)


def test_a_server_that_speaks_no_tls_on_this_port_is_named(issue, serve):
    mailbox, tap = serve("tls", **with_password(auth_require_tls=False))

    work(issue)

    assert issue.state == "paused"
    assert "does not begin with TLS" in issue.pause_reason
    nothing_left(issue, mailbox, tap)


def test_a_server_that_wants_encryption_where_we_were_told_to_have_none_is_heard(issue, serve, trusting):
    mailbox, _ = serve("", user="", tls_context=trusting.serve(), require_starttls=True)

    work(issue)

    assert issue.state == "paused"
    assert "Must issue a STARTTLS command first" in issue.pause_reason
    assert mailbox.letters == []
    assert counts_of(issue) == {"queued": 3}


# --- the password -------------------------------------------------------------------------------------


def test_a_wrong_password_pauses_with_the_servers_words(issue, serve, trusting, client_of, caplog):
    call_command("setup")
    editor = client_of(make_member(role=Role.NEWSLETTER_EDITOR))
    mailbox, tap = serve("starttls", password=PASSWORD + "x", **starttls(trusting.serve()))

    work(issue)

    page = editor.get(f"/newsroom/sending/{issue.pk}/").content.decode()
    assert issue.state == "paused"
    assert "535 5.7.8 Authentication credentials invalid" in issue.pause_reason
    assert escape(issue.pause_reason) in page
    assert not any(secret in said for secret in SECRETS for said in (page, caplog.text, issue.pause_reason))
    nothing_left(issue, mailbox, tap)


@pytest.mark.parametrize("way", ["PLAIN", "LOGIN"])
def test_a_server_that_repeats_the_password_does_not_bring_it_onto_the_page(issue, serve, caplog, settings, way):
    with socket.create_server((HOST, 0)) as listening:
        threading.Thread(target=repeat_what_is_said, args=[listening, way], daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = listening.getsockname()
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = USER, PASSWORD

        work(issue)

    assert issue.state == "paused"
    assert re.search(r"535 5\.7\.8 wrong: … in plain …", issue.pause_reason)
    assert not any(secret in said for secret in SECRETS for said in (caplog.text, issue.pause_reason))


def repeat_what_is_said(listening: socket.socket, way: str) -> None:
    line, _ = listening.accept()
    with contextlib.suppress(OSError), line, line.makefile("rb") as said:
        line.sendall(b"220 sink\r\n")
        said.readline()
        line.sendall(f"250-sink\r\n250 AUTH {way}\r\n".encode())
        word = said.readline().split()[-1]
        if way == "LOGIN":
            for _ in range(2):
                line.sendall(b"334 go on\r\n")
                word = said.readline().strip()
        plain = base64.b64decode(word).split(b"\0")[-1]
        line.sendall(b"535 5.7.8 wrong: " + word + b" in plain " + plain + b"\r\n")
        said.readline()


def test_a_server_that_asks_for_no_password_after_the_encryption_is_named(issue, serve, trusting):
    mailbox, tap = serve("starttls", tls_context=trusting.serve(), auth_exclude_mechanism=["PLAIN", "LOGIN"])

    work(issue)

    assert issue.state == "paused"
    assert "offers neither PLAIN nor LOGIN" in issue.pause_reason
    nothing_left(issue, mailbox, tap)


def test_a_password_is_in_no_trace_of_an_error():
    server = smtp.Server(HOST, 25, "starttls", USER, PASSWORD)

    assert PASSWORD not in repr(server)
