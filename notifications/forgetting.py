"""What a person was told is theirs: it goes with them, and along with them."""

from typing import Any

from django.db.models import Q

from accounts.models import Leaving, User
from civic.lib.tokens import fingerprints
from notifications.models import Notification


def forget_member(leaving: Leaving) -> None:
    Notification.objects.filter(member=leaving.member_id).delete()
    forget_address(leaving.address)


def forget_address(address: str) -> None:
    Notification.objects.filter(address_hash__in=_hashes(address)).delete()


def everything_told(member: User) -> dict[str, Any]:
    told = Notification.objects.filter(Q(member=member) | Q(address_hash__in=_hashes(member.email)))
    fields = ("kind", "subject", "url", "made_at", "sent_at", "read_at")
    return {"notifications": list(told.order_by("made_at", "pk").values(*fields))}


def _hashes(address: str) -> list[bytes]:
    return fingerprints("address", address.strip().lower())
