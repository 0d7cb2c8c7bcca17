"""What somebody sees of their own standing: everything that was decided about them, and why. There is nothing else."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Suspension
from comments.models import Guest
from comments.readers import Reader
from moderation.measure_appeals import appeals_until, may_appeal
from moderation.models import MeasureAppeal, StandingDecision
from moderation.people import Person
from moderation.standing_words import meaning_of, title_of


@dataclass(frozen=True)
class OwnMeasure:
    """One measure, for whom it is about. `last_words` were said when it was lifted."""

    measure: Suspension
    person: Person
    title: str
    meaning: str
    holds: bool
    must_read: bool
    last_words: str
    appeal: MeasureAppeal | None
    may_appeal: bool
    appeals_until: datetime


def persons_of(reader: Reader) -> list[Person]:
    """Who a reader is known to be: a member, or the guests who have proven an address in this browser."""
    if reader.member:
        found = [Person.of_member(reader.member)]
    elif reader.guest_key:
        confirmed = Guest.objects.confirmed().filter(key=reader.guest_key, leaving="").order_by("pk")
        by_address = {guest.email.lower(): guest for guest in confirmed}
        found = [Person.of_guest(guest) for guest in by_address.values()]
    else:
        found = []
    return [person for person in found if person]


def load_own_standing(persons: list[Person]) -> list[OwnMeasure]:
    """All that was ever decided about them, what holds first, the newest first. Four queries for a member."""
    measures = {measure.pk: (measure, person) for person in persons for measure in person.measures()}
    decisions = defaultdict(list)
    for decision in StandingDecision.objects.filter(measure__in=measures).order_by("pk"):
        decisions[decision.measure_id].append(decision)
    appeals = {appeal.measure_id: appeal for appeal in MeasureAppeal.objects.filter(measure__in=measures)}
    shown = [_own(one, person, decisions[one.pk], appeals.get(one.pk)) for one, person in measures.values()]
    return sorted(shown, key=lambda one: (one.holds, one.measure.pk), reverse=True)


def _own(
    measure: Suspension, person: Person, decisions: list[StandingDecision], appeal: MeasureAppeal | None
) -> OwnMeasure:
    lifted = [decision.words for decision in decisions if decision.act == StandingDecision.Act.LIFT]
    return OwnMeasure(
        measure=measure,
        person=person,
        title=title_of(measure.kind, is_unconfirmed=measure.is_unconfirmed),
        meaning=meaning_of(measure.kind, until=measure.until, is_unconfirmed=measure.is_unconfirmed),
        holds=not measure.is_over,
        must_read=measure.kind == Suspension.Kind.WARN and not measure.is_over,
        last_words=lifted[-1] if lifted and measure.lifted_at else "",
        appeal=appeal,
        may_appeal=may_appeal(measure, decisions, appeal),
        appeals_until=appeals_until(measure, decisions),
    )
