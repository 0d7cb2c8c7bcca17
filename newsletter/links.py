"""The links in letters. Each token is for one purpose and stands for its holder's right to do just that.

They hang on HASH_KEY (see `civic.lib.tokens`), need no cookie, and but for the confirmation never grow old: a
letter may be read years later. A token names a subscriber by key and not by row, so that the link in a letter from
before an erasure still ends what was begun anew afterwards.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from civic.lib import tokens
from civic.lib.tokens import BadToken, OldToken
from newsletter.models import Newsletter, Reward, Subscriber

__all__ = ["BadToken", "OldToken"]

CONFIRM, LEAVE, PREFERENCES, REPORT = (
    "newsletter.confirm",
    "newsletter.leave",
    "newsletter.preferences",
    "newsletter.report",
)


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


def report_url(reward: Reward) -> str:
    return _absolute("report", tokens.make(REPORT, str(reward.pk)))


def nobodys_leave_url() -> str:
    """A leave link of nobody, to try whether the page behind such links can be reached."""
    return _absolute("leave", leave_token(bytes(_KEY), 0))


def list_headers(subscriber: Subscriber, newsletters: list[Newsletter]) -> dict[str, str]:
    """RFC 8058 and 2919: the mail program shows its own "unsubscribe" button, and can sort by list."""
    headers = {
        "List-Unsubscribe": f"<{leave_url(subscriber, newsletters)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    if len(newsletters) == 1:
        headers["List-Id"] = f"<{newsletters[0].slug}.{urlsplit(settings.SITE_URL).hostname}>"
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


def read_report(token: str) -> Reward | None:
    """Raises `BadToken`."""
    return Reward.objects.filter(pk=tokens.read(REPORT, token)).first()


def _absolute(page: str, token: str) -> str:
    return settings.SITE_URL + reverse(f"newsletter:{page}", args=[token])


def _key(subscriber: Subscriber) -> str:
    return bytes(subscriber.key).hex()


def _subscriber(key: str) -> Subscriber | None:
    return Subscriber.objects.filter(key=bytes.fromhex(key)).first()
