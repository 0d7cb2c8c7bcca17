"""Standing: warning somebody, reading their comments first, suspending, banning; and taking that back.

Each is told by letter and shown to its person with rule and words: nobody is held or silenced without knowing. Each is
a row of its own (`StandingDecision`), under a lock on the person, so that two moderators cannot pass each other.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import Suspension, User
from comments import visibility
from comments.models import Comment, HouseRule
from moderation import deciding
from moderation.errors import (
    HoldsEverywhere,
    NobodyThere,
    NotOverThem,
    OwnBan,
    StandingChanged,
    StandingNotUndone,
    StandsAlready,
)
from moderation.models import Act, Decision, MeasureAppeal, StandingDecision
from moderation.people import Person, alone_with
from moderation.scope import Scope
from moderation.standing_letters import ask_for_second, write_of_standing

logger = logging.getLogger(__name__)

Kind, Acts = Suspension.Kind, StandingDecision.Act


def warn(person: Person, *, by: User, rule: HouseRule, words: str = "", seen: int | None = None) -> StandingDecision:
    """The person has to say that they have read it before they write on. `seen`, errors: as `measure`."""
    return measure(person, Kind.WARN, by=by, rule=rule, words=words, seen=seen)


def premoderate(
    person: Person,
    *,
    by: User,
    rule: HouseRule,
    until: datetime | None = None,
    words: str = "",
    seen: int | None = None,
) -> StandingDecision:
    """A moderator reads their comments before they appear, until a day or until it is lifted."""
    return measure(person, Kind.PREMODERATE, by=by, rule=rule, until=until, words=words, seen=seen)


def suspend(
    person: Person, *, by: User, rule: HouseRule, until: datetime, words: str = "", seen: int | None = None
) -> StandingDecision:
    """They may not write until that second. It must lie ahead (`ValueError`)."""
    return measure(person, Kind.SUSPEND, by=by, rule=rule, until=until, words=words, seen=seen)


def ban(person: Person, *, by: User, rule: HouseRule, words: str = "", seen: int | None = None) -> StandingDecision:
    """They may not write any more. Until a second moderator confirms it (BANS_NEED_TWO), a moderator reads first."""
    return measure(person, Kind.BAN, by=by, rule=rule, words=words, seen=seen)


def measure(
    person: Person,
    kind: Kind,
    *,
    by: User,
    rule: HouseRule,
    until: datetime | None = None,
    words: str = "",
    seen: int | None = None,
    beside: Decision | None = None,
) -> StandingDecision:
    """Set a measure on a person and keep the decision; the letter follows a little later.

    `seen` is the id of the last decision about the person that the moderator knew of, 0 for none, None for whatever is
    there. Raises `NotOverThem`, `StandingChanged`, `StandsAlready`, `NobodyThere`; `PermissionDenied` for whoever is no
    moderator, and `HoldsEverywhere` for one who looks after some spaces and wants more than to warn.
    """
    _check_may_decide(person, by, kind)
    if (kind == Kind.SUSPEND and until is None) or (until is not None and until <= timezone.now()):
        raise ValueError("a suspension ends, and every end lies ahead")
    with alone_with(person):
        _check_seen(person, seen)
        if kind != Kind.WARN and person.measures().in_force().filter(kind=kind).exists():
            raise StandsAlready
        made = person.new_measure(
            kind=kind,
            until=until if kind in (Kind.PREMODERATE, Kind.SUSPEND) else None,
            rule=rule.text,
            words=words.strip(),
            by=by,
            is_unconfirmed=kind == Kind.BAN and settings.BANS_NEED_TWO,
        )
        made.save()
        return _keep(made, Acts(kind.value), person, by=by, rule=rule, words=made.words, beside=beside)


def confirm_ban(banned: Suspension, *, by: User, person: Person | None = None) -> StandingDecision:
    """A second moderator agrees: from now on the person may not write. `person` where the caller knows who is behind
    the hash of an address. Raises `OwnBan` for whoever asked for it, and `StandingChanged` when it was confirmed or
    lifted meanwhile."""
    person = _person_of(banned, person)
    _check_may_decide(person, by, Kind.BAN)
    with alone_with(person):
        now = Suspension.objects.get(pk=banned.pk)
        if not now.is_unconfirmed or now.is_over:
            raise StandingChanged
        if now.by_id == by.pk:
            raise OwnBan
        now.is_unconfirmed, now.confirmed_by = False, by
        now.save(update_fields=["is_unconfirmed", "confirmed_by"])
        return _keep(now, Acts.CONFIRM, person, by=by, words=now.words)


def lift(
    stands: Suspension, *, by: User, words: str = "", though_over: bool = False, person: Person | None = None
) -> StandingDecision:
    """End a measure now, or strike a warning that was read. Raises `StandingChanged` when another was faster, or it has
    ended by itself; `though_over` strikes that, too, from somebody's record."""
    person = _person_of(stands, person)
    _check_may_decide(person, by, stands.kind)
    with alone_with(person):
        now = Suspension.objects.get(pk=stands.pk)
        ended = now.until is not None and now.until <= timezone.now()
        if now.lifted_at or (ended and not though_over):
            raise StandingChanged
        _end(now, by)
        return _keep(now, Acts.LIFT, person, by=by, words=words.strip())


