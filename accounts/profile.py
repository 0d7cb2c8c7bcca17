"""Changing what others see of a member."""

from accounts.models import User


def save_profile(member: User) -> None:
    """Keep what a member says about themselves. With a new name every kept page is stale; see `User.save`."""
    member.save(update_fields=["display_name", "bio", "may_be_quoted"])
