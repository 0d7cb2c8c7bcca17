"""Whether mailbox providers will believe that a letter is ours: what they look up, looked up by us.

Every check asks through `Look`, which a test replaces; nothing here runs unless somebody asked for it.
"""

import ipaddress
import re
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

import dns.exception
import dns.resolver
import dns.reversename
from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from civic.lib.mail import in_ascii
from civic.lib.site import SiteSettings
from newsletter import dkim, links

SECONDS = 3.0  # for one question to the DNS, or one to our own site; all are asked at once
_KEPT = "newsletter.deliverability"
_KEEP_SECONDS = 7 * 24 * 60 * 60

GOOD, WATCH, BAD, NOTE = "good", "watch", "bad", "note"


class Unanswered(Exception):
    """No answer came in time, which says nothing about the record."""


@dataclass(frozen=True)
class Finding:
    """What a check found. `level` is good, watch, bad or note; `record` what stands in the DNS, or should."""

    name: str
    level: str
    says: str
    advice: str = ""
    record: str = ""


@dataclass(frozen=True)
class Report:
    at: datetime
    findings: list[Finding]


@dataclass(frozen=True)
class Names:
    """Whose records count: the domains of the sender and of the envelope, and the server that we hand letters to."""

    sender: str
    envelope: str
    server: str

    @classmethod
    def ours(cls) -> "Names":
        sender = in_ascii(SiteSettings.current().sender or settings.DEFAULT_FROM_EMAIL)
        envelope = settings.BOUNCE_ADDRESS.rpartition("@")[2].lower()
        return cls(parseaddr(sender)[1].rpartition("@")[2].lower(), envelope, settings.EMAIL_HOST or "localhost")


@dataclass(frozen=True)
class Look:
    """Ways to look outside. `ask` takes a name and a kind of record and returns texts, none where there is no such
    record; it raises `Unanswered`. `press` posts to an address and returns the status, 0 where nobody answers."""

    ask: Callable[[str, str], list[str]]
    press: Callable[[str], int]


def check(look: Look | None = None, names: Names | None = None) -> Report:
    """Look everything up now, and keep it for the page. At most some ten seconds."""
    look, names = look or Look(ask_dns, press_one_click), names or Names.ours()
    checks = [spf, dkim_record, dmarc, reverse_name, way_back, one_click]
    with ThreadPoolExecutor(len(checks)) as pool:
        findings = list(pool.map(lambda one: _told(one, look, names), checks))
    report = Report(timezone.now(), findings)
    cache.set(_KEPT, report, _KEEP_SECONDS)
    return report


def last_report() -> Report | None:
    """What was found when somebody last asked, in the last seven days."""
    return cache.get(_KEPT)


def _told(one: Callable[[Look, Names], Finding], look: Look, names: Names) -> Finding:
    try:
        return one(look, names)
    except Unanswered:
        return Finding(_TITLES[one], NOTE, "No answer came in time.", "Check again in some minutes.")


# --- the checks -------------------------------------------------------------------------------------------------------


def spf(look: Look, names: Names) -> Finding:
    """RFC 7208, for the domain of the envelope sender."""
    title = _TITLES[spf]
    found = [text for text in look.ask(names.envelope, "TXT") if text.lower().split(" ")[0] == "v=spf1"]
    where = f"The domain {names.envelope}"
    if not found:
        wanted = f'{names.envelope}. TXT "v=spf1 mx -all"'
        advice = "Add a record that names the servers which send your letters; your mail provider tells you theirs."
        return Finding(title, BAD, f"{where} does not say who may send for it.", advice, wanted)
    if len(found) > 1:
        return Finding(title, BAD, f"{where} has {len(found)} such records, and more than one count as none.",
                       "Join them into one.", "\n".join(found))  # fmt: skip
    words = found[0].lower().split()
    if words[-1] in ("+all", "all"):
        return Finding(title, BAD, f"{where} lets everybody send for it.", "End the record with -all.", found[0])
    if words[-1] not in ("-all", "~all") and not words[-1].startswith("redirect="):
        return Finding(title, WATCH, f"{where} leaves open who else may send.", "End it with -all or ~all.", found[0])
    advice = "Make sure that it names the server which sends your letters; a test letter shows spf=pass then."
    return Finding(title, GOOD, f"{where} says who may send for it.", advice, found[0])


