"""A second look at a measure on somebody: asked for once, by whom it is about; somebody else decides."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.models import Suspension, User
from comments.models import Guest
from moderation import standing
from moderation.errors import (
    AlreadyAppealed,
    AlreadyDecided,
    HoldsEverywhere,
    MeasureAppealTooLate,
    NobodyThere,
    NotOverThem,
    OwnMeasure,
)
from moderation.models import MeasureAppeal, StandingDecision
from moderation.people import Person, alone_with, not_below
from moderation.scope import Scope
from moderation.standing_letters import write_of_measure_appeal

logger = logging.getLogger(__name__)

Acts = StandingDecision.Act


def appeals_until(measure: Suspension, decisions: list[StandingDecision]) -> datetime:
    """The days are counted from the measure, or from what made a ban of it; `decisions` are those about it."""
    confirmed = [decision.made_at for decision in decisions if decision.act == Acts.CONFIRM]
    return max([measure.made_at, *confirmed]) + timedelta(days=settings.APPEAL_DAYS)


def may_appeal(measure: Suspension, decisions: list[StandingDecision], appeal: MeasureAppeal | None) -> bool:
    """Whether whom it is about can still ask. Also when it is over by now: it stands in their history."""
    in_time = timezone.now() < appeals_until(measure, decisions)
    return appeal is None and in_time and not measure.lifted_at


def open_measure_appeal(measure: Suspension, *, person: Person, text: str) -> MeasureAppeal:
    """Ask for a second look, on behalf of the person whom it is about; the caller knows that it is.

    Raises `AlreadyAppealed`, also for one of a moment ago, and `MeasureAppealTooLate`.
    """
    now = Suspension.objects.get(pk=measure.pk)
    decisions = list(StandingDecision.objects.filter(measure=now))
    appeal = MeasureAppeal.objects.filter(measure=now).first()
    if appeal:
        raise AlreadyAppealed
    if not may_appeal(now, decisions, None):
        raise MeasureAppealTooLate
    try:
        with transaction.atomic():
            appeal = MeasureAppeal.objects.create(measure=now, against_id=now.by_id, text=text, **person.reached_by)
    except IntegrityError as error:
        raise AlreadyAppealed from error
    logger.info("appeal %s against measure %s", appeal.pk, now.pk)
    return appeal


def waiting_measure_appeals() -> QuerySet[MeasureAppeal]:
    """Those that nobody has decided, the oldest first; what was lifted since needs no second look."""
    waiting = MeasureAppeal.objects.filter(state=MeasureAppeal.State.OPEN, measure__lifted_at=None)
    return waiting.select_related("measure", "member", "guest").order_by("made_at", "pk")


def waiting_for(scope: Scope) -> QuerySet[MeasureAppeal]:
    """Those that this moderator may decide: not what they decided or confirmed, nor what is about them, about somebody
    as high in the house, or about nobody any more. Who looks after some spaces decides none: a measure holds
    everywhere."""
    if not scope.is_everywhere:
        return MeasureAppeal.objects.none()
    member = scope.member
    own = Q(against=member) | Q(measure__confirmed_by=member) | Q(measure__in=Suspension.objects.of(member))
    above = not_below(member)
    addresses = above.annotate(address=Lower("email")).values("address")
    named = Guest.objects.annotate(address=Lower("email")).filter(address__in=addresses)
    others = own | Q(member__in=above.values("pk")) | Q(guest__in=named.values("pk"))
    here = Q(member__is_active=True) | Q(guest__in=Guest.objects.confirmed().filter(leaving="").exclude(email=""))
    return waiting_measure_appeals().filter(here).exclude(pk__in=MeasureAppeal.objects.filter(others).values("pk"))


def decide_measure_appeal(appeal: MeasureAppeal, *, by: User, overturn: bool, note: str = "") -> MeasureAppeal:
    """Somebody else looked again: the measure stands, or is lifted.

    Raises `OwnMeasure` for whoever decided, confirmed or suffers it, `NotOverThem` for who may not decide about its
    person, `AlreadyDecided` when another was faster or the measure was lifted, `NobodyThere` when its person has left.
    """
    person = Person.of_row(appeal)
    if person is None:
        raise NobodyThere
    if by.pk in (appeal.against_id, appeal.measure.confirmed_by_id) or person.is_same_as(by):
        raise OwnMeasure
    if not person.may_be_decided_by(by):
        raise NotOverThem
    if not Scope.of(by).is_everywhere:
        raise HoldsEverywhere
    with alone_with(person):
        now = MeasureAppeal.objects.select_for_update().get(pk=appeal.pk)
        stands = Suspension.objects.get(pk=now.measure_id)
        if now.state != MeasureAppeal.State.OPEN or stands.lifted_at:
            raise AlreadyDecided
        now.state = MeasureAppeal.State.OVERTURNED if overturn else MeasureAppeal.State.UPHELD
        now.decided_by, now.decided_at, now.note = by, timezone.now(), note
        now.save()
        if overturn:  # the letter of the lifting tells of it
            standing.lift(stands, by=by, words=note, though_over=True, person=person)
        else:
            write_of_measure_appeal.defer(appeal_id=now.pk)
    logger.info("appeal %s against a measure %s by member %s", now.pk, now.state, by.pk)
    return now
