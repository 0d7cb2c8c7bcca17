"""Whether the links of a letter lead anywhere: asked only when an editor wants to know, shortly, and never inside.

An address in a letter is chosen by somebody in the newsroom, and this server may reach places that they may not. So
every address, each one that a server sends us on to included, is looked up first and asked only where it is public;
the connection goes to the very number that was looked up.
"""

import http.client
import ipaddress
import math
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from threading import Timer
from urllib.parse import urljoin, urlsplit

from newsletter import at_home

SECONDS = 4  # for each word of a server; one that needs longer will not please readers either
STEP_SECONDS = 8  # for its whole answer, else one that says a letter every three seconds would hold us for hours
ALL_SECONDS = 20  # afterwards nothing more is tried
STEPS = 4  # followed from one address to the next
AT_ONCE = 10
AT_MOST = 60  # links of one letter

# Numbers that stand for an old one in their last four bytes (RFC 6052, 4291), and others that are nobody's elsewhere:
# translated ones of a single network (RFC 8215), tunnels (RFC 3056).
_TRANSLATED = [ipaddress.ip_network(net) for net in ("64:ff9b::/96", "::/96")]
_NOT_PUBLIC = [ipaddress.ip_network(net) for net in ("64:ff9b:1::/48", "2002::/16")]

# Answers with which servers turn away programs and not people.
_SHY = {401, 403, 405, 406, 429, 503, 999}


@dataclass(frozen=True)
class Visit:
    """`trouble`: in plain words; "" where the link leads somewhere."""

    url: str
    trouble: str


def visit_all(urls: list[str]) -> list[Visit]:
    """Each of these addresses, tried at once. At most about half a minute, usually a second."""
    until = time.monotonic() + ALL_SECONDS
    wanted = [url for url in urls if urlsplit(url).scheme in ("http", "https")][:AT_MOST]
    # Ours are looked up here: a thread would open a connection to the database of its own.
    found = {url: _at_home(url) for url in wanted if at_home.is_ours(url)}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        others = [url for url in wanted if url not in found]
        found |= dict(zip(others, pool.map(lambda url: visit(url, until), others), strict=True))
    return [found[url] for url in wanted]


def _at_home(url: str) -> Visit:
    return Visit(url, "" if at_home.leads_somewhere(url) else "there is no such page here")


def visit(url: str, until: float = math.inf) -> Visit:
    """One address of another site, given up at that moment of `time.monotonic()`."""
    try:
        return Visit(url, _trouble(url, until))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Visit(url, _in_words(error))


def _trouble(url: str, until: float) -> str:
    for _ in range(STEPS):
        if time.monotonic() > until:
            return "it was not tried to the end, for all together took too long"
        status, onwards = _ask(url, "HEAD")
        if status in (405, 501):
            status, onwards = _ask(url, "GET")
        if status in (301, 302, 303, 307, 308) and onwards:
            url = urljoin(url, onwards)
            continue
        if status < 400 or status in _SHY:
            return ""
        return f"the server there answers {status}"
    return "it leads in circles"


def _ask(url: str, method: str) -> tuple[int, str]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("it leads to something that is no web page")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    asking = _connection(parts.scheme, parts.hostname, port, public_number(parts.hostname, port))
    too_long = Timer(STEP_SECONDS, _hang_up, [asking])
    too_long.start()
    try:
        path = parts.path or "/"
        asking.request(method, path + (f"?{parts.query}" if parts.query else ""), headers={"User-Agent": "Civic"})
        answer = asking.getresponse()
        return answer.status, answer.headers.get("Location", "")
    finally:
        too_long.cancel()
        asking.close()


def _hang_up(asking: http.client.HTTPConnection) -> None:
    with suppress(OSError, AttributeError):  # it is closed, or not yet open: then its own time-out ends it
        asking.sock.shutdown(socket.SHUT_RDWR)


def public_number(host: str, port: int) -> str:
    """Where a host is, if all of its numbers are public ones. Raises `OSError`, `ValueError`."""
    numbers = [row[4][0] for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not numbers or not all(_is_public(number) for number in numbers):
        raise ValueError("it leads into a private network")
    return numbers[0]


def _is_public(number: str) -> bool:
    """Also of numbers that stand for an old one: networks without old numbers translate them, private ones too."""
    ip = ipaddress.ip_address(number.partition("%")[0])
    if any(ip in net for net in _TRANSLATED):
        ip = ipaddress.ip_address(ip.packed[-4:])
    return ip.is_global and not ip.is_multicast and not any(ip in net for net in _NOT_PUBLIC)


def _connection(scheme: str, host: str, port: int, number: str) -> http.client.HTTPConnection:
    """Speaks to `number` and to no other, and asks it to prove that it is `host`."""
    if scheme == "https":
        asking = http.client.HTTPSConnection(host, port, timeout=SECONDS, context=ssl.create_default_context())
    else:
        asking = http.client.HTTPConnection(host, port, timeout=SECONDS)
    asking._create_connection = lambda address, *args, **kwargs: socket.create_connection((number, port), SECONDS)
    return asking


def _in_words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {SECONDS} seconds"
    if isinstance(error, ssl.SSLError):
        return "its certificate is not in order"
    if isinstance(error, socket.gaierror):
        return "there is no such place"
    if isinstance(error, ValueError):
        return str(error)
    return "nobody answers there"
