"""Letters about comments to those who wrote them."""

from django.conf import settings

from civic.lib import tokens
from civic.lib.jobs import task
from civic.lib.mail import send_letter
from comments.models import Guest


@task(priority=10)
def send_confirmation(guest_id: int) -> None:
    """Ask a guest whether the address is theirs. The letter quotes nothing that was typed: anybody could type it."""
    guest = Guest.objects.filter(pk=guest_id, confirmed_at=None).first()
    if guest is None:
        return
    token = tokens.make("confirm-guest", str(guest.pk))
    send_letter(
        "letters/confirm_comment",
        to=guest.email,
        subject="Is this your address? One button, and your comment goes on",
        context={"url": f"{settings.SITE_URL}/discuss/confirm/{token}/", "days": settings.COMMENT_CONFIRM_DAYS},
    )
