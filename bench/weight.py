"""What a first visit to a page fetches, in bytes as they travel. Pictures are left out: they are the editors'."""

import http.client
import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

FETCHED = re.compile(r"<(?:link|script)\b[^>]*?\b(?:href|src)=\"([^\"]+)\"[^>]*>")
NOT_FETCHED = re.compile(r'rel="(?:canonical|alternate|license|search|next|prev|author|me)[^"]*"')
INSIDE_CSS = re.compile(r"url\([\"']?(?!data:)([^\"')]+)")


@dataclass(frozen=True)
class FirstLoad:
    """`parts`: what was fetched, with the bytes of each. `strangers`: hosts that are not ours."""

    parts: dict[str, int]
    strangers: list[str]

    @property
    def size(self) -> int:
        return sum(self.parts.values())


def of_page(port: int, path: str) -> FirstLoad:
    """The page and what its markup and style sheets name. A fetch by a script would not be seen: see
    `tests/journeys`, where a browser's requests to anybody else fail each test."""
    base = f"http://localhost:{port}"
    parts, strangers = {}, []
    size, html = fetch(port, path)
    parts[path] = size
    wanted = [m.group(1) for m in FETCHED.finditer(html) if not NOT_FETCHED.search(m.group(0))]
    while wanted:
        name = wanted.pop(0)
        where = urlsplit(urljoin(base + path, name))
        if where.netloc != urlsplit(base).netloc:
            strangers.append(where.netloc)
        elif where.path not in parts:
            size, text = fetch(port, where.path)
            parts[where.path] = size
            if where.path.endswith(".css"):
                wanted += [urljoin(where.path, inner) for inner in INSIDE_CSS.findall(text)]
    return FirstLoad(parts, strangers)


def fetch(port: int, path: str) -> tuple[int, str]:
    """Bytes of the answer compressed, headers too as a browser counts them; and its text."""
    said = {}
    for coding in ("gzip, br", "identity"):
        asking = http.client.HTTPConnection("localhost", port, timeout=10)
        asking.request("GET", path, headers={"Accept-Encoding": coding})
        answer = asking.getresponse()
        body = answer.read()
        said[coding] = len(body) + len(str(answer.headers)), body
        asking.close()
    return said["gzip, br"][0], said["identity"][1].decode("utf-8", "replace")