def dkim_record(look: Look, names: Names) -> Finding:
    """Whether the DNS holds the other half of the key that we sign with."""
    title = _TITLES[dkim_record]
    try:
        signer = dkim.signer()
    except dkim.BadKey as error:
        return Finding(title, BAD, f"Letters cannot be signed: DKIM_KEY: {error}.", "See docs/configuration.md.")
    if signer is None:
        advice = "Send yourself a test letter, and look for dkim=pass in its headers. If it is not there, set DKIM_KEY."
        return Finding(
            title, NOTE, "Your mail server signs letters, or nobody does: it cannot be seen from here.", advice
        )
    name = f"{signer.selector}._domainkey.{names.sender}"
    wanted = f'{name}. TXT "{signer.record}"'
    found = [text for text in look.ask(name, "TXT") if "p=" in text]
    if not found:
        return Finding(title, BAD, f"We sign letters, but {name} has no key to check it with.",
                       "Add this record. Some providers want it in pieces of 255 characters.", wanted)  # fmt: skip
    if not any(_tag(text, "p") == _tag(signer.record, "p") for text in found):
        return Finding(title, BAD, f"The key at {name} is not the one we sign with.", "Put this one there.", wanted)
    return Finding(
        title, GOOD, f"Letters are signed ({signer.algorithm}), and {name} has the key to check it.", "", name
    )


def dmarc(look: Look, names: Names) -> Finding:
    """RFC 7489: what others shall do with letters that only pretend to be ours."""
    title = _TITLES[dmarc]
    for domain in _upwards(names.sender):
        found = [text for text in look.ask(f"_dmarc.{domain}", "TXT") if text.replace(" ", "").startswith("v=DMARC1")]
        if found:
            return _read_dmarc(title, found, names, domain)
    wanted = f'_dmarc.{names.sender}. TXT "v=DMARC1; p=none; rua=mailto:postmaster@{names.sender}"'
    advice = "Gmail, Yahoo and Microsoft refuse many letters without. Begin with p=none, and read the reports."
    return Finding(title, BAD, f"The domain {names.sender} says nothing about letters that pretend.", advice, wanted)


def _read_dmarc(title: str, found: list[str], names: Names, domain: str) -> Finding:
    if len(found) > 1:
        return Finding(
            title, BAD, f"There are {len(found)} records, and only one counts as none.", "Keep one.", "\n".join(found)
        )
    policy = _tag(found[0], "sp" if domain != names.sender and _tag(found[0], "sp") else "p").lower()
    if policy not in ("none", "quarantine", "reject"):
        return Finding(title, BAD, "The record names no policy.", "Write p=none, p=quarantine or p=reject.", found[0])
    if not _related(names.sender, names.envelope) and not settings.DKIM_KEY:
        says = f"Letters come from {names.sender}, bounces go to {names.envelope}: only a signature (DKIM) can pass."
        return Finding(title, WATCH, says, "Use a BOUNCE_ADDRESS below the sender's domain, or sign letters.", found[0])
    if policy == "none":
        says = "There is a policy, which lets forged letters through (p=none). It is enough for the large providers."
        return Finding(title, GOOD, says, "When the reports show that all yours pass, write p=quarantine.", found[0])
    return Finding(title, GOOD, f"Letters that pretend to be yours are to be stopped (p={policy}).", "", found[0])


def reverse_name(look: Look, names: Names) -> Finding:
    """Whether the address of the server that sends has a name, and the name that address."""
    title = _TITLES[reverse_name]
    name = names.server if names.server not in ("localhost", "127.0.0.1", "::1") else socket.getfqdn()
    addresses = [name] if _is_address(name) else [*look.ask(name, "A"), *look.ask(name, "AAAA")]
    public = [address for address in addresses if ipaddress.ip_address(address).is_global]
    if not public:
        says = f"{name} has no public address, so something else hands your letters over."
        return Finding(
            title, NOTE, says, "In a test letter the last “Received” line names the server; ask its provider."
        )
    for address in public:
        hosts = [host.rstrip(".") for host in look.ask(dns.reversename.from_address(address).to_text(), "PTR")]
        if not hosts:
            return Finding(title, BAD, f"The address {address} of {name} has no name.",
                           "Ask whoever rents it to you for a reverse record (PTR).")  # fmt: skip
        kind = "AAAA" if ":" in address else "A"
        if not any(address in look.ask(host, kind) for host in hosts):
            return Finding(title, BAD, f"{address} is called {hosts[0]}, but that name does not lead back to it.",
                           f"Give {hosts[0]} the address {address}.")  # fmt: skip
    return Finding(title, GOOD, f"{', '.join(public)} has a name that leads back to it.", "", ", ".join(hosts))


