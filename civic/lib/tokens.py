"""Signed tokens for letters and cookies, and keyed hashes for what must be recognised but never read.

Both hang on `HASH_KEY`, not on `SECRET_KEY`: a leave link in an old letter must outlive a change of the latter.
`HASH_KEY_FALLBACKS` lets the key be changed too.
"""

import hashlib
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


def fingerprint(purpose: str, value: str) -> bytes:
    """A keyed hash of 16 bytes: equal values are recognised, nobody without the key can read or try them."""
    return _hashed(settings.HASH_KEY, purpose, value)


def fingerprints(purpose: str, value: str) -> list[bytes]:
    """The hashes that rows written under this key or an earlier one may carry; for looking things up."""
    return [_hashed(key, purpose, value) for key in (settings.HASH_KEY, *settings.HASH_KEY_FALLBACKS)]


def _hashed(key: str, purpose: str, value: str) -> bytes:
    return hmac.new(key.encode(), f"{purpose}\0{value}".encode(), hashlib.sha256).digest()[:16]
