"""How far a letter is, what became of it, and why, in numbers and plain words.

While it is on its way everything is counted in the moment; when it is over, `newsletter.folding` keeps the figures.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.cache import cache
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.utils import timezone

from newsletter import sending
from newsletter.models import Issue, IssueFigures, Mailing
from newsletter.models.deliveries import Reason, State

FEW = 20  # a domain with fewer readers may be a family's, and names them
DOMAINS_AT_MOST = 50
SLOW_SECONDS = 20  # domains and reasons take a second at a million readers: for all who look, so seldom
# A letter that was in flight when an issue was cancelled may have its outcome some minutes later.
SETTLED_AFTER = timedelta(minutes=10)

Counts = dict[str, int]


@dataclass(frozen=True)
class Figures:
    """`reasons`: state to words to number, the most frequent first. `domains`: see `IssueFigures`. `is_live`: counted
    now; else kept from when it was over. `has_rows`: whether single readers can still be listed."""

    counts: Counts = field(default_factory=dict)
    candidates: int = 0
    reasons: dict[str, Counts] = field(default_factory=dict)
    domains: list[tuple[str, Counts]] = field(default_factory=list)
    speed: float = 0.0
    is_live: bool = True
    has_rows: bool = True

    def of(self, *states: State) -> int:
        return sum(self.counts.get(state, 0) for state in states)

    @property
    def sent(self) -> int:
        return self.of(State.SENT)

    @property
    def waiting(self) -> int:
        return self.of(State.QUEUED, State.CLAIMED, State.INFLIGHT)

    @property
    def to_go(self) -> int:
        """Readers it is meant for, without those who were left out."""
        return max(sum(self.counts.values()) - self.of(State.SKIPPED), 0)

    @property
    def percent(self) -> int:
        """How much of it is over. 100 only when nothing waits."""
        over = self.of(State.SENT, State.FAILED, State.UNKNOWN)
        return over * 100 // self.to_go if self.to_go else 100

    @property
    def ends_at(self) -> datetime | None:
        """When the last first attempt is made, at the speed of the last seconds. None when that cannot be told."""
        if not self.waiting or not self.speed:
            return None
        return timezone.now() + timedelta(seconds=self.waiting / self.speed)


def figures_of(issue: Issue, *, slow: bool = True) -> Figures:
    """All about one issue. Without the `slow` ones, domains and reasons are left out: two counts, for looking often."""
    if kept := _kept(issue):
        return kept
    progress = sending.progress(issue)
    reasons, domains = _slow_of(issue) if slow else ({}, [])
    return Figures(progress.counts, progress.candidates, reasons, domains, progress.speed)


def counts_of_each(issues: Iterable[Issue]) -> dict[int, Counts]:
    """Counts by state of several issues, which come with `figures` and `mailing`. At most one query."""
    kept = {issue.pk: found.counts for issue in issues if (found := _kept(issue))}
    running = [issue.pk for issue in issues if issue.pk not in kept]
    if running:
        with connection.cursor() as cursor:
            cursor.execute(_COUNTS_OF_EACH, {"issues": running})
            for issue_id, state, number in cursor.fetchall():
                kept.setdefault(issue_id, {})[state] = number
    return kept


def count_all(issue: Issue) -> Figures:
    """Everything, counted now. A few seconds at a million readers."""
    progress = sending.progress(issue)
    return Figures(progress.counts, progress.candidates, *_count_slow(issue), progress.speed)


def _kept(issue: Issue) -> Figures | None:
    try:
        row: IssueFigures = issue.figures
    except ObjectDoesNotExist:
        return None
    if not row.folded_at and (issue.finished_at is None or row.counted_at < issue.finished_at):
        return None  # it went on since, to readers of whom nobody knew
    domains = [(domain, counts) for domain, counts in row.domains]
    return Figures(row.counts, row.candidates, row.reasons, domains, 0.0, False, not row.folded_at)


def _slow_of(issue: Issue) -> tuple[dict, list]:
    key = f"newsletter.figures.{issue.pk}"
    found = cache.get(key)
    if found is None:
        found = _count_slow(issue)
        cache.set(key, found, SLOW_SECONDS)
    return found


def _count_slow(issue: Issue) -> tuple[dict[str, Counts], list[tuple[str, Counts]]]:
    mailing = Mailing.objects.filter(issue=issue).first()
    if mailing is None:
        return {}, []
    values = {"issue": issue.pk, "first": mailing.first_id, "last": mailing.last_id, "few": FEW}
    with connection.cursor() as cursor:
        cursor.execute(_REASONS, values)
        reasons = _in_words(cursor.fetchall(), mailing.skipped)
        cursor.execute(_DOMAINS, values)
        return reasons, _biggest_first(cursor.fetchall())


def _in_words(rows: list[tuple[str, str, int]], left_out: Counts) -> dict[str, Counts]:
    by_state: dict[str, Counter] = {}
    for state, why, number in [*rows, *((State.SKIPPED, why, number) for why, number in left_out.items())]:
        by_state.setdefault(str(state), Counter())[why_in_words(why)] += number
    return {state: dict(counter.most_common()) for state, counter in by_state.items()}


def _biggest_first(rows: list[tuple[str, str, int]]) -> list[tuple[str, Counts]]:
    by_domain: dict[str, Counter] = {}
    for domain, state, number in rows:
        by_domain.setdefault(domain, Counter())[state] += int(number)
    others = by_domain.pop("", Counter())
    domains = sorted(by_domain.items(), key=lambda item: (-item[1].total(), item[0]))
    for _, counts in domains[DOMAINS_AT_MOST:]:
        others += counts
    return [(domain, dict(counts)) for domain, counts in [*domains[:DOMAINS_AT_MOST], ("", others)] if counts]


# --- words ----------------------------------------------------------------------------------------

# By the class of an enhanced status (RFC 3463) without its first digit, else by the reply's code.
_WORDS = {
    "2.1": "the mailbox is closed",
    "2.2": "the mailbox is full",
    "1": "there is no such address",
    "2": "the mailbox takes no letter",
    "3": "their mail server has trouble",
    "4": "their mail server cannot be reached",
    "5": "the two mail servers did not understand each other",
    "6": "the form of the letter was not liked",
    "7": "a rule of their mail server forbids it",
}
_WORDS_OF_CODES = {
    "": "the connection broke",
    "421": "the mail server was busy",
    "450": "the mailbox could not be used just then",
    "451": "the mail server asked to come back later",
    "452": "the mail server had no room",
    "550": "the address was refused",
    "551": "the address was refused",
    "552": "the mailbox is full",
    "553": "the address was refused",
    "554": "the letter was refused",
}


def why_in_words(why: str) -> str:
    """Plain words for a reason of `Reason`, an enhanced status ("5.1.1"), or a reply's code ("550")."""
    if why in Reason.values:
        return str(Reason(why).label)
    kind, _, status = why.partition(".")
    if kind == "4" and status.startswith("7."):
        return "their mail server makes strangers wait"
    if status:
        return _WORDS.get(status) or _WORDS.get(status.partition(".")[0]) or "for a reason they did not name"
    return _WORDS_OF_CODES.get(kind, "for a reason they did not name")


