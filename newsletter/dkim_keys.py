"""Private keys that letters are signed with: apart from `newsletter.dkim`, for the ciphers are a library of some
megabytes, and most sites let their mail server sign."""

import hashlib

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

from newsletter.dkim import BadKey

_LEAST_BITS = 1024  # RFC 8301; 2048 is what everybody advises


class Key:
    """Signs. `kind` is "rsa" or "ed25519", `public` the bytes that stand in the DNS."""

    def __init__(self, pem: str) -> None:
        """The private key in a PEM text, whose line ends may be written as \\n. Raises `BadKey`."""
        self._key = _load(pem)
        self.kind = "rsa" if isinstance(self._key, rsa.RSAPrivateKey) else "ed25519"

    @property
    def public(self) -> bytes:
        encoding, form = serialization.Encoding.Raw, serialization.PublicFormat.Raw
        if self.kind == "rsa":
            encoding, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        return self._key.public_key().public_bytes(encoding, form)

    def sign(self, what: bytes) -> bytes:
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(what, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(hashlib.sha256(what).digest())  # RFC 8463 3: the hash is what is signed


def _load(pem: str) -> rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(pem.replace("\\n", "\n").encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKey("it is no private key in PEM form without a password") from error
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key
    if not isinstance(key, rsa.RSAPrivateKey):
        raise BadKey("it must be an RSA or an Ed25519 key")
    if key.key_size < _LEAST_BITS:
        raise BadKey(f"an RSA key of {key.key_size} bits is too short; make one of 2048")
    return key
