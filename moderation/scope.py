"""Which discussions a moderator looks after: those of some spaces, or all."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from accounts import roles
from accounts.models import User
from comments.models import Comment, Space, Thread
from moderation.models import Decision


@dataclass(frozen=True)
class Scope:
    """`spaces` by id; None for all. What lies outside is not there for the moderator: not in a list, and a 404.
    `member` is who looks; None for the program itself."""

    spaces: frozenset[int] | None = None
    member: User | None = None

    @classmethod
    def of(cls, member: User) -> "Scope":
        """Whoever is named as a moderator of some spaces looks after these; who is named nowhere, and who runs the
        site, after all."""
        if roles.is_admin(member):
            return cls(None, member)
        named = Space.moderators.through.objects.filter(user=member).values_list("space_id", flat=True)
        return cls(frozenset(named) or None, member)

    @property
    def is_everywhere(self) -> bool:
        return self.spaces is None

    def comments(self, found: QuerySet[Comment]) -> QuerySet[Comment]:
        return found if self.spaces is None else found.filter(thread__space__in=self.spaces)

    def threads(self, found: QuerySet[Thread]) -> QuerySet[Thread]:
        return found if self.spaces is None else found.filter(space__in=self.spaces)

    def batches(self, found: QuerySet) -> QuerySet:
        """Those in which nothing lies outside."""
        if self.spaces is None:
            return found
        outside = Decision.objects.filter(batch=OuterRef("pk")).exclude(comment__thread__space__in=self.spaces)
        return found.exclude(Exists(outside))

    def about_comments(self, found: QuerySet) -> QuerySet:
        """Rows that have a `comment`: decisions, what is kept as evidence."""
        return found if self.spaces is None else found.filter(comment__thread__space__in=self.spaces)

    def about_decisions(self, found: QuerySet) -> QuerySet:
        """Rows that have a `decision`: appeals."""
        return found if self.spaces is None else found.filter(decision__comment__thread__space__in=self.spaces)


EVERYWHERE = Scope()
