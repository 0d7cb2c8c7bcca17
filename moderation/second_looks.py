"""Reading for the desk: who waits for a second look."""

from django.db.models import Q, QuerySet

from accounts.models import User
from comments.models.comments import State
from moderation.in_force import GONE
from moderation.models import Act, Appeal
from moderation.scope import Scope


def waiting_appeals() -> QuerySet[Appeal]:
    """Those that nobody has decided, the oldest first."""
    gone = Q(decision__comment__state__in=GONE) & ~Q(decision__act=Act.REFUSE_EDIT)
    edited = Q(decision__comment__state=State.PUBLIC, decision__act=Act.REFUSE_EDIT)
    waiting = Appeal.objects.filter(gone | edited, state=Appeal.State.OPEN)
    return waiting.select_related("decision__comment__thread").order_by("made_at", "pk")


def waiting_for(scope: Scope) -> QuerySet[Appeal]:
    """Those that this moderator may decide: not what they decided themselves, nor what they wrote."""
    return scope.about_decisions(waiting_appeals()).exclude(_is_of(scope.member))


def waiting_for_others(scope: Scope) -> QuerySet[Appeal]:
    """Those that somebody else has to decide."""
    return scope.about_decisions(waiting_appeals()).filter(_is_of(scope.member))


def _is_of(member: User) -> Q:
    return Q(decision__comment__member=member) | Q(against=member)
