"""Single letters: a template pair (`.txt`, `.html`) becomes a message with both parts."""

import re
from collections.abc import Mapping
from email.utils import formataddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.encoding import punycode

from civic.lib.site import SiteSettings


def send_letter(
    template: str,
    *,
    to: str,
    subject: str,
    context: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
    sender_name: str = "",
    connection: Any = None,
) -> None:
    """Send `templates/<template>.txt` and `.html` to one address, now. Raises what the mail server says.

    Both templates also get `site`, `site_url` and `subject`, and tell times by the clock of the site. Call it from a
    job: a mail server can be slow.
    `connection` is Django's connection to it; whoever writes many letters opens one for all of them.
    """
    site = SiteSettings.current()
    known = {**context, "site": site, "site_url": settings.SITE_URL, "subject": subject}
    with timezone.override(site.zone):
        plain, html = (render_to_string(f"{template}.{kind}", known) for kind in ("txt", "html"))
    sender = " ".join((sender_name or site.name).split())
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),  # a line break in a headline or a name must not become a header
        body=re.sub(r"\n{3,}", "\n\n", plain.strip()) + "\n",
        from_email=formataddr((sender, in_ascii(site.sender or settings.DEFAULT_FROM_EMAIL))),
        to=[to],
        headers={"Auto-Submitted": "auto-generated", **(headers or {})},
        connection=connection,
    )
    message.attach_alternative(html, "text/html")
    message.send()


def in_ascii(address: str) -> str:
    """The address with its domain as mail servers spell it: grüne-stadt.example becomes xn--grne-stadt-9db.example."""
    name, _, domain = address.rpartition("@")
    return f"{name}@{punycode(domain)}"
