"""A letter to oneself: what other mail systems think of ours can be read in its headers."""

from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone

from civic.lib.mail import in_ascii
from civic.lib.site import SiteSettings
from newsletter import dkim, links

SUBJECT = "A test letter"


class SignedLetter(EmailMultiAlternatives):
    """As a newsletter leaves: with an envelope sender of its own, and our signature where a key is given."""

    def message(self):
        message = super().message()
        if signer := dkim.signer():
            head, _, body = message.as_bytes(linesep="\r\n").partition(b"\r\n\r\n")
            line = signer.header(dkim.split_headers(head), body).decode()
            message["DKIM-Signature"] = line.partition(":")[2].strip().replace("\r\n\t", " ").replace("\r\n", "")
        return message


def send_test_letter(address: str) -> None:
    """Send it now, with the headers that newsletters have. Raises what the mail server says, and `dkim.BadKey`."""
    site = SiteSettings.current()
    sender = in_ascii(site.sender or settings.DEFAULT_FROM_EMAIL)
    with timezone.override(site.zone):
        known = {"site": site, "site_url": settings.SITE_URL, "subject": SUBJECT, "now": timezone.now()}
        plain, html = (render_to_string(f"newsletter/letters/test.{kind}", known) for kind in ("txt", "html"))
    letter = SignedLetter(
        subject=f"{SUBJECT} from {site.name}",
        body=plain.strip() + "\n",
        from_email=settings.BOUNCE_ADDRESS,
        to=[address],
        headers={
            "From": formataddr((site.name, sender)),
            "List-Unsubscribe": f"<{links.nobodys_leave_url()}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    letter.attach_alternative(html, "text/html")
    letter.send()
