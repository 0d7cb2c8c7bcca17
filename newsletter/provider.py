"""Letters through a mail provider's API, by django-anymail, in place of our own connection to a mail server.

`ProviderLine` is asked the same things as `smtp.Line`, so that the ledger, the pace and the pauses are the same. What
an API cannot tell is treated as what it is: whoever does not answer after it was asked may have sent the letter.
"""

import email
import email.policy
import logging
from email.message import EmailMessage as Parsed

import requests
from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailSerializationError,
    AnymailUnsupportedFeature,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection
from urllib3.exceptions import NewConnectionError

from newsletter.smtp import Envelope, Line, Lost, Phase, Refused, Reply

logger = logging.getLogger(__name__)

# Given to the provider with each letter and back to us with each event: the keyed name of the delivery.
METADATA = "letter"
# Statuses after which nobody knows: a gateway gave up waiting for what stands behind it.
_WHO_KNOWS = {500, 502, 504, 520, 522, 524}
_LATER = {408, 409, 425, 429, 503}
_NOT_LET_IN = {401, 402, 403, 407}
# The provider writes these itself, or it is told by other means.
_NOT_COPIED = {"from", "to", "subject", "mime-version", "content-type", "content-transfer-encoding", "dkim-signature"}


class ProviderLine(Line):
    """Looks like a connection to a mail server, and is one to a provider."""

    def __init__(self, connection) -> None:  # not Line's: there is no socket
        self.connection = connection
        self.server = None
        self.phase = Phase.GREETED
        self.offers = {"SMTPUTF8": ""}
        self.is_open = True
        self.delivered = 0
        self.asked: Envelope | None = None
        self._envelope: Envelope | None = None

    @classmethod
    def to_provider(cls) -> "ProviderLine":
        """Ready for letters. Raises `Refused` when the settings make no sense, with what is wrong in words."""
        try:
            connection = get_connection(settings.ANYMAIL_BACKEND)
            connection.open()
        except (ImproperlyConfigured, ImportError, AnymailError) as error:
            raise Refused(Phase.CONNECTED, Reply(530, f"the provider is not set up: {error}")) from error
        return cls(connection)

    @property
    def is_idle(self) -> bool:
        return False  # never kept between jobs: opening one costs nothing

    def is_alive(self) -> bool:
        return self.is_open

    def ask(self, envelope: Envelope) -> None:
        self.asked = envelope

    def wait_for_go(self) -> None:
        """Nobody is asked beforehand: an API answers to the whole letter."""
        self._envelope, self.asked = self.asked, None

    def deliver(self, payload: bytes, then: Envelope | None = None) -> Reply:
        """Hands one letter over. Raises `Refused`, or `Lost` with `may_have_gone` where nobody can know."""
        self.asked = None
        message = message_of(payload, self._envelope)
        try:
            self.connection.send_messages([message])
        except AnymailRecipientsRefused as error:
            raise Refused(Phase.RCPT, Reply(550, "5.1.1 the provider writes to no such address")) from error
        except AnymailInvalidAddress as error:
            raise Refused(Phase.RCPT, Reply(553, "5.1.3 the provider cannot read the address")) from error
        except (AnymailUnsupportedFeature, AnymailSerializationError, ImproperlyConfigured) as error:
            raise Refused(Phase.MAIL, Reply(554, f"5.3.5 {_first_line(error)}")) from error
        except (AnymailAPIError, requests.RequestException) as error:
            raise self._what_it_means(error) from error
        reply = _reply_of(message)
        self.delivered += 1
        return reply

    def close(self) -> None:
        if self.is_open:
            self.is_open = False
            self.connection.close()

    def _what_it_means(self, error: Exception) -> Refused | Lost:
        status, words = getattr(error, "status_code", None), _first_line(error)
        if status in _NOT_LET_IN:
            return Refused(Phase.MAIL, Reply(535, f"5.7.8 the provider does not let us in: {words}"))
        if status in _LATER:
            return Refused(Phase.MAIL, Reply(451, f"4.3.2 the provider asks to come back later: {words}"))
        if status is not None and 400 <= status < 500:
            return Refused(Phase.DATA, Reply(554, f"the provider refused: {words}"))
        self.close()  # the next letter goes over a new connection
        if _never_reached(error):
            return Lost(Phase.GREETED, f"the provider cannot be reached: {words}")
        return Lost(Phase.AFTER_DOT, f"the provider did not say whether it took the letter: {words}")


def message_of(payload: bytes, envelope: Envelope) -> EmailMultiAlternatives:
    """Django's message from the finished bytes of a letter, as they would have gone over the wire."""
    parsed: Parsed = email.message_from_bytes(_unstuffed(payload), policy=email.policy.default)
    text, html = (parsed.get_body((kind,)).get_content() for kind in ("plain", "html"))
    headers = {name: str(value) for name, value in parsed.items() if name.lower() not in _NOT_COPIED}
    message = EmailMultiAlternatives(str(parsed["Subject"]), text, str(parsed["From"]), [envelope.recipient])
    message.extra_headers = headers
    message.attach_alternative(html, "text/html")
    message.metadata = {METADATA: envelope.sender}
    # What readers click is nobody's business, and a rewritten link would break one-click.
    message.track_opens = message.track_clicks = False
    return message


def _reply_of(message: EmailMultiAlternatives) -> Reply:
    """What the provider said of the one recipient. It may refuse one without an error, where settings say so."""
    status = message.anymail_status
    said = set(status.status or ())
    if said & {"rejected", "invalid"}:
        raise Refused(Phase.RCPT, Reply(550, "5.1.1 the provider writes to no such address"))
    if "failed" in said:
        raise Refused(Phase.DATA, Reply(554, "the provider could not make the letter"))
    return Reply(250, f"{', '.join(sorted(said - {None})) or 'taken'} as {status.message_id}")


def _never_reached(error: Exception) -> bool:
    """Whether not a byte can have come there: no connection was made."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.__cause__ or error
    reason = (
        getattr(cause.args[0], "reason", None) if isinstance(cause, requests.RequestException) and cause.args else None
    )
    return isinstance(reason, NewConnectionError)


def _first_line(error: Exception) -> str:
    """What went wrong in a few words, and nobody's address: providers quote what they were given."""
    words = " ".join(str(error).split())
    return " ".join("…" if "@" in word else word for word in words.split(" "))[:200]


def _unstuffed(payload: bytes) -> bytes:
    return b"\r\n".join(line[1:] if line.startswith(b"..") else line for line in payload.split(b"\r\n"))
