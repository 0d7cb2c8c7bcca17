"""Who is writing, and what is known of them: what screening may trust, and whether they may write at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID, uuid4

from django.db import connection, models
from django.utils import timezone

from accounts.models import Suspension, User
from civic.lib.tokens import fingerprints
from comments.errors import HasLeft, Suspended, WarningUnread
from comments.models import Comment, Guest
from comments.models.comments import State
from screening import Trust

# Screening asks "any at all?" and for a rate; the latest say it.
ENOUGH = 50


@dataclass(frozen=True)
class Member:
    """Somebody signed in."""

    user: User

    is_confirmed = True

    @property
    def fields(self) -> dict:
        return {"member": self.user}

    def history(self):
        return Comment.objects.filter(member=self.user)

    def own_comments(self):
        return self.history()

    @property
    def selects(self) -> tuple[str, object]:
        """Own comments as a condition in SQL, and the value of its `%(writer)s`."""
        return "member_id = %(writer)s", self.user.pk

    @property
    def email(self) -> str:
        return self.user.email

    @property
    def person(self) -> str:
        """Who they are among other people, by id or by address."""
        return str(self.user.pk)

    @cached_property
    def in_force(self) -> list[Suspension]:
        """What limits them now, the longest first."""
        return Suspension.holding(fingerprints("address", self.user.email.lower()), self.user.pk)

    def keep(self) -> dict:
        """The fields of a comment by this member. Raises `HasLeft` when the account was closed while they wrote.

        Asked in the transaction that saves the comment, and held until its end: who leaves at the same moment waits,
        so that the comment is among those that go with them.
        """
        with connection.cursor() as cursor:
            cursor.execute("SELECT is_active FROM accounts_user WHERE id = %s FOR KEY SHARE", [self.user.pk])
            found = cursor.fetchone()
        if not found or not found[0]:
            raise HasLeft
        return self.fields


@dataclass(frozen=True)
class Visitor:
    """A guest: what was typed into the form, and the key of the device, if it has one."""

    name: str
    email: str
    website: str = ""
    key: UUID | None = None

    @cached_property
    def known(self) -> Guest | None:
        """The row that this device wrote under before, with the same address; a confirmed one first.

        The key decides, never the address: a stranger who types somebody's address finds nothing here.
        """
        return self._best(self._rows()) if self.key else None

    @property
    def is_confirmed(self) -> bool:
        return self.known is not None and self.known.is_confirmed

    def history(self):
        """Comments of everybody who has proven this address. Meaningful for a confirmed visitor only."""
        return Comment.objects.filter(guest__in=Guest.objects.confirmed().with_address(self.email))

    def own_comments(self):
        return Comment.objects.filter(guest__key=self.key) if self.key else Comment.objects.none()

    @property
    def selects(self) -> tuple[str, object]:
        """As for members. Without a key nothing is anybody's."""
        return "guest_id IN (SELECT id FROM comments_guest WHERE key = %(writer)s)", self.key

    @property
    def person(self) -> str:
        return self.email.lower()

    @cached_property
    def in_force(self) -> list[Suspension]:
        """What limits them now, the longest first; also what limits the member whose address it is."""
        return Suspension.holding_on(self.email)

    def keep(self) -> dict:
        """The fields of a comment by this visitor; makes the guest's row where there is none.

        Another name under the same key is another row: renaming it would rename what was said before. Another
        address gets another key: somebody may have put the key into this browser, by a link to their own letter.
        Asked anew and held until the transaction ends: who leaves for good at the same moment waits.
        """
        known = self._best(self._rows().select_for_update(no_key=True).order_by("pk")) if self.key else None
        if known and self._is_same(known):
            return {"guest": known}
        guest = Guest.objects.create(
            key=self.key if known else uuid4(),
            name=self.name,
            email=self.email,
            website=self.website,
            confirmed_at=timezone.now() if known and known.is_confirmed else None,
        )
        return {"guest": guest}

    def _rows(self) -> models.QuerySet[Guest]:
        return Guest.objects.with_address(self.email).filter(key=self.key)

    def _best(self, rows: Iterable[Guest]) -> Guest | None:
        return max(rows, key=lambda row: (row.is_confirmed, self._is_same(row), row.pk), default=None)

    def _is_same(self, row: Guest) -> bool:
        return (row.name, row.website) == (self.name, self.website)


Writer = Member | Visitor


def trust_in(writer: Writer) -> Trust:
    """What screening may build on. An address that was only typed is worth nothing."""
    if not writer.is_confirmed:
        return Trust(published=0)
    published, gone = _stood_and_gone(writer)
    return Trust(
        published=published,
        gone=gone,
        is_staff=isinstance(writer, Member) and writer.user.is_staff_member,
        is_premoderated=any(not found.acknowledged_at for found in writer.in_force),
    )


def _stood_and_gone(writer: Writer) -> tuple[int, int]:
    """How many of the latest comments that were decided are public, and how many were refused or removed."""
    decided = writer.history().filter(state__in=(State.PUBLIC, State.REFUSED, State.REMOVED))
    states = list(decided.order_by("-created_at").values_list("state", flat=True)[:ENOUGH])
    published = states.count(State.PUBLIC)
    return published, len(states) - published


def check_may_write(writer: Writer) -> list[Suspension]:
    """Raises `Suspended`, which says until when and by which rule, when the writer may not write now. Returns the
    warnings by moderators that nobody has said to have read, the oldest first: see `read_warnings`.

    Says nothing to somebody who has only typed an address: it may be another person's. What they wrote is held when
    the address is confirmed.
    """
    if not writer.is_confirmed:
        return []
    suspension = next((found for found in writer.in_force if found.stops), None)
    if suspension is None:
        warnings = [found for found in writer.in_force if found.kind == Suspension.Kind.WARN]
        return sorted(warnings, key=lambda found: found.pk)
    words = f" The moderators write: “{suspension.words}”" if suspension.words else ""
    if suspension.until:
        until = timezone.localtime(suspension.until)
        raise Suspended(
            f"You can write again from {until.day} {until:%B %Y, %H:%M} on. The rule was: {suspension.rule}{words}"
        )
    raise Suspended(f"You cannot write here any more. The rule was: {suspension.rule}{words}")


def read_warnings(warnings: list[Suspension], acknowledge: int | None) -> None:
    """Whoever was warned says to have read it. Raises `WarningUnread` when it is not said.

    `acknowledge` is the id of the newest warning that was shown with its tick: it and those before it are acknowledged,
    one that came since is not.
    """
    if any(acknowledge is None or warning.pk > acknowledge for warning in warnings):
        raise WarningUnread(warnings)
    for warning in warnings:
        warning.acknowledge()


def writer_of(comment: Comment) -> Writer | None:
    """The writer of a comment that exists, as those above."""
    if comment.member:
        return Member(comment.member)
    if comment.guest:
        guest = comment.guest
        return Visitor(guest.name, guest.email, guest.website, guest.key)
    return None
