"""Who reports: how one person is known again, whatever name they use, and by what nobody could be told who it was."""

from dataclasses import dataclass

from accounts.models import User
from civic.lib.tokens import fingerprints
from civic.lib.unproven import one_mailbox
from comments.models import Comment, Guest
from comments.readers import Reader
from moderation.models import Report

Who = Report.Who


@dataclass(frozen=True)
class Reporter:
    """Somebody who reports. `marks` are what the reports of this person may carry, the first goes onto new ones.

    Members and guests have proven their address and count as one person where it is the same. An address that was only
    typed is kept apart: it could be anybody's, and must neither use up nor show what its owner has reported.
    """

    who: Who
    marks: tuple[bytes, ...]
    member: User | None = None
    guest: Guest | None = None
    name: str = ""
    email: str = ""

    @property
    def is_known(self) -> bool:
        """Whether what they reported may be shown to them, and counts for anything."""
        return self.who in (Who.MEMBER, Who.GUEST)

    @property
    def is_staff(self) -> bool:
        return self.member is not None and self.member.is_staff_member

    @property
    def address(self) -> str:
        """Where we write to; "" for nobody."""
        if self.member:
            return self.member.email
        return self.guest.email if self.guest else self.email

    def wrote(self, comment: Comment) -> bool:
        """Whether it is their own comment, from whichever device it was sent."""
        if comment.member_id:
            return bool(set(self.marks) & set(_of_member(comment.member)))
        guest = comment.guest
        return bool(self.is_known and guest.is_confirmed and guest.email and set(self.marks) & set(_of_guest(guest)))


def known_reporter(reader: Reader) -> Reporter | None:
    """The member or guest who is reading. None for anybody else, and for a guest whose address is not proven."""
    if reader.member:
        return Reporter(Who.MEMBER, _of_member(reader.member), member=reader.member)
    names = Guest.objects.confirmed().filter(key=reader.guest_key, leaving="").exclude(email="")
    guest = names.order_by("-pk").first() if reader.guest_key else None
    return Reporter(Who.GUEST, _of_guest(guest), guest=guest) if guest else None


def contact(name: str, email: str) -> Reporter:
    """Somebody who typed a name and an address."""
    return Reporter(Who.CONTACT, _marks(f"typed:{one_mailbox(email)}"), name=name, email=email)


def nobody(origin: bytes) -> Reporter:
    """Somebody who need not say who it is: one person for each network."""
    return Reporter(Who.NOBODY, _marks(f"network:{origin.hex()}"))


def _of_member(member: User) -> tuple[bytes, ...]:
    return _marks(f"member:{member.pk}")


def _of_guest(guest: Guest) -> tuple[bytes, ...]:
    member = User.objects.active().filter(email__iexact=guest.email).first()
    return _of_member(member) if member else _marks(f"address:{one_mailbox(guest.email)}")


def _marks(said: str) -> tuple[bytes, ...]:
    return tuple(fingerprints("reporter", said))
