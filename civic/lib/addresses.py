"""One way to write each e-mail address, so that whoever gets one letter does not get two under other spellings."""

from django.utils.encoding import punycode


def one_spelling(email: str) -> str:
    """An address with its domain as people read it, in small letters: `Ana@bücher.example`, whether it was typed as
    `Ana@BÜCHER.example` or `Ana@xn--bcher-kva.example`. The part before the @ stays, for only its server can read it.
    """
    name, _, host = email.strip().rpartition("@")
    return f"{name}@{_one_host(host)}"


def _one_host(host: str) -> str:
    """By way of how it is written on the wire (RFC 3490): there wide letters, and hyphens that nobody sees, are gone.
    As it is, where it cannot be written there at all."""
    host = host.lower()
    try:
        return punycode(host).encode().decode("idna").lower()
    except UnicodeError:
        return host
