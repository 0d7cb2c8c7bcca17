"""What the model said, beside what moderators decided: whether it keeps its word, and what follows if not."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from django.db.models import Subquery

from comments.models import ScoringModel
from comments.scoring import current
from moderation.examples import GONE, is_bad, that_teach
from moderation.finding import screening_seen
from moderation.versions import current_row, switch_off
from screening.model.measures import calibration_error, error_by_chance
from screening.policy import HOLD_FROM

logger = logging.getLogger(__name__)

LATEST = 200  # decisions by which it is judged
READ = 2_000  # of the newest decisions, to find so many: not all were scored
WORST_ERROR = 0.1  # of what it says, as a probability, …
BEYOND_CHANCE = 1.75  # … or so many times what is to be expected of somebody who is right
TIMES_THE_BASE = 2  # as often taken down as comments are: else what it picks might as well be picked by dice
FEWEST_HELD = 10  # of which that is said


@dataclass(frozen=True)
class Said:
    """What a head said about a comment when it came, and whether it was taken down for that. `likely` is 0..1, None
    where it gave only an order; `would_hold`: whether the score by itself asks for a person in that space."""

    score: float
    likely: float | None
    would_hold: bool
    is_bad: bool
    screened_at: datetime


@dataclass(frozen=True)
class Held:
    """Of `decided` comments `bad` were taken down for what the head looks for; it would have held `held`, and `right`
    of those were. Shares are None where there is nothing to divide by."""

    decided: int
    bad: int
    held: int
    right: int

    @classmethod
    def of(cls, said: Sequence[Said]) -> "Held":
        held = [one for one in said if one.would_hold]
        return cls(len(said), sum(one.is_bad for one in said), len(held), sum(one.is_bad for one in held))

    @property
    def base(self) -> float | None:
        return self.bad / self.decided if self.decided else None

    @property
    def precision(self) -> float | None:
        return self.right / self.held if self.held else None

    @property
    def recall(self) -> float | None:
        return self.right / self.bad if self.bad else None


@dataclass(frozen=True)
class Unsaid:
    """Comments that a head did not look at on purpose and moderators decided about; `bad` were taken down for what it
    looks for."""

    decided: int = 0
    bad: int = 0

    def and_one(self, is_bad: bool) -> "Unsaid":
        return Unsaid(self.decided + 1, self.bad + is_bad)


def load_said(
    heads: Sequence[str], *, since: datetime | None = None, most: int = READ
) -> tuple[dict[str, list[Said]], dict[str, Unsaid]]:
    """By head: what it said, the latest decision first, and the sample of which it said nothing. One query, of the
    `most` newest decisions that teach something.

    What is compared is the latest screening before the decision: of the text that the moderator read.
    """
    seen = screening_seen()
    found = that_teach().annotate(
        signals=Subquery(seen.values("signals")[:1]), screened_at=Subquery(seen.values("made_at")[:1])
    )
    found = found.filter(made_at__gt=since) if since else found
    columns = ("act", "rule__concerns", "signals", "screened_at", "comment__thread__space__thresholds")
    said: dict[str, list[Said]] = {head: [] for head in heads}
    unsaid = dict.fromkeys(heads, Unsaid())
    for act, concerns, signals, screened_at, thresholds in found.order_by("-pk").values_list(*columns)[:most]:
        for head in heads:
            bad = is_bad(head, act in GONE, concerns)
            signal = _signal_of(head, signals)
            if bad is None or signal is None:
                continue
            if signal.get("control"):
                unsaid[head] = unsaid[head].and_one(bad)
            else:
                held = signal.get("noticed", True) and signal["score"] >= _threshold(head, thresholds)
                said[head].append(Said(signal["score"], signal.get("likely"), held, bad, screened_at))
    return said, unsaid


def switch_off_what_drifted() -> list[str]:
    """The heads that were switched off. One query where a head is in use that gives probabilities."""
    calibrated = [name for name, head in current().heads.items() if head.calibration is not None]
    if not calibrated:
        return []
    gone = []
    for head, said in load_said(calibrated)[0].items():
        row = current_row(head)
        if row is not None and not row.is_off and (why := why_off(_judged(said, row))):
            switch_off(head, by=None, note=why, judged=row)
            gone.append(head)
    return gone


def why_off(said: Sequence[Said]) -> str:
    """Why a head that said this should be switched off, in words for moderators; "" where it should not, or where there
    are fewer than `LATEST` to tell by."""
    if len(said) < LATEST:
        return ""
    error = error_of(said)
    if error is not None and error > (most := _most_error(said)):
        return (
            f"How likely it took comments to be taken down lay {round(100 * error)} percentage points from what was "
            f"decided, over the latest {len(said)} decisions: more than {round(100 * most)}."
        )
    held = Held.of(said)
    if held.held >= FEWEST_HELD and held.bad and held.right < _fewest_right(held):
        return (
            f"Of what it would have held, {round(100 * held.precision)} % was taken down, of everything that was "
            f"decided {round(100 * held.base)} %, over the latest {len(said)} decisions: too close to picking by dice."
        )
    return ""


def error_of(said: Sequence[Said]) -> float | None:
    """0..1: how far its probabilities lie from what was; None where it gave none."""
    known = [one for one in said if one.likely is not None]
    return calibration_error([one.is_bad for one in known], [one.likely for one in known]) if known else None


def _judged(said: Sequence[Said], row: ScoringModel) -> list[Said]:
    """By what it said with a probability since it was switched on last, under whichever version."""
    return [one for one in said if one.likely is not None and one.screened_at >= row.judged_from][:LATEST]


def _most_error(said: Sequence[Said]) -> float:
    """Somebody who says one half of everything, and is right, lies eight points off over two hundred decisions, by
    chance alone: nobody is switched off for that."""
    by_chance = error_by_chance([one.likely for one in said if one.likely is not None])
    return max(WORST_ERROR, BEYOND_CHANCE * by_chance)


def _fewest_right(held: Held) -> float:
    """Of `held.held`, what a fair share of them would be, less what chance takes: one standard deviation."""
    share = _fair_share(held.base)
    return held.held * share - sqrt(held.held * share * (1 - share))


def _fair_share(base: float) -> float:
    """Twice the base; where half of everything is taken down, nothing could be twice as bad: then half of what is left
    above it."""
    return min(TIMES_THE_BASE * base, (1 + base) / 2)


def _signal_of(head: str, signals) -> dict | None:
    """What was recorded of it, also that it did not look on purpose; None where it could not, or was not there."""
    for signal in signals or ():
        if signal.get("rule") == head and not signal.get("unknown"):
            return signal
    return None


def _threshold(head: str, thresholds) -> float:
    kept = thresholds.get(head) if isinstance(thresholds, dict) else None
    return kept if isinstance(kept, int | float) and not isinstance(kept, bool) else HOLD_FROM
