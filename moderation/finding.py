"""How what was decided about had come before a moderator: what a statement of reasons has to tell."""

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from comments.models import Screening
from comments.models.comments import State
from moderation.models import Act, Decision, Report

# Screening holds by these whatever the words are: nothing in them was found.
WHOEVER_WRITES = ("space", "newcomer", "standing", "proof")


class Found(models.TextChoices):
    PROGRAM = "program", "a program noticed something in its words and kept it for a person to read"
    READERS = "readers", "readers had reported it"
    PERSON = "person", "a moderator came upon it while reading"
    READ_FIRST = "read_first", "comments like this one are read by a person before they appear"


def with_finding(decisions: QuerySet[Decision]) -> QuerySet[Decision]:
    """Each with what `found` asks of it, in the same query."""
    held = Decision.objects.filter(comment=OuterRef("comment"), act=Act.HOLD, undoes=None, undone_by=None)
    held = held.filter(pk__lt=OuterRef("pk")).order_by("-pk")
    seen = screening_seen()
    return decisions.annotate(
        held_by_program=Subquery(held.values("is_automatic")[:1]),
        seen_outcome=Subquery(seen.values("outcome")[:1]),
        seen_rule=Subquery(seen.values("rule")[:1]),
        was_reported=reported_before(),
    )


def screening_seen() -> QuerySet[Screening]:
    """For a query of decisions: the screening of the text that was decided about comes first."""
    return Screening.objects.filter(comment=OuterRef("comment"), made_at__lte=OuterRef("made_at")).order_by("-pk")


def reported_before(**kind: str) -> Exists:
    """Whether a decision was made while a report of its comment, of that kind, was open."""
    reports = Report.objects.filter(comment=OuterRef("comment"), made_at__lte=OuterRef("made_at"), **kind)
    return Exists(reports.filter(Q(decided_at=None) | Q(decided_at__gte=OuterRef("made_at"))))


def found(decision: Decision) -> Found:
    """How the text of a refusal or removal was found; `decision` comes from `with_finding`."""
    if decision.act != Act.REFUSE_EDIT:  # nobody but its writer and moderators has read a newer text
        if decision.was_reported or decision.held_by_program:
            return Found.READERS  # nothing but reports takes a comment into review without a person
        if decision.held_by_program is not None or decision.was != State.IN_REVIEW:
            return Found.PERSON
    noticed = decision.seen_outcome == "hold" and decision.seen_rule not in WHOEVER_WRITES
    return Found.PROGRAM if noticed else Found.READ_FIRST


def how_found(decision: Decision) -> Found:
    """The same for any one decision. One query."""
    return found(with_finding(Decision.objects.filter(pk=decision.pk)).get())
