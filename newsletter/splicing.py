"""One letter for everybody, and the few bytes in it that differ by reader.

A letter is drawn and encoded once. Where readers differ it carries *marks*: strings of letters and digits that are as
long as what replaces them, that no encoding splits, and with which no line begins as a dot would.

    f"{SITE_URL}/newsletter/leave/{MARKS.leave_token}/"       in a template of the letter
    filled(html, MARKS_OF_NOBODY)                             the same letter for a preview
"""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from newsletter import links

SINCE = "%d %b %Y"  # "04 Nov 2026": always eleven characters


class Marks(NamedTuple):
    """Three strings of fixed length. `since` is the day on which the reader confirmed, in the zone of the site."""

    leave_token: str
    preferences_token: str
    since: str


LENGTHS = Marks(links.LEAVE_LENGTH, links.PREFERENCES_LENGTH, 11)


def _mark(name: str, length: int) -> str:
    """From HASH_KEY, so that nobody can write one into a comment and get the tokens of those who click on it."""
    long = hmac.digest(settings.HASH_KEY.encode(), f"newsletter.mark.{name}".encode(), hashlib.sha512)
    return base64.b32encode(long).decode().lower()[:length]


MARKS = Marks(*(_mark(name, length) for name, length in zip(Marks._fields, LENGTHS, strict=True)))

# What a preview, a test letter or the lint may show in their place: links that lead to "this link does not work".
MARKS_OF_NOBODY = Marks("x" * LENGTHS.leave_token, "x" * LENGTHS.preferences_token, "01 Jan 2000")


def marks_of(key: bytes, newsletter_id: int, confirmed_at: datetime) -> Marks:
    """What stands in the letter of one reader. `key` is `Subscriber.key`, `confirmed_at` in the zone of the site."""
    return Marks(links.leave_token(key, newsletter_id), links.preferences_token(key), confirmed_at.strftime(SINCE))


def filled(text: str, marks: Marks) -> str:
    """The text with these in place of the marks. For one letter; sending splices bytes."""
    for mark, value in zip(MARKS, marks, strict=True):
        text = text.replace(mark, value)
    return text
