"""A reader who costs little: a few connections that are kept open, plain sockets, one process of its own.

Spoken to in lines of JSON. `{"lanes": [[request, …], …], "times": n}` sends `n` requests in all, `"seconds": s` as many
as fit, `"once": true` those of each lane once. A lane is one connection that sends its requests in turn, over and over;
a request is `[method, path, headers, body]`. Answers one line: see `Result`.
"""

import gzip
import json
import re
import selectors
import socket
import sys
import time
from dataclasses import asdict, dataclass, field

ALWAYS = {"Accept-Encoding": "gzip, br", "User-Agent": "Mozilla/5.0 (bench) Firefox/140.0", "Accept": "text/html"}


@dataclass
class Result:
    """`took` in milliseconds, one for each answer; `size` and `headers` are those of the last one, and so is `text`, if
    that was asked for."""

    took: list[float] = field(default_factory=list)
    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    size: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    broken: int = 0
    text: str = ""


class Lane:
    """One connection and what it sends."""

    def __init__(self, address: tuple[str, int], requests: list, process: int = 0) -> None:
        self.address = address
        self.host = f"localhost:{address[1]}"
        self.requests = [self.bytes_of(*request) for request in requests]
        self.sent = 0
        self.process = process
        self.socket = connected(address, process)
        self.buffer = b""
        self.wanted = -1
        self.began = 0.0

    def bytes_of(self, method: str, path: str, headers: dict, body: str) -> bytes:
        content = body.encode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}"]
        lines += [f"{name}: {value}" for name, value in {**ALWAYS, **headers}.items()]
        if content:
            lines.append(f"Content-Length: {len(content)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + content

    def send(self) -> None:
        self.buffer, self.wanted = b"", -1
        request = self.requests[self.sent % len(self.requests)]
        self.sent += 1
        self.began = time.perf_counter()
        self.socket.sendall(request)

    def read(self) -> bool:
        """Take in what has come; whether the answer is whole. Raises `ConnectionError` when it never will be."""
        came = self.socket.recv(262_144)
        if not came:
            raise ConnectionError
        self.buffer += came
        if self.wanted < 0:
            head, found, _ = self.buffer.partition(b"\r\n\r\n")
            if not found:
                return False
            self.wanted = len(head) + 4 + length_of(head)
        return len(self.buffer) >= self.wanted

    def reconnect(self) -> None:
        self.socket.close()
        self.socket = connected(self.address, 0)


def length_of(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


def connected(address: tuple[str, int], process: int) -> socket.socket:
    """A connection; to the wanted one of the server's processes when `process` is given. The kernel deals them out by
    chance, and eight connections to one process would measure half a server."""
    while True:
        made = socket.create_connection(address)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not process or process_behind(made) == process:
            return made
        made.close()


def process_behind(made: socket.socket) -> int:
    made.sendall(b"GET /health/process HTTP/1.1\r\nHost: localhost:%d\r\n\r\n" % made.getpeername()[1])
    answer = b""
    while not (found := re.search(rb"\r\n\r\n(\d+)\n", answer)):
        came = made.recv(65_536)
        if not came:
            raise ConnectionError
        answer += came
    return int(found.group(1))


def drive(lanes: list[Lane], *, times: int = 0, seconds: float = 0.0, once: bool = False) -> Result:
    result = Result()
    chosen = selectors.DefaultSelector()
    for lane in lanes:
        chosen.register(lane.socket, selectors.EVENT_READ, lane)
    until = time.perf_counter() + seconds if seconds else float("inf")
    left = times or sys.maxsize

    def may_send(lane: Lane) -> bool:
        if once:
            return lane.sent < len(lane.requests)
        return left > 0 and time.perf_counter() < until

    began = time.perf_counter()
    busy = 0
    for lane in lanes:
        if may_send(lane):
            lane.send()
            left -= 1
            busy += 1
    while busy:
        for key, _ in chosen.select():
            lane = key.data
            try:
                if not lane.read():
                    continue
                note(result, lane)
            except OSError:
                result.broken += 1
                chosen.unregister(lane.socket)
                lane.reconnect()
                chosen.register(lane.socket, selectors.EVENT_READ, lane)
            busy -= 1
            if may_send(lane):
                lane.send()
                left -= 1
                busy += 1
    result.seconds = time.perf_counter() - began
    chosen.close()
    return result


def note(result: Result, lane: Lane) -> None:
    result.took.append(round((time.perf_counter() - lane.began) * 1_000, 3))
    head, _, body = lane.buffer.partition(b"\r\n\r\n")
    status = int(head[9:12])
    result.statuses[status] = result.statuses.get(status, 0) + 1
    result.size = len(body)
    result.headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in head.decode("latin-1").split("\r\n")[1:])
    }


def text_of(lane: Lane, headers: dict[str, str]) -> str:
    body = lane.buffer.partition(b"\r\n\r\n")[2]
    if headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    return body.decode("utf-8", "replace")


def main(port: int) -> None:
    address = ("127.0.0.1", port)
    for line in sys.stdin:
        asked = json.loads(line)
        processes = asked.pop("processes", [])
        lanes = [
            Lane(address, requests, processes[place % len(processes)] if processes else 0)
            for place, requests in enumerate(asked.pop("lanes"))
        ]
        wants_text = asked.pop("text", False)
        answer = drive(lanes, **asked)
        if wants_text:
            answer.text = text_of(lanes[0], answer.headers)
        for lane in lanes:
            lane.socket.close()
        print(json.dumps(asdict(answer)), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
