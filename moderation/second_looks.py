"""Reading for the desk: who waits for a second look."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from comments.models import Comment
from comments.models.comments import State
from moderation.in_force import GONE
from moderation.models import Act, Appeal, Decision
from moderation.scope import Scope


def waiting_appeals() -> QuerySet[Appeal]:
    """Those that nobody has decided, the oldest first."""
    gone = Q(decision__comment__state__in=GONE) & ~Q(decision__act=Act.REFUSE_EDIT)
    edited = Q(decision__comment__state=State.PUBLIC, decision__act=Act.REFUSE_EDIT)
    waiting = Appeal.objects.filter(gone | edited, state=Appeal.State.OPEN)
    return waiting.select_related("decision__comment__thread").order_by("made_at", "pk")


def waiting_for(scope: Scope) -> QuerySet[Appeal]:
    """Those that this moderator may decide: not what they decided or brought back into force, nor what they wrote."""
    return scope.about_decisions(waiting_appeals()).exclude(_is_of(scope.member))


def waiting_for_others(scope: Scope) -> QuerySet[Appeal]:
    """Those that somebody else has to decide."""
    return scope.about_decisions(waiting_appeals()).filter(_is_of(scope.member))


def may_decide(appeal: Appeal, member: User) -> bool:
    """Whether this moderator has neither decided the first time nor written what it is about."""
    is_own = appeal.against_id == member.pk or is_written_by(appeal.decision.comment, member)
    return not is_own and not _brought_back(appeal.decision.comment_id, appeal.decision.act, member).exists()


def is_written_by(comment: Comment, member: User) -> bool:
    """Also what a member wrote as a guest, under the address that both have proven."""
    if comment.member_id:
        return comment.member_id == member.pk
    guest = comment.guest
    return guest is not None and guest.is_confirmed and guest.email.lower() == member.email.lower()


def _is_of(member: User) -> Q:
    as_guest = Q(decision__comment__guest__email__iexact=member.email) & ~Q(decision__comment__guest__confirmed_at=None)
    back = Exists(_brought_back(OuterRef("decision__comment"), OuterRef("decision__act"), member))
    return Q(decision__comment__member=member) | as_guest | Q(against=member) | Q(back)


def _brought_back(comment, act, member: User) -> QuerySet[Decision]:
    """Whoever undoes a restoration decides that the first decision holds after all."""
    return Decision.objects.filter(comment=comment, act=act, by=member).exclude(undoes=None)
