"""The SMTP client: it knows its phase, whatever the server does."""

import contextlib
import socket
import threading

import pytest

from newsletter.smtp import Envelope, Line, Lost, Phase, Refused, Server, Unsafe, stuffed

ONE, TWO = Envelope("b@paper.example", "ana@example.org"), Envelope("b@paper.example", "ben@example.org")
LETTER = b"Subject: x\r\n\r\nGood morning.\r\n"
PIPELINING = ("EHLO", "250-sink\r\n250-PIPELINING\r\n250 SMTPUTF8")
PLAIN = ("EHLO", "250 sink")
OPEN = [("MAIL", "250 ok"), ("RCPT", "250 ok"), ("DATA", "354 go")]


def send_one(line: Line, letter: bytes = LETTER):
    line.ask(ONE)
    line.wait_for_go()
    return line.deliver(letter)


@pytest.fixture
def serve():
    """A server that plays a part: pairs of what it must hear and what it says then. "." is a whole letter; None closes
    the connection. `heard` lists what came."""
    threads = []

    def begin(*part, greeting="220 sink"):
        listening = socket.create_server(("127.0.0.1", 0))
        heard = []

        def play():
            with contextlib.suppress(OSError), listening, listening.accept()[0] as line:
                line.settimeout(5)
                line.sendall(f"{greeting}\r\n".encode())
                file = line.makefile("rb")
                for expected, answer in part:
                    said = file.readline().decode().rstrip()
                    if expected == ".":
                        letter = [said]
                        while letter[-1] != ".":
                            letter.append(file.readline().decode().rstrip("\r\n"))
                        said = "\n".join(letter[:-1])
                    heard.append(said)
                    if answer is None or (expected != "." and not said.startswith(expected)):
                        line.shutdown(socket.SHUT_RDWR)
                        return
                    line.sendall(f"{answer}\r\n".encode())
                file.readline()

        threads.append(threading.Thread(target=play, daemon=True))
        threads[-1].start()
        return Server("127.0.0.1", listening.getsockname()[1]), heard

    yield begin
    for thread in threads:
        thread.join(5)


@pytest.mark.parametrize("hello", [PIPELINING, PLAIN])
def test_letters_follow_one_another_on_one_connection(serve, hello):
    server, heard = serve(hello, *OPEN, (".", "250 kept 1"), *OPEN, (".", "250 kept 2"))

    with Line.to(server) as line:
        line.ask(ONE)
        line.wait_for_go()
        first = line.deliver(LETTER, then=TWO)
        line.wait_for_go()
        second = line.deliver(LETTER)

    assert (first, second) == ((250, "kept 1"), (250, "kept 2"))
    assert heard[5:9] == ["MAIL FROM:<b@paper.example>", "RCPT TO:<ben@example.org>", "DATA", heard[4]]


@pytest.mark.parametrize("hello", [PIPELINING, PLAIN])
@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_connection_lost_before_the_letter_says_where(serve, hello, at):
    server, _ = serve(hello, *OPEN[:at], (OPEN[at][0], None))

    with Line.to(server) as line, pytest.raises(Lost) as lost:
        send_one(line)

    assert (lost.value.phase, lost.value.may_have_gone) == ((Phase.MAIL, Phase.RCPT, Phase.DATA)[at], False)


def test_a_connection_lost_after_the_dot_may_have_taken_the_letter_along(serve):
    server, _ = serve(PIPELINING, *OPEN, (".", None))

    with Line.to(server) as line, pytest.raises(Lost) as lost:
        send_one(line)

    assert (lost.value.phase, lost.value.may_have_gone) == (Phase.AFTER_DOT, True)


def test_what_the_kernel_did_not_take_cannot_have_gone(serve):
    server, _ = serve(PIPELINING, *OPEN, ("X", None))  # closes at the first line of the letter

    with Line.to(server) as line, pytest.raises(Lost) as lost:
        send_one(line, b"x" * 80 + b"\r\n" + b"y" * 50_000_000 + b"\r\n")

    assert (lost.value.phase, lost.value.may_have_gone) == (Phase.INSIDE, False)