# --- statements -----------------------------------------------------------------------------------

# The condition on the state lets it use the index that holds no letter that simply went.
_REASONS = r"""
SELECT state, CASE state WHEN 'skipped' THEN reason
    ELSE coalesce(substring(reply FROM '\m[45]\.\d{1,3}\.\d{1,3}\M'), code::text, '') END AS why, count(*)
FROM newsletter_outcome WHERE issue_id = %(issue)s AND state IN ('failed', 'deferred', 'skipped') GROUP BY 1, 2
"""

_DOMAINS = """
WITH counted AS (
    SELECT lower(split_part(address, '@', -1)) AS domain, coalesce(outcome.state, 'queued') AS state, count(*) AS number
    FROM newsletter_delivery delivery LEFT JOIN newsletter_outcome outcome ON outcome.delivery_id = delivery.id
    WHERE delivery.id BETWEEN %(first)s AND %(last)s AND delivery.issue_id = %(issue)s AND skipped = '' GROUP BY 1, 2
), sized AS (
    SELECT *, sum(number) OVER (PARTITION BY domain) AS readers FROM counted
)
SELECT CASE WHEN readers >= %(few)s THEN domain ELSE '' END, state, sum(number) FROM sized GROUP BY 1, 2
"""

_COUNTS_OF_EACH = """
WITH over AS (
    SELECT mailing.issue_id, outcome.state, count(*) AS number
    FROM newsletter_mailing mailing JOIN newsletter_outcome outcome
        ON outcome.delivery_id BETWEEN first_id AND last_id AND outcome.issue_id = mailing.issue_id
    WHERE mailing.issue_id = ANY(%(issues)s) AND outcome.state <> 'queued' GROUP BY 1, 2
)
SELECT issue_id, state, sum(number)::bigint FROM (
    SELECT * FROM over
    UNION ALL SELECT issue_id, 'queued',
        queued - coalesce((SELECT sum(number) FROM over WHERE over.issue_id = mailing.issue_id), 0)
        FROM newsletter_mailing mailing WHERE issue_id = ANY(%(issues)s)
    UNION ALL SELECT issue_id, 'skipped',
        coalesce((SELECT sum(value::bigint) FROM jsonb_each_text(skipped)), 0)
        FROM newsletter_mailing WHERE issue_id = ANY(%(issues)s)
) every GROUP BY 1, 2 HAVING sum(number) > 0
"""
