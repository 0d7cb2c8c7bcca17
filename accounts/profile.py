"""What others see of a member, and whether the address is theirs."""

from allauth.account.models import EmailAddress

from accounts.models import User


def save_profile(member: User) -> None:
    """Keep what a member says about themselves. With a new name every kept page is stale; see `User.save`."""
    member.save(update_fields=["display_name", "bio", "may_be_quoted"])


def has_proven_address(member: User) -> bool:
    """Whether the address of a member is known to be theirs: the code that signed them in went there. One query.

    An outside provider may say an address that it has not proven; allauth notes it as unverified. Who has no note at
    all was appointed, and has never signed in by another way than the code.
    """
    return not EmailAddress.objects.filter(user=member, email__iexact=member.email, verified=False).exists()