@pytest.mark.parametrize(
    ("hello", "rest"),
    [
        (PLAIN, []),
        (PIPELINING, [("DATA", "554 no valid recipients")]),
        (PIPELINING, [("DATA", "354 go"), (".", "554 no valid recipients")]),
    ],
)
def test_after_a_refused_recipient_the_connection_serves_the_next(serve, hello, rest):
    refusal = [("MAIL", "250 ok"), ("RCPT", "550 5.1.1 unknown"), *rest, ("RSET", "250 ok")]
    server, _ = serve(hello, *refusal, *OPEN, (".", "250 kept"))

    with Line.to(server) as line:
        line.ask(ONE)
        with pytest.raises(Refused) as refused:
            line.wait_for_go()
        line.ask(TWO)
        line.wait_for_go()
        reply = line.deliver(LETTER)

    assert (refused.value.phase, refused.value.reply) == (Phase.RCPT, (550, "5.1.1 unknown"))
    assert reply == (250, "kept")


def test_a_refusal_after_the_dot_is_no_loss_and_the_next_was_asked_about_already(serve):
    server, _ = serve(PIPELINING, *OPEN, (".", "450 later"), *OPEN, (".", "250 kept"))

    with Line.to(server) as line:
        line.ask(ONE)
        line.wait_for_go()
        with pytest.raises(Refused) as refused:
            line.deliver(LETTER, then=TWO)
        line.wait_for_go()
        reply = line.deliver(LETTER)

    assert (refused.value.phase, refused.value.reply.code, reply.code) == (Phase.AFTER_DOT, 450, 250)


def test_421_ends_the_connection(serve):
    server, _ = serve(PLAIN, ("MAIL", "421 too busy"))

    with Line.to(server) as line:
        line.ask(ONE)
        with pytest.raises(Refused, match="421 too busy"):
            line.wait_for_go()

        assert not line.is_open


def test_a_server_that_greets_with_554_is_heard(serve):
    server, _ = serve(greeting="554 go away")

    with pytest.raises(Refused, match="554 go away"):
        Line.to(server)


def test_nobody_there_is_said_plainly():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(Lost, match="cannot be reached"):
        Line.to(Server("127.0.0.1", port))


@pytest.mark.parametrize(
    "part",
    [
        [("EHLO", "250-sink\r\n250 AUTH PLAIN LOGIN"), ("AUTH PLAIN AGxpbwBzZWNyZXQ=", "235 ok")],
        [("EHLO", "250-sink\r\n250 AUTH LOGIN"), ("AUTH LOGIN", "334 x"), ("bGlv", "334 x"), ("c2VjcmV0", "235 ok")],
    ],
)
def test_it_signs_in(serve, part):
    server, heard = serve(*part)

    with Line.to(Server(server.host, server.port, "", "lio", "secret")) as line:
        assert line.is_idle

    assert [said.split(" ")[0] for said in heard] == [expected.split(" ")[0] for expected, _ in part]


def test_a_wrong_password_is_the_servers_words(serve):
    server, _ = serve(("EHLO", "250-sink\r\n250 AUTH PLAIN"), ("AUTH", "535 5.7.8 wrong"))

    with pytest.raises(Refused, match=r"535 5\.7\.8 wrong"):
        Line.to(Server(server.host, server.port, "", "lio", "secret"))


def test_without_starttls_nothing_is_said_in_the_clear(serve):
    server, heard = serve(PLAIN)

    with pytest.raises(Unsafe, match="no STARTTLS"):
        Line.to(Server(server.host, server.port, "starttls", "lio", "secret"))

    assert [said.split(" ")[0] for said in heard] == ["EHLO"]


def test_what_is_said_before_the_encryption_begins_is_not_believed(serve):
    server, _ = serve(("EHLO", "250-sink\r\n250 STARTTLS"), ("STARTTLS", "220 go\r\n250 injected"))

    with pytest.raises(Lost, match="before the connection was encrypted"):
        Line.to(Server(server.host, server.port, "starttls"))


def test_addresses_beyond_ascii_are_told_to_servers_that_take_them(serve):
    server, heard = serve(PIPELINING, *OPEN, (".", "250 kept"))

    with Line.to(server) as line:
        line.ask(Envelope("b@paper.example", "jürgen@example.org"))
        line.wait_for_go()
        line.deliver(LETTER)
        assert line.takes("jürgen@example.org")

    assert heard[1:3] == ["MAIL FROM:<b@paper.example> SMTPUTF8 BODY=8BITMIME", "RCPT TO:<jürgen@example.org>"]


def test_dots_are_doubled_and_lines_end_with_crlf():
    assert stuffed(b"a\n.b\r\n..\n.") == b"a\r\n..b\r\n...\r\n..\r\n"
