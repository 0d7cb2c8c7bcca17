"""Whether the links of a letter lead anywhere: asked only when an editor wants to know, shortly, and never inside.

An address in a letter is chosen by somebody in the newsroom, and this server may reach places that they may not. So
every address, each one that a server sends us on to included, is looked up first and asked only where it is public;
the connection goes to the very number that was looked up.
"""

import http.client
import ipaddress
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from newsletter import at_home

SECONDS = 4  # for each step; a server that needs longer will not please readers either
STEPS = 4  # followed from one address to the next
AT_ONCE = 10
AT_MOST = 60  # links of one letter

# Answers with which servers turn away programs and not people.
_SHY = {401, 403, 405, 406, 429, 503, 999}


@dataclass(frozen=True)
class Visit:
    """`trouble`: in plain words; "" where the link leads somewhere."""

    url: str
    trouble: str


def visit_all(urls: list[str]) -> list[Visit]:
    """Each of these addresses, tried at once. At most about twenty seconds, usually one."""
    wanted = [url for url in urls if urlsplit(url).scheme in ("http", "https")][:AT_MOST]
    # Ours are looked up here: a thread would open a connection to the database of its own.
    found = {url: _at_home(url) for url in wanted if at_home.is_ours(url)}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        others = [url for url in wanted if url not in found]
        found |= dict(zip(others, pool.map(visit, others), strict=True))
    return [found[url] for url in wanted]


def _at_home(url: str) -> Visit:
    return Visit(url, "" if at_home.leads_somewhere(url) else "there is no such page here")


def visit(url: str) -> Visit:
    """One address of another site."""
    try:
        return Visit(url, _trouble(url))
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Visit(url, _in_words(error))


def _trouble(url: str) -> str:
    for _ in range(STEPS):
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
    try:
        path = parts.path or "/"
        asking.request(method, path + (f"?{parts.query}" if parts.query else ""), headers={"User-Agent": "Civic"})
        answer = asking.getresponse()
        return answer.status, answer.headers.get("Location", "")
    finally:
        asking.close()


def public_number(host: str, port: int) -> str:
    """Where a host is, if all of its numbers are public ones. Raises `OSError`, `ValueError`."""
    numbers = [row[4][0] for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not numbers or not all(ipaddress.ip_address(number.partition("%")[0]).is_global for number in numbers):
        raise ValueError("it leads into a private network")
    return numbers[0]


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
