"""How much reports weigh together: enough of them take a comment off the page until a moderator has read it.

What we have from others: Discourse adds up, over the reporters of a post, one point each, their trust level and a bonus
for accuracy, and hides it from a learned threshold on (`app/models/reviewable_score.rb`). Two things are different
here. Accuracy is a mean with a prior, the same as in the ranking of comments (`comments/ranking.py`): it moves at once
and little by little, and cannot fall below zero. And people are counted, not reports: who shares a network, or reports
together with others again and again, is one voice.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db import connection
from django.db.models import Count, F, Q
from django.utils import timezone

from accounts.models import User
from comments.models import Comment
from moderation.models import Report

PRIOR = 2  # right and wrong reports that everybody is taken to have made before the first
HEAVIEST = 2.0  # what somebody who is always right comes near to, and what people who work here weigh
REMEMBERED = timedelta(days=365)  # what was right or wrong a year ago says little about somebody now
TOGETHER_TIMES, TOGETHER_WITHIN = 3, timedelta(days=7)
WEIGHED_AT_MOST = 500  # reports of one comment: far beyond any threshold


def weight_of(upheld: int, dismissed: int) -> float:
    """The weight of one reporter with so many right and wrong reports: above 0 and below 2.

    Twice the mean of a Beta(2 + upheld, 2 + dismissed) distribution: 1 for somebody new, 1.5 after four right reports,
    0.5 after four wrong ones, 0.17 after twenty.
    """
    return HEAVIEST * (upheld + PRIOR) / (upheld + dismissed + 2 * PRIOR)


def weigh(comment: Comment) -> float:
    """What the open reports of a comment weigh together. Four queries, however many there are.

    Reports of people who have not proven an address weigh nothing: a moderator reads them all the same.
    """
    reports = list(
        Report.objects.open().on(comment).filter(who__in=(Report.Who.MEMBER, Report.Who.GUEST)).exclude(person=None)
        .order_by("-pk").only("person", "origin", "member_id")[:WEIGHED_AT_MOST]
    )  # fmt: skip
    if not reports:
        return 0.0
    persons = {bytes(report.person) for report in reports}
    record = _record_of(persons)
    staff = set(
        User.objects.filter(pk__in={r.member_id for r in reports}, groups__isnull=False).values_list("pk", flat=True)
    )
    total = HEAVIEST * sum(report.member_id in staff for report in reports)
    others = [report for report in reports if report.member_id not in staff]
    for voice in _voices(others, _together(persons)):
        total += max(weight_of(*record.get(person, (0, 0))) for person in voice)
    return total


def _record_of(persons: set[bytes]) -> dict[bytes, tuple[int, int]]:
    """Right and wrong reports of each. What was answered before it was made says nothing about its maker."""
    recent = Report.objects.by(persons).filter(made_at__gte=timezone.now() - REMEMBERED)
    decided = recent.filter(decided_at__gt=F("made_at"))
    counts = decided.order_by().values("person").annotate(
        upheld=Count("pk", filter=Q(state=Report.State.UPHELD)),
        dismissed=Count("pk", filter=Q(state=Report.State.DISMISSED)),
    )  # fmt: skip
    return {bytes(row["person"]): (row["upheld"], row["dismissed"]) for row in counts}


_TOGETHER = """
SELECT one.person, other.person FROM moderation_report AS one
JOIN moderation_report AS other ON other.comment_id = one.comment_id AND other.person > one.person
WHERE one.person = ANY(%(persons)s) AND other.person = ANY(%(persons)s)
  AND one.made_at > %(since)s AND other.made_at > %(since)s
GROUP BY 1, 2 HAVING count(*) >= %(times)s
"""


def _together(persons: set[bytes]) -> list[tuple[bytes, bytes]]:
    """Pairs who have reported the same comments again and again in the last days, this one among them."""
    since = timezone.now() - TOGETHER_WITHIN
    with connection.cursor() as cursor:
        cursor.execute(_TOGETHER, {"persons": list(persons), "since": since, "times": TOGETHER_TIMES})
        return [(bytes(one), bytes(other)) for one, other in cursor.fetchall()]


def _voices(reports: Iterable[Report], pairs: Iterable[tuple[bytes, bytes]]) -> list[set[bytes]]:
    """Persons in groups, each of which counts as one: those of one network, and those who go together."""
    groups: dict[object, set[bytes]] = {}
    for report in reports:
        person = bytes(report.person)
        groups.setdefault(bytes(report.origin) if report.origin else person, set()).add(person)
    voices = list(groups.values())
    counted = set().union(*voices) if voices else set()
    for one, other in pairs:
        if not {one, other} <= counted:
            continue
        joined = [voice for voice in voices if one in voice or other in voice]
        voices = [voice for voice in voices if voice not in joined] + [set().union(*joined)]
    return voices
