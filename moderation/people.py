"""Somebody who writes, as the desk sees them: a member, or the guests who have proven one address."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from accounts.models import Suspension, User
from accounts.roles import as_high_as, rank_of
from civic.lib.forms import as_id
from civic.lib.tokens import fingerprint, fingerprints
from comments.models import Comment, Guest
from comments.models.comments import State
from moderation.errors import NobodyThere
from moderation.models import StandingDecision
from moderation.models.standing import AboutSomebody
from moderation.scope import Scope


@dataclass(frozen=True)
class Person:
    """`member` is None for somebody without an account. `guests` have proven the same address, the newest first: what
    they wrote is this person's, too. `address` is in small letters, for looking up and for letters, never shown."""

    member: User | None
    guests: tuple[Guest, ...]
    address: str

    @classmethod
    def of_member(cls, member: User) -> "Person | None":
        """None for somebody who has left."""
        return cls(member, _guests_of(member.email), member.email.lower()) if member.is_active else None

    @classmethod
    def of_guest(cls, guest: Guest) -> "Person | None":
        """None for somebody who has left, or has only typed an address. An account with the address is the person."""
        if not guest.is_confirmed or not guest.email or guest.leaving:
            return None
        if member := _members().filter(address=guest.email.lower()).first():
            return cls.of_member(member)
        return cls(None, _guests_of(guest.email), guest.email.lower())

    @classmethod
    def of_comment(cls, comment: Comment) -> "Person | None":
        if comment.member:
            return cls.of_member(comment.member)
        return cls.of_guest(comment.guest) if comment.guest else None

    @classmethod
    def of_measure(cls, measure: Suspension) -> "Person | None":
        """Whom a measure is about; None when they have left, or nothing tells who is behind the hash."""
        if measure.member:
            return cls.of_member(measure.member)
        known = StandingDecision.objects.filter(measure=measure).exclude(member=None, guest=None)
        found = known.select_related("member", "guest").order_by("-pk").first()
        return cls.of_row(found) if found else None

    @classmethod
    def of_row(cls, row: AboutSomebody) -> "Person | None":
        """Whom a decision or an appeal is about; None when they have left."""
        if row.member:
            return cls.of_member(row.member)
        return cls.of_guest(row.guest) if row.guest else None

    @classmethod
    def of_key(cls, key: str) -> "Person | None":
        """Whom a `key` names; None for nonsense and for whoever is not here."""
        pk = as_id(key[1:])
        if key[:1] == "m" and (member := User.objects.filter(pk=pk).first()):
            return cls.of_member(member)
        if key[:1] == "g" and (guest := Guest.objects.filter(pk=pk).first()):
            return cls.of_guest(guest)
        return None

    @property
    def key(self) -> str:
        """For forms: a measure on an address does not tell who is behind its hash."""
        return f"m{self.member.pk}" if self.member else f"g{self.guests[0].pk}"

    @property
    def name(self) -> str:
        return self.member.display_name if self.member else self.guests[0].name

    @property
    def mailbox(self) -> str:
        """The address as they write it: some servers tell capitals apart."""
        return self.member.email if self.member else self.guests[0].email

    @property
    def reached_by(self) -> dict:
        """The fields of a row about them (`AboutSomebody`)."""
        return {"member": self.member, "guest": None if self.member else self.guests[0]}

    def is_same_as(self, member: User) -> bool:
        return self.member == member or self.address == member.email.lower()

    def may_be_decided_by(self, member: User) -> bool:
        """Whether a member may decide about their standing: a moderator, above them where they work here, and another
        person."""
        rank = rank_of(self.member) if self.member else 0
        return member.is_moderator and not self.is_same_as(member) and (rank == 0 or rank < rank_of(member))

    def is_known_in(self, scope: Scope) -> bool:
        """Whether they wrote where a moderator looks after. Elsewhere they are not there for that moderator."""
        return scope.is_everywhere or scope.comments(self.read_comments()).exists()

    def measures(self) -> QuerySet[Suspension]:
        """All that was ever decided about their standing, also under the proven address."""
        if self.member:
            return Suspension.objects.of(self.member)
        return Suspension.objects.on(address_hashes=fingerprints("address", self.address))

    def decisions(self) -> QuerySet[StandingDecision]:
        return StandingDecision.objects.filter(measure__in=self.measures())

    def comments(self) -> QuerySet[Comment]:
        theirs = Q(guest__in=[guest.pk for guest in self.guests])
        return Comment.objects.filter(theirs | Q(member=self.member) if self.member else theirs)

    def new_measure(self, **fields) -> Suspension:
        """A row about this person, not saved yet."""
        if self.member:
            return Suspension(member=self.member, **fields)
        return Suspension(address_hash=fingerprint("address", self.address), **fields)

    def read_comments(self) -> QuerySet[Comment]:
        """Without those that wait for an address to be confirmed: they are on no desk."""
        return self.comments().exclude(state=State.UNCONFIRMED)


def bans_to_confirm(scope: Scope) -> QuerySet[Suspension]:
    """Bans that this moderator may confirm: asked for by somebody else, of somebody below. Who looks after some spaces
    confirms none."""
    if not scope.is_everywhere:
        return Suspension.objects.none()
    waiting = Suspension.objects.in_force().filter(is_unconfirmed=True).exclude(by=scope.member)
    return waiting.exclude(member__in=not_below(scope.member)) if scope.member else waiting


def not_below(by: User) -> QuerySet[User]:
    """Those who work here about whom this moderator may not decide: as `Person.may_be_decided_by`, in the database."""
    return User.objects.active().filter(as_high_as(rank_of(by)))


@contextmanager
def alone_with(person: Person) -> Iterator[None]:
    """One transaction in which nobody else decides about this person. Whoever posts is not held up.

    A member's row is locked; an address without an account has no row, so a lock by its hash stands for it. Raises
    `NobodyThere` when the member has left meanwhile.
    """
    with transaction.atomic():
        if person.member:
            rows = User.objects.select_for_update(no_key=True).filter(pk=person.member.pk, is_active=True)
            if not rows.values_list("pk", flat=True):
                raise NobodyThere
        else:
            number = int.from_bytes(fingerprint("standing", person.address)[:8], signed=True)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
        yield


def _members():
    return User.objects.active().annotate(address=Lower("email"))


def _guests_of(address: str) -> tuple[Guest, ...]:
    return tuple(Guest.objects.confirmed().filter(leaving="").with_address(address).order_by("-pk"))
