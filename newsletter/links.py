"""The links in letters. Each token is for one purpose and stands for its holder's right to do just that.

They hang on HASH_KEY (see `civic.lib.tokens`), need no cookie, and but for the confirmation never grow old: a
letter may be read years later. A token names a subscriber by key and not by row, so that the link in a letter from
before an erasure still ends what was begun anew afterwards.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.header import Header
from email.utils import parseaddr
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.encoding import punycode

from civic.lib import tokens
from civic.lib.site import SiteSettings
from civic.lib.tokens import BadToken, OldToken
from newsletter.models import Newsletter, Reward, Subscriber

__all__ = ["BadToken", "OldToken"]

CONFIRM, LEAVE, PREFERENCES, REPORT, NOT_ME = (
    "newsletter.confirm",
    "newsletter.leave",
    "newsletter.preferences",
    "newsletter.report",
    "newsletter.not-me",
)
BY_MAIL = "leave "  # begins the subject of a mail that leaves; the token follows


@dataclass(frozen=True)
class Leaving:
    """What a leave link is about. `subscriber` is None when the address has been erased since."""

    subscriber: Subscriber | None
    newsletters: list[Newsletter]


# Of the tokens in letters to many: the length is always the same, so that they can be written into a finished letter.
LEAVE_LENGTH, PREFERENCES_LENGTH = 56, 48
_KEY, _NEWSLETTER = 16, 4  # bytes


def leave_token(key: bytes, newsletter_id: int) -> str:
    """For one newsletter. `key` is `Subscriber.key`. Never grows old."""
    return tokens.make_compact(LEAVE, key + newsletter_id.to_bytes(_NEWSLETTER))


def preferences_token(key: bytes) -> str:
    return tokens.make_compact(PREFERENCES, key)


def confirm_url(subscriber: Subscriber) -> str:
    return _absolute("confirm", tokens.make(CONFIRM, _key(subscriber)))


def leave_url(subscriber: Subscriber, newsletters: Iterable[Newsletter]) -> str:
    """Leaves the letters that the mail in hand is about; nearly always one."""
    newsletters = list(newsletters)
    if len(newsletters) == 1:
        return _absolute("leave", leave_token(bytes(subscriber.key), newsletters[0].pk))
    ids = "-".join(str(newsletter.pk) for newsletter in newsletters)
    return _absolute("leave", tokens.make(LEAVE, f"{_key(subscriber)}.{ids}"))


def preferences_url(subscriber: Subscriber) -> str:
    return _absolute("preferences", preferences_token(bytes(subscriber.key)))


def not_me_url(subscriber: Subscriber) -> str:
    return _absolute("not_me", tokens.make(NOT_ME, _key(subscriber)))


def report_url(reward: Reward) -> str:
    return _absolute("report", tokens.make(REPORT, str(reward.pk)))


def nobodys_leave_url() -> str:
    """A leave link of nobody, to try whether the page behind such links can be reached."""
    return _absolute("leave", leave_token(bytes(_KEY), 0))


def list_headers(subscriber: Subscriber, newsletters: list[Newsletter], archived_at: str = "") -> dict[str, str]:
    """What mail programs read to show an "unsubscribe" button of their own and to sort by list; all ASCII. RFC 8058,
    2369, 2919 and 5064: `archived_at` is the full address of this very letter on the web.

    One `https` address alone, as RFC 8058 wants; the mail beside it is for programs that cannot post.
    """
    ends = leave_url(subscriber, newsletters)
    token = ends.rstrip("/").rpartition("/")[2]
    every = reverse("newsletter:list")
    home = settings.SITE_URL + (newsletters[0].get_absolute_url() if len(newsletters) == 1 else every)
    ways = [f"<{ends}>"]
    if settings.BOUNCE_ADDRESS:
        ways.append(f"<mailto:{settings.BOUNCE_ADDRESS}?subject={quote(BY_MAIL)}{token}>")
    headers = {
        "List-Unsubscribe": ", ".join(ways),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Help": f"<{settings.SITE_URL}{every}>",
        "List-Owner": f"<mailto:{_owner()}>",
        "List-Subscribe": f"<{home}>",
        "List-Post": "NO",
        "List-Archive": f"<{home}>",
    }
    if len(newsletters) == 1:
        headers["List-Id"] = _list_id(newsletters[0])
    if archived_at:
        headers["Archived-At"] = f"<{archived_at}>"
    return headers


def read_confirm(token: str) -> Subscriber | None:
    """Who confirms; None when the address has been erased since. Raises `BadToken`, `OldToken`."""
    days = settings.SIGNUP_CONFIRM_DAYS
    return _subscriber(tokens.read(CONFIRM, token, max_age=days * 24 * 60 * 60))


def read_leave(token: str) -> Leaving:
    """Raises `BadToken`."""
    if "." not in token:
        said = tokens.read_compact(LEAVE, token, _KEY + _NEWSLETTER)
        ids = [int.from_bytes(said[_KEY:])]
        return Leaving(_subscriber(said[:_KEY].hex()), list(Newsletter.objects.in_order().filter(pk__in=ids)))
    key, _, ids = tokens.read(LEAVE, token).partition(".")
    return Leaving(_subscriber(key), list(Newsletter.objects.in_order().filter(pk__in=ids.split("-"))))


def read_preferences(token: str) -> Subscriber | None:
    """Whose page it is; None when the address has been erased since. Raises `BadToken`."""
    if "." not in token:
        return _subscriber(tokens.read_compact(PREFERENCES, token, _KEY).hex())
    return _subscriber(tokens.read(PREFERENCES, token))


def read_not_me(token: str) -> bytes:
    """The key of the address that its owner says was typed by somebody else. Raises `BadToken`."""
    return bytes.fromhex(tokens.read(NOT_ME, token))


def read_report(token: str) -> Reward | None:
    """Raises `BadToken`."""
    return Reward.objects.filter(pk=tokens.read(REPORT, token)).first()


def _absolute(page: str, token: str) -> str:
    return settings.SITE_URL + reverse(f"newsletter:{page}", args=[token])


def _list_id(newsletter: Newsletter) -> str:
    """`"The Morning Lamp" <the-morning-lamp.paper.example>`. The name is encoded apart: were the whole header, no mail
    program would find the id in it."""
    name = " ".join(newsletter.name.split())
    name = '"{}"'.format(re.sub(r'(["\\\\])', r"\\\1", name)) if name.isascii() else Header(name, "utf-8").encode()
    return f"{name} <{newsletter.slug}.{urlsplit(settings.SITE_URL).hostname}>"


def _owner() -> str:
    """Where a person reads what is written to the sender."""
    address = SiteSettings.current().sender or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    name, _, domain = address.rpartition("@")
    return f"{quote(name)}@{punycode(domain)}"


def _key(subscriber: Subscriber) -> str:
    return bytes(subscriber.key).hex()


def _subscriber(key: str) -> Subscriber | None:
    return Subscriber.objects.filter(key=bytes.fromhex(key)).first()
