"""The model learns from what moderators decided: a batch each night, and after enough new decisions.

A new version is adopted only where it is no worse than the one in use on the latest decisions, which neither had
learned from. No score ever refuses anything, and moderators go back to any kept version with one press.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.db import connection
from django.utils import timezone

from civic.lib import limits
from civic.lib.jobs import every
from civic.lib.site import SiteSettings
from comments.models import ScoringModel, Space
from moderation.examples import Decided, examples_for, load_decided, mark_of_examples, that_teach
from moderation.honesty import WORST_ERROR, switch_off_what_drifted
from moderation.versions import adopt, current_head, current_row, keep_attempt, last_tried_at
from screening.model import HEADS, prior
from screening.model.fairness import alerts_on_groups
from screening.model.training import Fitted, refit, row_of

logger = logging.getLogger(__name__)

ENOUGH = 50  # new decisions, after which it is not waited for the night
NOT_BEFORE = timedelta(hours=1)  # after the last time
LOCK = 0x5C0_1E42  # of the database, while somebody learns


@dataclass(frozen=True)
class Learned:
    """What came of it for a head: `row` is the new version, adopted or not; None where there was nothing to learn."""

    head: str
    row: ScoringModel | None

    @property
    def is_adopted(self) -> bool:
        return self.row is not None and self.row.state != ScoringModel.State.NOT_ADOPTED


@every("23 3 * * *")
def learn_nightly() -> None:
    """Also what was erased leaves the versions of tomorrow."""
    refit_heads()


@every("*/10 * * * *")
def learn_when_enough() -> None:
    """One query where nothing was decided. First it is asked whether a head should go on at all."""
    switch_off_what_drifted()
    due = [head for head in HEADS if _is_due(head)]
    if due:
        refit_heads(due)


def refit_heads(heads=HEADS, now: datetime | None = None) -> list[Learned]:
    """Make a new version of each head from the decisions, and adopt it where it is no worse. One that fails keeps the
    other from nothing.

    Ten thousand decisions take some twenty seconds, most of it for reading their texts, once for all heads. Where
    another worker is at it already, nothing is done and nothing comes back.
    """
    with _alone() as is_alone:
        if not is_alone:
            logger.info("somebody learns already")
            return []
        decided = load_decided()
        asked = {"spoken": _spoken(), "now": now or timezone.now(), "row_of": cache(row_of)}
        return [Learned(head, _tried(head, decided, **asked)) for head in heads]


def _tried(name: str, decided: list[Decided], **asked) -> ScoringModel | None:
    try:
        return _refit(name, decided, **asked)
    except Exception as error:  # whatever it is about, and its words may quote a comment
        logger.error("%s could not learn: %s", name, type(error).__name__)
        return None


def _refit(name: str, decided: list[Decided], **asked) -> ScoringModel | None:
    """None where there is too little, or nothing new."""
    examples = examples_for(name, decided)
    mark = mark_of_examples(examples)
    if mark == _last_mark(name):
        return None
    before = current_row(name)
    known_until = before.made_at if before and not before.is_shipped else None
    fitted = refit(examples, prior().heads[name], current_head(name), known_until=known_until, **asked)
    if fitted is None:
        return None
    groups = alerts_on_groups(fitted.head)
    numbers = {
        "metrics": {
            "auc": fitted.auc,
            "auc_before": fitted.auc_before,
            "calibration_error": fitted.calibration_error,
            "is_own": fitted.is_own,
            "examples": mark,
            "languages": list(fitted.head.languages),
            "groups": {"share": groups.share, "worst": groups.worst, "worst_share": groups.worst_share},
        },
        "decisions": fitted.decisions,
        "taken_down": fitted.taken_down,
    }
    if fitted.is_no_worse and (before is None or not before.is_off_by_itself or _is_right(fitted)):
        row = adopt(fitted.head, instead_of=before, **numbers)
    else:
        row = keep_attempt(name, **numbers)
    logger.info("%s: version %s from %s decisions: %s", name, row.number, row.decisions, row.get_state_display())
    return row


def _is_right(fitted: Fitted) -> bool:
    """Of a head that switched itself off for being wrong: whether the new one may begin where it ended."""
    return fitted.calibration_error is not None and fitted.calibration_error <= WORST_ERROR


def _is_due(name: str) -> bool:
    """Once an hour at most, whatever comes of it."""
    last = last_tried_at(name)
    new = that_teach().filter(made_at__gt=last) if last else that_teach()
    if new[:ENOUGH].count() < ENOUGH:
        return False
    return not limits.take("moderation.learning", name.encode(), times=1, within=NOT_BEFORE)


def _last_mark(name: str) -> str:
    last = ScoringModel.objects.filter(head=name, number__gt=0).without_weights().order_by("-number").first()
    return last.metrics.get("examples", "") if last else ""


def _spoken() -> tuple[str, ...]:
    """Codes of the languages of the site and of its spaces."""
    codes = " ".join([SiteSettings.current().language, *Space.objects.values_list("languages", flat=True)])
    return tuple(dict.fromkeys(codes.split()))


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else learns now, in any process. Of the connection, not of a transaction: that would be open for
    a minute."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        is_alone = cursor.fetchone()[0]
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
