"""A "connection" that hands letters to Django's mail backend: the outbox of a laptop, tests, whatever is not SMTP.

It behaves like `smtp.Line`. Such a backend takes a letter or raises; nothing about it can stay unknown.
"""

import email
from email.message import Message

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from newsletter.smtp import Envelope, Phase, Refused, Reply

SMTP = "django.core.mail.backends.smtp.EmailBackend"


def is_wanted() -> bool:
    return settings.EMAIL_BACKEND != SMTP


class HandingLine:
    server = None
    is_open = is_idle = True

    def __init__(self) -> None:
        self.asked: Envelope | None = None
        self.delivered = 0
        self._backend = get_connection()

    def takes(self, address: str) -> bool:
        return True

    def ask(self, envelope: Envelope) -> None:
        self.asked = envelope

    def wait_for_go(self) -> None:
        self._envelope, self.asked = self.asked, None

    def deliver(self, payload: bytes, then: Envelope | None = None) -> Reply:
        self.asked = then
        letter = _Finished(from_email=self._envelope.sender, to=[self._envelope.recipient])
        letter.finished = email.message_from_bytes(payload)
        if not self._backend.send_messages([letter]):
            raise Refused(Phase.AFTER_DOT, Reply(450, "the mail backend took nothing"))
        self.delivered += 1
        return Reply(250, "handed over")

    def is_alive(self) -> bool:
        return True

    def close(self) -> None:
        self._backend.close()


class _Finished(EmailMessage):
    """A letter that is written already."""

    finished: Message

    def message(self) -> Message:
        return self.finished
