"""Letters kept as files instead of sent: for a laptop. `/outbox/` shows them."""

import email
import time
import uuid
from email.message import EmailMessage
from email.policy import default as policy
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """Writes each letter to `OUTBOX_DIR` as an .eml file whose name sorts by time."""

    def send_messages(self, email_messages) -> int:
        settings.OUTBOX_DIR.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{time.time_ns()}-{uuid.uuid4().hex[:8]}.eml"
            (settings.OUTBOX_DIR / name).write_bytes(message.message().as_bytes())
        return len(email_messages)


def letters(limit: int = 100) -> list[tuple[str, EmailMessage]]:
    """The newest letters, as (name, message)."""
    files = sorted(Path(settings.OUTBOX_DIR).glob("*.eml"), reverse=True)[:limit]
    return [(file.stem, _read(file)) for file in files]


def letter(name: str) -> EmailMessage | None:
    """One letter by its name, or None."""
    file = settings.OUTBOX_DIR / f"{Path(name).name}.eml"
    return _read(file) if file.is_file() else None


def _read(file: Path) -> EmailMessage:
    return email.message_from_bytes(file.read_bytes(), policy=policy)  # type: ignore[return-value]
