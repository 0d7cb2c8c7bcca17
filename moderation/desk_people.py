"""Reading for the desk: who has a standing now, who is found by a name or an address, one person with all of it."""

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Lower

from accounts.models import Suspension, User
from comments.models import Comment, Guest
from comments.models.comments import State
from moderation.models import MeasureAppeal, Report, StandingDecision
from moderation.people import Person
from moderation.scope import Scope
from moderation.standing import changes_something, last_decision, overturned_among

LISTED = 30  # a page of those with a standing now
FOUND = 30  # of each kind, by a search
REMEMBERED = 50  # decisions shown on the page of a person
RECENT = 10  # comments shown there


@dataclass(frozen=True)
class Line:
    """Somebody in a list. `url` is "" for who has left; `measure` is what holds on them, in the list of those."""

    name: str
    what: str
    url: str
    measure: Suspension | None = None


@dataclass(frozen=True)
class Standing:
    """A measure that is in force, and what this moderator may do about it."""

    measure: Suspension
    may_confirm: bool
    may_lift: bool


@dataclass(frozen=True)
class Gone:
    """How often something of theirs was refused or removed by a rule."""

    what: str
    rule: str
    times: int


@dataclass(frozen=True)
class PersonPage:
    """One person at the desk. `history` pairs each decision with whether one press takes it back; `seen` names the
    last of them, 0 for none."""

    person: Person
    since: datetime
    names: list[str]  # other names under which the same address wrote
    published: int
    waiting: int
    gone: list[Gone]
    reported: dict[str, int]  # reports on what they wrote: `open`, `upheld`, `dismissed`, as far as there are any
    recent: list[Comment]
    standing: list[Standing]
    history: list[tuple[StandingDecision, bool]]
    appeals: list[MeasureAppeal]
    seen: int
    may_decide: bool
    only_warns: bool  # this moderator looks after some spaces


def list_standing(scope: Scope, page: str = "") -> tuple[list[Line], Page]:
    """Everybody on whom something holds: bans that wait for their second moderator, then the newest. Three queries."""
    in_force = Suspension.objects.in_force().select_related("member")
    if not scope.is_everywhere:
        members, guests = _writers_in(scope)
        rows = StandingDecision.objects.filter(Q(member__in=members) | Q(guest__in=guests), measure=OuterRef("pk"))
        in_force = in_force.filter(Q(member__in=members) | Exists(rows))
    found = Paginator(in_force.order_by("-is_unconfirmed", "-made_at", "-pk"), LISTED).get_page(page)
    told = StandingDecision.objects.filter(measure__in=[one.pk for one in found]).exclude(member=None, guest=None)
    rows = {decision.measure_id: decision for decision in told.select_related("member", "guest").order_by("pk")}
    return [_line(one, rows.get(one.pk)) for one in found], found


def find_people(query: str, scope: Scope) -> list[Line]:
    """Members and confirmed guests by a part of their name, or by their whole address. Three queries.

    A guest whose address has an account stands there as the member.
    """
    members = User.objects.active().filter(Q(display_name__icontains=query) | Q(email__iexact=query))
    guests = Guest.objects.confirmed().filter(leaving="").annotate(address=Lower("email"))
    guests = guests.filter(Q(name__icontains=query) | Q(address=query.lower())).exclude(email="").order_by("-pk")
    if not scope.is_everywhere:
        who, which = _writers_in(scope)
        members, guests = members.filter(pk__in=who), guests.filter(pk__in=which)
    by_address = {guest.address: guest for guest in reversed(guests[: 3 * FOUND])}
    accounts = User.objects.active().annotate(address=Lower("email")).filter(address__in=by_address)
    known = {member.address: member for member in accounts}
    lines = {f"m{member.pk}": _member_line(member) for member in members[:FOUND]}
    for address, guest in by_address.items():
        member = known.get(address)
        key, line = (f"m{member.pk}", _member_line(member)) if member else (f"g{guest.pk}", _guest_line(guest))
        lines.setdefault(key, line)
    return list(lines.values())


