"""Writing to somebody about something, once."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from civic.lib.mail import send_letter
from civic.lib.tokens import fingerprint
from notifications.models import Notification


def write_once(
    template: str,
    *,
    to: str,
    kind: str,
    about: str,
    subject: str,
    context: dict[str, Any],
    member: User | None = None,
    url: str = "",
) -> bool:
    """Send a letter unless this recipient was told of `about` before; whether it was sent now.

    Call it from a job. The row is locked while the mail server is spoken to: two workers cannot both send, and a
    failure leaves it unsent for the next try. A worker killed between the server's "yes" and the commit sends
    again; for single letters we prefer that to a letter that never comes.
    """
    row = {"address_hash": fingerprint("address", to.strip().lower()), "kind": kind, "subject": about}
    Notification.objects.get_or_create(**row, defaults={"member": member, "url": url})
    with transaction.atomic():
        told = Notification.objects.select_for_update().get(**row)
        if told.sent_at:
            return False
        send_letter(template, to=to, subject=subject, context=context)
        told.sent_at = timezone.now()
        told.save(update_fields=["sent_at"])
    return True
