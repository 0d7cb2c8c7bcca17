"""Letters about somebody's standing: what was decided about them, and that a second look has changed nothing."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from civic.lib.jobs import task
from civic.lib.site import SiteSettings
from civic.lib.tokens import fingerprint
from comments.models import Comment
from moderation.models import MeasureAppeal, StandingDecision
from moderation.notices import private_url, write_to_author
from moderation.people import Person
from moderation.scope import Scope
from moderation.standing_words import opening_of, outcome_of, title_of
from notifications.letters import write_once
from notifications.models import Notification

KIND = "standing"


@dataclass(frozen=True)
class Told:
    """One thing that a letter tells. `comment` was refused or removed in the same breath, by `decision`."""

    decision: StandingDecision
    title: str
    opening: str
    outcome: str
    comment: Comment | None = None
    comment_url: str = ""


@task(priority=10)
def write_of_standing(decision_id: int) -> None:
    """Tell somebody what was decided about them. However many measures in a short while: one letter, by the last.

    What was undone before anybody was told of it is told to nobody, and neither is the undoing.
    """
    newest = StandingDecision.objects.select_related("member", "guest").filter(pk=decision_id).first()
    if newest is None or (person := Person.of_row(newest)) is None:
        return
    known = list(
        person.decisions()
        .select_related("measure", "undoes", "beside__comment__thread", "beside__comment__guest")
        .order_by("pk")
    )
    if known[-1].pk > newest.pk:
        return  # that one's letter tells of this, too
    new, slips = _new_to(person, known)
    for slip in slips:
        if slip.beside_id:  # its letter would have told of the comment, too: now that has one of its own
            write_to_author.defer(decision_id=slip.beside_id)
    if not new:
        return
    with timezone.override(SiteSettings.current().zone):
        told = [_told(decision) for decision in new]
    write_once(
        "letters/standing",
        to=person.mailbox,
        member=person.member,
        kind=KIND,
        about=_about(newest),
        subject=_subject(told),
        context={"told": told, "url": standing_url(person), "days": settings.APPEAL_DAYS},
        url=standing_path(person),
    )
    _remember(person, known, told)


@task(priority=10)
def write_of_measure_appeal(appeal_id: int) -> None:
    """Tell somebody that the second look has changed nothing. What it changed, the letter of the lifting tells."""
    appeal = MeasureAppeal.objects.select_related("measure", "member", "guest").filter(pk=appeal_id).first()
    if appeal is None or (person := Person.of_row(appeal)) is None:
        return
    write_once(
        "letters/standing_appeal",
        to=person.mailbox,
        member=person.member,
        kind="standing-appeal",
        about=f"measure-appeal:{appeal.pk}",
        subject="We looked at it again: the decision about you stands",
        context={"appeal": appeal, "url": standing_url(person)},
        url=standing_path(person),
    )


@task(priority=10)
def ask_for_second(decision_id: int) -> None:
    """A ban waits: tell those moderators who may confirm it, each in a job of its own, unless it was taken back."""
    asked = _ban_that_waits(decision_id)
    person = asked and Person.of_row(asked)
    if not person:
        return
    others = User.objects.moderators().exclude(pk=asked.measure.by_id)
    for member in others:
        if person.may_be_decided_by(member) and Scope.of(member).is_everywhere:
            write_to_second.defer(decision_id=asked.pk, member_id=member.pk)


@task(priority=10)
def write_to_second(decision_id: int, member_id: int) -> None:
    asked = _ban_that_waits(decision_id)
    person = asked and Person.of_row(asked)
    member = User.objects.moderators().filter(pk=member_id).first()
    if not person or member is None:
        return
    path = desk_path(person)
    write_once(
        "letters/second",
        to=member.email,
        member=member,
        kind="second",
        about=f"second:{asked.pk}",
        subject="A ban waits for a second moderator",
        context={"asked": asked, "person": person, "url": settings.SITE_URL + path},
        url=path,
    )


def _ban_that_waits(decision_id: int) -> StandingDecision | None:
    waits = StandingDecision.objects.filter(measure__is_unconfirmed=True, measure__lifted_at=None)
    return waits.select_related("measure", "member", "guest").filter(pk=decision_id).first()


def desk_path(person: Person) -> str:
    """The page of somebody at the desk."""
    if person.member:
        return reverse("moderation:member", args=[person.member.pk])
    return reverse("moderation:guest", args=[person.guests[0].pk])


def standing_path(person: Person) -> str:
    """Where somebody sees their standing: members by signing in, guests by a link that only they have."""
    if person.member:
        return "/me/standing/"
    return f"/discuss/by-letter/{person.guests[0].letter_token()}/standing/"


def standing_url(person: Person) -> str:
    return settings.SITE_URL + standing_path(person)


def _about(decision: StandingDecision) -> str:
    return f"standing:{decision.pk}"


def _new_to(person: Person, known: list[StandingDecision]) -> tuple[list[StandingDecision], list[StandingDecision]]:
    """What they have not been told; and apart from it what took itself back."""
    subjects = [_about(decision) for decision in known]
    sent = Notification.objects.filter(kind=KIND, subject__in=subjects, sent_at__isnull=False)
    sent = set(sent.filter(_whose(person)).values_list("subject", flat=True))
    new = {decision.pk: decision for decision in known if _about(decision) not in sent}
    slips = {d.pk for d in new.values() if d.undoes_id in new} | {d.undoes_id for d in new.values()}
    return [d for pk, d in new.items() if pk not in slips], [d for pk, d in new.items() if pk in slips]


def _whose(person: Person) -> Q:
    hashed = Q(address_hash=fingerprint("address", person.address))
    return hashed | Q(member=person.member) if person.member else hashed


def _remember(person: Person, known: list[StandingDecision], told: list[Told]) -> None:
    """All of it is told now: each on its own, so that what undoes one of them later is told as well."""
    row = {"address_hash": fingerprint("address", person.address), "member": person.member, "sent_at": timezone.now()}
    beside = [one.decision.beside_id for one in told if one.comment]
    rows = [Notification(kind=KIND, subject=_about(decision), **row) for decision in known]
    rows += [Notification(kind="decision", subject=f"decision:{pk}", **row) for pk in beside]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)


def _told(decision: StandingDecision) -> Told:
    title = title_of(decision.act, is_unconfirmed=decision.measure.is_unconfirmed)
    outcome, beside = outcome_of(decision), decision.beside
    if beside is None or beside.undone_by.exists():
        return Told(decision, title, opening_of(decision), outcome)
    comment = beside.comment
    opening = f"Your comment on “{comment.thread.title}” was {beside.get_act_display()} by this house rule:"
    return Told(decision, title, opening, outcome, comment, private_url(comment))


def _subject(told: list[Told]) -> str:
    site = SiteSettings.current().name
    return f"{told[0].title if len(told) == 1 else 'What moderators decided about you'}: {site}"