def _writers_in(scope: Scope):
    """Members and guests, as subqueries, who wrote where this moderator looks after."""
    written = scope.comments(Comment.objects.exclude(state=State.UNCONFIRMED))
    return written.filter(member__isnull=False).values("member"), written.filter(guest__isnull=False).values("guest")


def load_person(person: Person, scope: Scope) -> PersonPage:
    """One person with all that is known of them where `scope.member` looks after. As many queries for a long history as
    for a short one."""
    by = scope.member
    measures = list(person.measures().order_by("-made_at", "-pk"))
    history = list(person.decisions().select_related("by", "measure").order_by("-pk")[:REMEMBERED])
    appeals = MeasureAppeal.objects.filter(measure__in=measures).select_related("measure").order_by("-pk")
    may = person.may_be_decided_by(by)
    comments = scope.comments(person.read_comments())
    return PersonPage(
        person=person,
        since=person.member.joined_at if person.member else min(guest.made_at for guest in person.guests),
        names=sorted({guest.name for guest in person.guests} - {person.name}),
        **comments.aggregate(
            published=Count("pk", filter=Q(state=State.PUBLIC)), waiting=Count("pk", filter=Q(state=State.IN_REVIEW))
        ),
        gone=_gone(comments),
        reported=dict(Report.objects.filter(comment__in=comments).values_list("state").annotate(Count("pk"))),
        recent=list(comments.select_related("thread").order_by("-pk")[:RECENT]),
        standing=[_standing(one, scope, may) for one in measures if not one.is_over],
        history=_with_undo(history, scope, may),
        appeals=list(appeals),
        seen=last_decision(person),
        may_decide=may,
        only_warns=not scope.is_everywhere,
    )


def _standing(measure: Suspension, scope: Scope, may: bool) -> Standing:
    may_lift = may and _is_for(scope, measure)
    return Standing(measure, may_lift and measure.is_unconfirmed and measure.by_id != scope.member.pk, may_lift)


def _is_for(scope: Scope, measure: Suspension) -> bool:
    return scope.is_everywhere or measure.kind == Suspension.Kind.WARN


def _with_undo(history: list[StandingDecision], scope: Scope, may: bool) -> list[tuple[StandingDecision, bool]]:
    """The newest of each measure can be taken back, while it changes something."""
    overturned = overturned_among({decision.measure_id for decision in history})
    pairs, seen = [], set()
    for decision in history:
        is_latest = decision.measure_id not in seen
        seen.add(decision.measure_id)
        can_be = is_latest and changes_something(decision, decision.measure, overturned)
        pairs.append((decision, may and can_be and _is_for(scope, decision.measure)))
    return pairs


def _gone(comments) -> list[Gone]:
    gone = comments.filter(state__in=(State.REFUSED, State.REMOVED))
    by_rule = gone.values("state", "gone_rule__number", "gone_rule__short").annotate(times=Count("pk"))
    return [
        Gone(State(row["state"]).label, f"{row['gone_rule__number']}. {row['gone_rule__short']}", row["times"])
        for row in by_rule.order_by("state", "gone_rule__number")
    ]


def _line(measure: Suspension, row: StandingDecision | None) -> Line:
    member, guest = measure.member or (row and row.member), row and row.guest
    if member:
        line = _member_line(member)
    elif guest and guest.email and not guest.leaving:
        line = _guest_line(guest)
    else:
        line = Line("Somebody who has left", "kept by the hash of an address", "")
    return Line(line.name, line.what, line.url, measure)


def _member_line(member: User) -> Line:
    return Line(member.display_name, "member", f"/moderation/people/member/{member.pk}/" if member.is_active else "")


def _guest_line(guest: Guest) -> Line:
    return Line(guest.name, "guest", f"/moderation/people/guest/{guest.pk}/")
