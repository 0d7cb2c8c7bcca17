"""Connections to the mail server that stay open between jobs, for a handshake costs as much as many letters."""

import threading
import time

from django.conf import settings

from newsletter import handing
from newsletter.smtp import Line, Server

IDLE_SECONDS = 30  # servers close a silent connection after a minute or more; we rather say good-bye ourselves
ASK_AFTER_SECONDS = 5

_idle: list[tuple[float, Line]] = []
_lock = threading.Lock()


def take() -> Line | handing.HandingLine:
    """One that was used before and still answers, else a new one. Raises `smtp.Lost`, `Refused` or `Unsafe`."""
    if settings.NEWSLETTER_TRANSPORT == "anymail":
        from newsletter.provider import ProviderLine  # here, for sites without it never load it

        return ProviderLine.to_provider()
    if handing.is_wanted():
        return handing.HandingLine()
    server = Server.of_settings()
    while found := _last():
        since, line = found
        idle = time.monotonic() - since
        if line.server == server and idle < IDLE_SECONDS and (idle < ASK_AFTER_SECONDS or line.is_alive()):
            return line
        line.close()
    return Line.to(server)


def give_back(line: Line) -> None:
    """It is used again when nothing is open on it, else closed."""
    if line.is_idle and getattr(line, "server", None):  # what goes another way costs nothing to open
        with _lock:
            _idle.append((time.monotonic(), line))
    else:
        line.close()


def _last() -> tuple[float, Line] | None:
    with _lock:
        return _idle.pop() if _idle else None