def way_back(look: Look, names: Names) -> Finding:
    """Whether bounces find a server at all."""
    title = _TITLES[way_back]
    servers = look.ask(names.envelope, "MX")
    if any(server.split()[-1] == "." for server in servers):
        return Finding(title, BAD, f"{names.envelope} says that it takes no mail.", "Remove that record.", servers[0])
    if servers:
        advice = "For the last step see “What comes back” in docs/configuration.md."
        return Finding(title, GOOD, f"Bounces find the way to {names.envelope}.", advice, ", ".join(servers))
    if look.ask(names.envelope, "A") or look.ask(names.envelope, "AAAA"):
        return Finding(title, WATCH, f"{names.envelope} has no mail server of its own; its address is tried.",
                       "Add an MX record.", f"{names.envelope}. MX 10 <your mail server>.")  # fmt: skip
    says = f"Bounces have nowhere to go: {names.envelope} has no mail server."
    wanted = f"{names.envelope}. MX 10 <your mail server>."
    return Finding(title, BAD, says, "Add an MX record, or set BOUNCE_ADDRESS.", wanted)


def one_click(look: Look, names: Names) -> Finding:
    """RFC 8058: a mail program presses “unsubscribe” for its reader, without a cookie or a redirect."""
    title = _TITLES[one_click]
    status = look.press(links.nobodys_leave_url())
    if status == 200 and not settings.SECURE_SITE:
        return Finding(
            title, WATCH, "It works, but over http; Gmail and Yahoo press https only.", "Give the site https."
        )
    if status == 200:
        return Finding(title, GOOD, "The “unsubscribe” button of mail programs works from outside.")
    if not status:
        return Finding(
            title, BAD, "Nobody answered at the address in the letters.", "Is SITE_URL right?", settings.SITE_URL
        )
    says = f"The address in the letters answers with {status} instead of 200."
    return Finding(title, BAD, says, "Something in front of the site may redirect or want a cookie.", settings.SITE_URL)


_TITLES = {
    spf: "SPF: who may send",
    dkim_record: "DKIM: the signature",
    dmarc: "DMARC: what happens to forgeries",
    reverse_name: "The name of the server",
    way_back: "The way back",
    one_click: "One-click unsubscribe",
}


# --- looking outside --------------------------------------------------------------------------------------------------


def ask_dns(name: str, kind: str) -> list[str]:
    """What the DNS says, texts in one piece. Raises `Unanswered`."""
    try:
        answer = dns.resolver.resolve(name, kind, lifetime=SECONDS, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise Unanswered from error
    if kind == "TXT":
        return [b"".join(row.strings).decode("utf-8", "replace") for row in answer]
    return [row.to_text() for row in answer]


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs) -> None:
        return None


def press_one_click(address: str) -> int:
    """Posts as a mail program does. The status; 0 where nobody answers."""
    request = Request(address, b"List-Unsubscribe=One-Click", method="POST")  # noqa: S310
    try:
        with build_opener(_NoRedirects).open(request, timeout=SECONDS) as answer:
            return answer.status
    except HTTPError as error:
        return error.code
    except (URLError, HTTPException, OSError, ValueError):
        return 0


def _tag(record: str, name: str) -> str:
    found = re.search(rf"(?:^|;)\s*{name}\s*=\s*([^;]*)", record)
    return re.sub(r"\s", "", found[1]) if found else ""


def _upwards(domain: str) -> list[str]:
    """The domain, and those above it of at least two labels."""
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(max(1, len(labels) - 1))]


def _related(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
