"""A mail server that takes letters and keeps none: `python -m bench.sink PORT [RECORD [FAULTS]]`

RECORD is a file to which a line is added for each letter *before* it is answered: `kept ADDRESS MESSAGE-ID`, or
`dropped …` when the connection is closed after the final dot instead of an answer. FAULTS is JSON, the share of letters
to which each happens: `rcpt_450`, `rcpt_550`, `mail_421`, `dot_421`, `dot_450`, `slow` (with `seconds`),
`dropped_after_dot`; `no_pipelining` is the share of connections. No part of it is for real mail.
"""

import asyncio
import gc
import json
import random
import sys

GREETING = b"220 sink.example ESMTP\r\n"
OFFERS = b"250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n"
OK, GO = b"250 2.1.0 Ok\r\n", b"354 End data with <CR><LF>.<CR><LF>\r\n"


class Sink(asyncio.Protocol):
    """One connection. `record` is called with each line of the record."""

    def __init__(self, record, faults: dict[str, float], dice: random.Random) -> None:
        self.record, self.faults, self.dice = record, faults, dice
        self.heard = bytearray()
        self.is_inside = self.is_waiting = False
        self.recipient: bytes | None = None
        self.kept = 0

    def connection_made(self, transport) -> None:
        self.transport = transport
        transport.write(GREETING)

    def data_received(self, data: bytes) -> None:
        self.heard += data
        self.go_on()

    def go_on(self) -> None:
        answers = []
        while not self.is_waiting and not self.transport.is_closing():
            if self.is_inside:
                end = self.heard.find(b"\r\n.\r\n")
                if end < 0:
                    break
                letter = bytes(self.heard[:end])
                del self.heard[: end + 5]
                self.is_inside = False
                answers.append(self.dot(letter))
            else:
                end = self.heard.find(b"\r\n")
                if end < 0:
                    break
                line = bytes(self.heard[:end])
                del self.heard[: end + 2]
                answers.append(self.command(line))
        if answers and not self.transport.is_closing():
            self.transport.write(b"".join(answers))
            if any(answer.startswith(b"421") for answer in answers):
                self.transport.close()

    def command(self, line: bytes) -> bytes:
        match line[:4].upper():
            case b"MAIL":
                self.recipient = None
                return b"421 4.3.2 too busy\r\n" if self.happens("mail_421") else OK
            case b"RCPT":
                for code, words in ((450, b"4.2.1 try later"), (550, b"5.1.1 user unknown")):
                    if self.happens(f"rcpt_{code}"):
                        return b"%d %b\r\n" % (code, words)
                self.recipient = line[9:-1]
                return OK
            case b"DATA":
                self.is_inside = self.recipient is not None
                return GO if self.is_inside else b"554 5.5.1 no valid recipients\r\n"
            case b"EHLO":
                return OFFERS.replace(b"250-PIPELINING\r\n", b"") if self.happens("no_pipelining") else OFFERS
            case b"QUIT":
                self.transport.close()
                return b""
            case _:
                return OK

    def dot(self, letter: bytes) -> bytes:
        if self.faults:
            if self.happens("dot_450"):
                return b"450 4.3.0 try later\r\n"
            if self.happens("dot_421"):
                return b"421 4.3.2 going down\r\n"
            if self.happens("dropped_after_dot"):
                self.keep("dropped", letter)
                self.transport.abort()
                return b""
        self.keep("kept", letter)
        if self.happens("slow"):
            self.is_waiting = True
            asyncio.get_running_loop().call_later(self.faults.get("seconds", 0.1), self.wake)
            return b""
        self.kept += 1
        return b"250 2.0.0 Ok: queued as %X\r\n" % self.kept

    def wake(self) -> None:
        self.is_waiting = False
        if not self.transport.is_closing():
            self.transport.write(b"250 2.0.0 Ok: at last\r\n")
            self.go_on()

    def keep(self, what: str, letter: bytes) -> None:
        if self.record:
            at = letter.find(b"Message-ID: ") + 12
            self.record(b"%b %b %b\n" % (what.encode(), self.recipient, letter[at : letter.find(b"\r\n", at)]))

    def happens(self, fault: str) -> bool:
        return bool(self.faults) and self.dice.random() < self.faults.get(fault, 0)


async def serve(port: int, record: str, faults: dict[str, float]) -> None:
    file = await asyncio.to_thread(open, record, "ab", 0) if record else None
    dice = random.Random(port)
    make = lambda: Sink(file.write if file else None, faults, dice)  # noqa: E731
    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", port, backlog=200)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    gc.disable()
    port, record, faults = (*sys.argv[1:], "", "")[:3]
    asyncio.run(serve(int(port), record, json.loads(faults or "{}")))