def undo(decision: StandingDecision, *, by: User, person: Person | None = None) -> StandingDecision:
    """Take a decision back: the measure is again as it was before. Raises `StandingNotUndone` (`can_be_undone`)."""
    person = _person_of(decision.measure, person)
    _check_may_decide(person, by, decision.measure.kind)
    with alone_with(person):
        now = Suspension.objects.get(pk=decision.measure_id)
        if not can_be_undone(decision, now):
            raise StandingNotUndone
        if decision.act == Acts.LIFT:
            if now.kind != Kind.WARN and person.measures().in_force().filter(kind=now.kind).exists():
                raise StandsAlready
            now.lifted_at = now.lifted_by = None
        elif decision.act == Acts.CONFIRM:
            now.is_unconfirmed, now.confirmed_by = True, None
        else:
            _end(now, by)
        now.save()
        return _keep(now, Acts.UNDO, person, by=by, undoes=decision)


def can_be_undone(decision: StandingDecision, now: Suspension) -> bool:
    """Whether one press takes it back: the latest about its measure, for 30 days, while that changes something."""
    latest = StandingDecision.objects.filter(measure=now).order_by("-pk").values_list("pk", flat=True).first()
    return decision.pk == latest and changes_something(decision, now, overturned_among([now.pk]))


def changes_something(latest: StandingDecision, now: Suspension, overturned: set[int]) -> bool:
    """The same for the latest decision about a measure. What was lifted because of an appeal (`overturned`: ids of such
    measures) stays lifted."""
    if latest.act == Acts.UNDO or latest.made_at <= timezone.now() - timedelta(days=settings.UNDO_DAYS):
        return False
    ended = now.until is not None and now.until <= timezone.now()
    if latest.act == Acts.LIFT:
        return not ended and now.pk not in overturned
    return not ended and not now.lifted_at


def overturned_among(measures: Iterable[int]) -> set[int]:
    """Which of these measures were lifted because a second look found them wrong."""
    found = MeasureAppeal.objects.filter(measure__in=measures, state=MeasureAppeal.State.OVERTURNED)
    return set(found.values_list("measure", flat=True))


def acknowledge(warning: Suspension, *, person: Person) -> bool:
    """The person has read it; whether that is new. A warning to somebody else: `PermissionDenied`.

    When is kept on the warning itself (`acknowledged_at`), once: it is nobody's decision.
    """
    if not person.measures().filter(pk=warning.pk).exists():
        raise PermissionDenied
    return warning.acknowledge()


def refuse_and_warn(
    comment: Comment, *, by: User, rule: HouseRule, law: str = "", note: str = "", seen: str, words: str = ""
) -> tuple[Decision, StandingDecision]:
    """Refuse a comment, or remove what was public, and warn its writer: both or neither, told by one letter.

    `seen`, `words`, `law`: as for `deciding.decide`. Raises what `decide` and `warn` do, and `NobodyThere`.
    """
    with visibility.locked(comment.thread_id):
        person = Person.of_comment(comment)
        if person is None:
            raise NobodyThere
        act = next((act for act in deciding.acts_for(comment) if act in (Act.REFUSE, Act.REMOVE)), Act.REFUSE)
        made = deciding.decide(comment, act, by=by, seen=seen, words=words, rule=rule, law=law, note=note)
        return made, measure(person, Kind.WARN, by=by, rule=rule, words=note, beside=made)


def undo_with_warning(decision: Decision, *, by: User) -> Decision:
    """Take back what `deciding.undo` does, and the warning that was given in the same breath, if it can still be."""
    with transaction.atomic():
        undone = deciding.undo(decision, by=by)
        given = StandingDecision.objects.filter(beside=decision, act=Acts.WARN).select_related("measure").first()
        if given and Person.of_measure(given.measure) and can_be_undone(given, given.measure):
            undo(given, by=by)
        return undone


def last_decision(person: Person) -> int:
    """The id of the newest decision about a person; 0 for none. For `seen`."""
    return person.decisions().order_by("-pk").values_list("pk", flat=True).first() or 0


def _check_may_decide(person: Person, by: User, kind: str) -> None:
    if not by.is_moderator:
        raise PermissionDenied
    if not person.may_be_decided_by(by):
        raise NotOverThem
    scope = Scope.of(by)
    if not scope.is_everywhere and (kind != Kind.WARN or not person.is_known_in(scope)):
        raise HoldsEverywhere


def _check_seen(person: Person, seen: int | None) -> None:
    if seen is not None and seen != last_decision(person):
        raise StandingChanged


def _person_of(stands: Suspension, known: Person | None) -> Person:
    person = known or Person.of_measure(stands)
    if person is None or not person.measures().filter(pk=stands.pk).exists():
        raise NobodyThere
    return person


def _end(now: Suspension, by: User) -> None:
    now.lifted_at, now.lifted_by = timezone.now(), by
    now.save(update_fields=["lifted_at", "lifted_by"])


def _keep(
    about: Suspension,
    act: Acts,
    person: Person,
    *,
    by: User,
    rule: HouseRule | None = None,
    words: str = "",
    beside: Decision | None = None,
    undoes: StandingDecision | None = None,
) -> StandingDecision:
    decision = StandingDecision.objects.create(
        measure=about,
        **person.reached_by,
        act=act,
        by=by,
        rule=rule,
        rule_text=about.rule[:300],
        words=words,
        until=about.until,
        beside=beside,
        undoes=undoes,
    )
    in_a_moment = {"seconds": settings.DECISION_LETTER_SECONDS}
    write_of_standing.configure(schedule_in=in_a_moment).defer(decision_id=decision.pk)
    if about.is_unconfirmed and act in (Acts.BAN, Acts.UNDO):
        ask_for_second.configure(schedule_in=in_a_moment).defer(decision_id=decision.pk)
    logger.info("measure %s %s by member %s", about.pk, decision.get_act_display(), by.pk)
    return decision
