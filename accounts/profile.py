"""Changing what others see of a member."""

from accounts.models import User


def save_profile(member: User) -> None:
    """Keep a member's name and line. With a new name every kept page is stale; see `User.save`."""
    member.save(update_fields=["display_name", "bio"])
