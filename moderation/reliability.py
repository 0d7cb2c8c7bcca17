"""How far the model can be relied upon: what it said and what was decided, and which versions there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise

from django.db.models import Count, Q
from django.utils import timezone

from comments.models import ScoringModel, Screening
from comments.models.learned import CURRENT
from moderation.honesty import Held, Said, Unsaid, error_of, load_said
from screening.model import HEADS, prior
from screening.model.fairness import alerts_on_groups

DAYS = 30
MOST = 5_000  # of the newest decisions
FEWEST = 20  # of which a word is said
MOST_ON_GROUPS = 10  # percent of harmless sentences about groups of people that may stand out
EDGES = (0.0, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0)  # finer where most comments are
NAMES = {"spam": "Advertising and spam", "incivility": "Insults and contempt"}


@dataclass(frozen=True)
class Band:
    """Comments that were said to be taken down with a probability from `low` to `high`; in percent, `said` and `was`
    on average."""

    low: int
    high: int
    comments: int
    said: int
    was: int


@dataclass(frozen=True)
class Sample:
    """What people make of comments that the head left alone, beside those it looked at; in percent. Much more taken
    down of the latter may mean that they follow it."""

    decided: int
    taken_down: int
    taken_down_of_scored: int


@dataclass(frozen=True)
class HeadPage:
    """`row` is the version in use or switched off, None for the shipped one; `error` in percentage points and the
    shares in percent, None where nobody can say. `scored` and `control` count texts in `DAYS` days."""

    head: str
    name: str
    row: ScoringModel | None
    word: str
    error: int | None
    bands: list[Band]
    held: Held
    precision_word: str
    precision: int | None
    recall_word: str
    recall: int | None
    scored: int
    control: int
    sample: Sample | None
    groups: dict | None
    versions: list[ScoringModel]

    @property
    def is_off(self) -> bool:
        return self.row is not None and self.row.is_off

    @property
    def is_unfair(self) -> bool:
        """Whether harmless sentences about groups of people stand out more often than they may."""
        return bool(self.groups) and max(self.groups["share"], self.groups["worst_share"]) > MOST_ON_GROUPS

    @property
    def is_shipped(self) -> bool:
        return self.row is None or self.row.is_shipped

    @property
    def has_shipped_row(self) -> bool:
        """Whether the shipped one is among `versions`: it is once somebody has chosen it."""
        return any(version.is_shipped for version in self.versions)


def load_reliability(now: datetime | None = None) -> list[HeadPage]:
    """A page for each head. Three queries, however much was decided and however many versions there are."""
    since = (now or timezone.now()) - timedelta(days=DAYS)
    said, unsaid = load_said(HEADS, since=since, most=MOST)
    counts = _counts(since)
    versions: dict[str, list[ScoringModel]] = {head: [] for head in HEADS}
    for row in ScoringModel.objects.without_weights().select_related("set_by").order_by("-number"):
        versions[row.head].append(row)
    return [_page(head, said[head], unsaid[head], counts, versions[head]) for head in HEADS]


def bands_of(said: Sequence[Said]) -> list[Band]:
    """Those in which there is anything."""
    known = [one for one in said if one.likely is not None]
    bands = []
    for low, high in pairwise(EDGES):
        part = [one for one in known if low <= one.likely < high or (high == EDGES[-1] and one.likely == high)]
        if part:
            said_, was = sum(one.likely for one in part) / len(part), sum(one.is_bad for one in part) / len(part)
            bands.append(Band(round(100 * low), round(100 * high), len(part), round(100 * said_), round(100 * was)))
    return bands


def _page(head: str, said: list[Said], unsaid: Unsaid, counts: dict, versions: list[ScoringModel]) -> HeadPage:
    row = next((version for version in versions if version.state in CURRENT), None)
    known = [one for one in said if one.likely is not None]
    error = error_of(known) if len(known) >= FEWEST else None
    held = Held.of(said)
    groups = row.metrics.get("groups") if row and not row.is_shipped else _groups_of_shipped(head)
    return HeadPage(
        head=head,
        name=NAMES[head],
        row=row,
        word=_word_for(error),
        error=_percent(error),
        bands=bands_of(said),
        held=held,
        precision_word=_precision_word(held),
        precision=_percent(held.precision),
        recall_word=_recall_word(held),
        recall=_percent(held.recall),
        scored=counts[f"{head}_scored"],
        control=counts[f"{head}_control"],
        sample=_sample(unsaid, held),
        groups={**groups, "share": _percent(groups["share"]), "worst_share": _percent(groups["worst_share"])}
        if groups
        else None,
        versions=versions,
    )


def _sample(unsaid: Unsaid, held: Held) -> Sample | None:
    if min(unsaid.decided, held.decided) < FEWEST:
        return None
    return Sample(unsaid.decided, round(100 * unsaid.bad / unsaid.decided), round(100 * held.base))


def _counts(since: datetime) -> dict[str, int]:
    """Texts that were scored, and those that were left unscored on purpose; one query."""
    counts = {}
    for head in HEADS:
        looked = Q(signals__contains=[{"rule": head}])
        control = Q(signals__contains=[{"rule": head, "control": True}])
        counts[f"{head}_control"] = Count("pk", filter=control)
        counts[f"{head}_scored"] = Count(
            "pk", filter=looked & ~control & ~Q(signals__contains=[{"rule": head, "unknown": True}])
        )
    return Screening.objects.filter(made_at__gt=since).aggregate(**counts)


@cache
def _groups_of_shipped(head: str) -> dict:
    found = alerts_on_groups(prior().heads[head])
    return {"share": found.share, "worst": found.worst, "worst_share": found.worst_share}


def _word_for(error: float | None) -> str:
    if error is None:
        return "Too early to say"
    return "Keeps its word" if error <= 0.03 else "Roughly right" if error <= 0.1 else "Not to be relied upon"


def _precision_word(held: Held) -> str:
    if held.held < FEWEST:
        return "Too few to say"
    return (
        "Mostly right" if held.precision >= 0.8 else "More right than wrong" if held.precision >= 0.5 else "Often wrong"
    )


def _recall_word(held: Held) -> str:
    if held.bad < FEWEST:
        return "Too few to say"
    return "Finds most" if held.recall >= 0.7 else "Finds some" if held.recall >= 0.3 else "Finds few"


def _percent(share: float | None) -> int | None:
    return None if share is None else round(100 * share)
