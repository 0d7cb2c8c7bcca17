"""Signed tokens for letters and cookies, and keyed hashes for what must be recognised but never read.

Both hang on `HASH_KEY`, not on `SECRET_KEY`: a leave link in an old letter must outlive a change of the latter.
`HASH_KEY_FALLBACKS` lets the key be changed too.
"""

import base64
import binascii
import hmac

from django.conf import settings
from django.core import signing


class BadToken(Exception):
    """The token is not one of ours, was cut off, or is for another purpose."""


class OldToken(BadToken):
    """The token is ours but too old. `value` is what it said."""

    def __init__(self, value: str) -> None:
        super().__init__("this token is too old")
        self.value = value


def _signer(purpose: str) -> signing.TimestampSigner:
    # A dot as separator: a colon at the end of a link is lost by some mail programs.
    return signing.TimestampSigner(
        key=settings.HASH_KEY,
        salt=f"civic.{purpose}",
        sep=".",
        fallback_keys=settings.HASH_KEY_FALLBACKS,
    )


def make(purpose: str, value: str) -> str:
    """A token that says `value`, readable by anybody who holds it and valid for `purpose` only."""
    return _signer(purpose).sign(value)


def read(purpose: str, token: str, max_age: int | None = None) -> str:
    """What the token says. `max_age` in seconds; raises `OldToken` beyond it, `BadToken` for anything else."""
    signer = _signer(purpose)
    try:
        return signer.unsign(token, max_age=max_age)
    except signing.SignatureExpired:
        raise OldToken(signer.unsign(token)) from None
    except signing.BadSignature:
        raise BadToken("not a token of ours") from None


CHECK_BYTES = 14  # how much of the keyed hash a compact token carries


def make_compact(purpose: str, value: bytes) -> str:
    """A token of letters and digits whose length depends on that of `value` alone, and which never grows old:
    eight characters for five bytes of value and check together."""
    check = _hashed_whole(settings.HASH_KEY, f"compact.{purpose}", value)[: _check_bytes(value)]
    return base64.b32encode(value + check).decode().lower()


def read_compact(purpose: str, token: str, length: int) -> bytes:
    """The `length` bytes that it says. Letter case does not matter. Raises `BadToken`."""
    try:
        both = base64.b32decode(token.upper().encode("ascii"))
    except (binascii.Error, UnicodeEncodeError):
        raise BadToken("not a token of ours") from None
    value, check = both[:length], both[length:]
    for key in (settings.HASH_KEY, *settings.HASH_KEY_FALLBACKS):
        right = _hashed_whole(key, f"compact.{purpose}", value)[: _check_bytes(value)]
        if hmac.compare_digest(check, right):
            return value
    raise BadToken("not a token of ours")


def _check_bytes(value: bytes) -> int:
    """At least fourteen, and as many as fill the last group of five, for then there is no padding."""
    return CHECK_BYTES + -(len(value) + CHECK_BYTES) % 5


def _hashed_whole(key: str, purpose: str, value: bytes) -> bytes:
    return hmac.digest(key.encode(), purpose.encode() + b"\0" + value, "sha256")


def fingerprint(purpose: str, value: str) -> bytes:
    """A keyed hash of 16 bytes: equal values are recognised, nobody without the key can read or try them."""
    return _hashed(settings.HASH_KEY, purpose, value)


def fingerprints(purpose: str, value: str) -> list[bytes]:
    """The hashes that rows written under this key or an earlier one may carry; for looking things up."""
    return [_hashed(key, purpose, value) for key in (settings.HASH_KEY, *settings.HASH_KEY_FALLBACKS)]


def _hashed(key: str, purpose: str, value: str) -> bytes:
    return _hashed_whole(key, purpose, value.encode())[:16]
