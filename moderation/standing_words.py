"""What a measure means, in the words that its person reads: in letters, on the page of one's standing."""

from datetime import datetime

from django.utils import timezone

from accounts.models import Suspension
from moderation.models import StandingDecision

Kind, Acts = Suspension.Kind, StandingDecision.Act

TITLES = {
    Acts.WARN: "A moderator wrote to you",
    Acts.PREMODERATE: "A moderator reads your comments before they appear",
    Acts.SUSPEND: "You cannot comment for a while",
    Acts.BAN: "You cannot comment any more",
    Acts.CONFIRM: "You cannot comment any more",
    Acts.LIFT: "A decision about you was lifted",
    Acts.UNDO: "A decision about you was taken back",
}
READ_FIRST = "you can write, and a moderator reads your comments before they appear"


def title_of(act: str, *, is_unconfirmed: bool) -> str:
    """Of a measure by its kind, or of what was decided about it."""
    if act == Acts.BAN and is_unconfirmed:
        return "A moderator wants to exclude you from commenting"
    return TITLES[Acts(act)]


def meaning_of(kind: str, *, until: datetime | None, is_unconfirmed: bool) -> str:
    """What follows from a measure, for whom it is about."""
    if kind == Kind.WARN:
        return (
            "This is a warning. Nothing else follows from it. When you write the next time, we ask you to say that you "
            "have read it."
        )
    if kind == Kind.PREMODERATE:
        ends = f", until {day_and_time(until)}" if until else ""
        return f"A moderator reads what you write before it appears{ends}."
    if kind == Kind.SUSPEND:
        return f"You can write again from {day_and_time(until)} on. Until then you can read everything."
    if is_unconfirmed:
        return f"That takes a second moderator, who has not decided yet. Until then {READ_FIRST}."
    return "You cannot comment here any more. You can still read everything."


def opening_of(decision: StandingDecision) -> str:
    """The sentence that leads to the rule."""
    if decision.act == Acts.LIFT:
        return "A moderator has lifted what was decided about you by this house rule:"
    if decision.act == Acts.UNDO:
        return "A moderator has taken back what was decided about you by this house rule:"
    if decision.act == Acts.CONFIRM:
        return "A second moderator has confirmed what was asked for by this house rule:"
    return "A moderator has decided by this house rule:"


def outcome_of(decision: StandingDecision) -> str:
    """What holds after a decision."""
    if decision.act == Acts.LIFT:
        return "It does not hold any more."
    if decision.act == Acts.UNDO and decision.undoes.act == Acts.CONFIRM:
        return f"Until a second moderator confirms it again, {READ_FIRST}."
    if decision.act == Acts.UNDO and decision.undoes.act != Acts.LIFT:
        return "It does not hold any more."
    stands = decision.measure
    outcome = meaning_of(stands.kind, until=stands.until, is_unconfirmed=stands.is_unconfirmed)
    return f"It is in force again. {outcome}" if decision.act == Acts.UNDO else outcome


def day_and_time(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local.day} {local:%B %Y, %H:%M}"
