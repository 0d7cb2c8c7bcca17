"""How many readers call our letters unwanted, against the lines that the large mailbox providers draw."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from newsletter.models import Bounce, Issue, Mailing, Outcome
from newsletter.models.deliveries import State

# Gmail and Yahoo ask all who write to many people to stay under a thousandth, and refuse letters from three on
# (support.google.com/a/answer/81126, senders.yahooinc.com/best-practices).
WATCH, TOO_MANY = 0.001, 0.003
DAYS = 30
# Of fewer letters one complaint is above every line; a share says something from here on.
ENOUGH = 1000


@dataclass(frozen=True)
class Meter:
    """Complaints among letters that a mail server took. `rate` is a share: 0.001 is the first line."""

    complaints: int
    sent: int

    @property
    def rate(self) -> float:
        return self.complaints / self.sent if self.sent else 0.0

    @property
    def level(self) -> str:
        """`none` sent, too `few` to tell, `good`, `watch` from the first line on, `bad` from the second."""
        if not self.sent:
            return "none"
        if self.sent < ENOUGH:
            return "few"
        return "bad" if self.rate >= TOO_MANY else "watch" if self.rate >= WATCH else "good"

    @property
    def percent(self) -> str:
        """ "0.14 %" """
        return f"{self.rate * 100:.2f} %"

    @property
    def filled(self) -> int:
        """How far the meter is filled, 0 to 100, where 100 is four thousandths."""
        return min(100, round(self.rate / 0.004 * 100))


def lately(today: date | None = None) -> tuple[Meter, list[tuple[Issue, Meter]]]:
    """Of all letters of thirty days, and of each, newest first. Three queries; about a tenth of a second for each
    million of letters."""
    today = today or timezone.localdate()
    since = today - timedelta(days=DAYS)
    issues = list(Issue.objects.select_related("newsletter").filter(sent_at__date__gte=since).order_by("-sent_at"))
    ids = [issue.pk for issue in issues]
    complaints, sent = _complaints(ids), _sent(ids)
    meters = [(issue, Meter(complaints.get(issue.pk, 0), sent.get(issue.pk, 0))) for issue in issues]
    whole = Meter(sum(meter.complaints for _, meter in meters), sum(meter.sent for _, meter in meters))
    return whole, meters


def _complaints(issues: list[int]) -> dict[int, int]:
    """Complaints by issue."""
    rows = Bounce.objects.complaints().filter(issue__in=issues).values_list("issue")
    return dict(rows.annotate(number=Count("pk")))


def _sent(issues: list[int]) -> dict[int, int]:
    """How many letters a mail server took, by issue; as `counts_of` counts them, for many issues at once."""
    ours = Outcome.objects.filter(
        issue=OuterRef("issue"), delivery__gte=OuterRef("first_id"), delivery__lte=OuterRef("last_id"), state=State.SENT
    )
    number = ours.order_by().values("issue").annotate(number=Count("pk")).values("number")
    mailings = Mailing.objects.filter(issue__in=issues).annotate(sent=Subquery(number))
    return {issue: sent or 0 for issue, sent in mailings.values_list("issue", "sent")}
