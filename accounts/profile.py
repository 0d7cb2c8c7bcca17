"""Changing what others see of a member."""

from django.db import transaction

from accounts.models import User
from civic.lib.site import SiteSettings


@transaction.atomic
def save_profile(member: User, *, renamed: bool) -> None:
    """Keep a member's name and line. With a new name, pages that were kept with the old one are stale from now on."""
    member.save(update_fields=["display_name", "bio"])
    if renamed:
        SiteSettings.touch()
