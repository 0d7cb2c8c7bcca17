"""Policies of spaces, version by version. Whatever changes thresholds or phrases makes a version of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from civic.lib.jobs import every
from comments.drafts import lines_of
from comments.models import Space
from comments.phrases import phrases_of, set_phrases
from comments.thresholds import RULES, set_thresholds, thresholds_in
from moderation.models import PolicyTrial, PolicyVersion
from screening.policy import HOLD_FROM, NAMES

AS_IT_STOOD = "As it stood before"
IN_THE_NEWSROOM = "Changed in the newsroom"
FIRST_FEW = 5  # phrases that are named when two versions are compared
TRIAL_DAYS = 7


class Meanwhile(Exception):
    """Somebody has saved another version since. `version` is what is in force now."""

    def __init__(self, version: PolicyVersion) -> None:
        super().__init__(version.pk)
        self.version = version


@dataclass(frozen=True)
class InForce:
    """A space, and the newest version of its policy; None where nobody has ever changed it."""

    space: Space
    version: PolicyVersion | None


def may_change_policies(user: User) -> bool:
    """Who may change spaces and lists of words in the newsroom."""
    return user.has_perms(["comments.change_space", "comments.change_phraselist"])


def all_in_force() -> list[InForce]:
    """Every space. Two queries."""
    newest = PolicyVersion.objects.order_by("space", "-number").distinct("space").select_related("by")
    by_space = {version.space_id: version for version in newest}
    return [InForce(space, by_space.get(space.pk)) for space in Space.objects.order_by("-is_default", "name")]


def newest_of(space: Space) -> PolicyVersion | None:
    return PolicyVersion.objects.filter(space=space).select_related("by").order_by("-number").first()


def save_version(
    space_id: int, *, name: str, by: User | None, thresholds: Mapping, phrases: str, base: int, note: str = ""
) -> PolicyVersion:
    """Put a policy in force and keep it as a version. `base` is the id of the version it was made from.

    Raises `Meanwhile` where another one is in force by now: nothing is saved then.
    """
    with transaction.atomic():
        space = _locked(space_id)
        now = _recorded(space)
        if now.pk == base:
            set_thresholds(space, thresholds)
            space.save(update_fields=["thresholds"])
            set_phrases(space, phrases)
            return _add(space, name, by, note)
    raise Meanwhile(now)  # what was recorded just now stays: it is the base of the next try


def in_force(space_id: int) -> PolicyVersion:
    """The version in force, made now where something stands that nobody has recorded."""
    with transaction.atomic():
        return _recorded(_locked(space_id))


def record_changes(by: User | None, name: str = IN_THE_NEWSROOM) -> None:
    """A version for each space whose thresholds or phrases are no longer those of its newest one. Harmless twice."""
    with transaction.atomic():
        for space in Space.objects.select_for_update().order_by("pk"):
            _recorded(space, by, name)


def changes(before: PolicyVersion | PolicyTrial | None, after: PolicyVersion | PolicyTrial) -> list[str]:
    """What differs, in words."""
    old, new = (before.thresholds if before else {}), after.thresholds
    pairs = ((rule, old.get(rule, HOLD_FROM), new.get(rule, HOLD_FROM)) for rule in RULES)
    said = [
        f"{NAMES[rule]}: from {was:g} to {now:g}, {'stricter' if now < was else 'milder'}"
        for rule, was, now in pairs
        if was != now
    ]
    had, has = set(lines_of((before.phrases if before else "",))), set(lines_of((after.phrases,)))
    return said + _few("now listed", has - had) + _few("no longer listed", had - has)


@every("43 * * * *")
def forget_trials() -> int:
    """Trials of more than a week ago."""
    return PolicyTrial.objects.filter(made_at__lt=timezone.now() - timedelta(days=TRIAL_DAYS)).delete()[0]


def _few(what: str, phrases: set[str]) -> list[str]:
    if not phrases:
        return []
    named = ", ".join(f"“{phrase[:60]}”" for phrase in sorted(phrases)[:FIRST_FEW])
    more = len(phrases) - FIRST_FEW
    return [f"{what}: {named}" + (f" and {more} more" if more > 0 else "")]


def _locked(space_id: int) -> Space:
    return Space.objects.select_for_update().get(pk=space_id)


def _recorded(space: Space, by: User | None = None, name: str = AS_IT_STOOD) -> PolicyVersion:
    """The newest version, after one was made of what nobody recorded. The caller holds the space."""
    newest = newest_of(space)
    stands = (thresholds_in(space), lines_of((phrases_of(space),)))
    if newest and (newest.thresholds, lines_of((newest.phrases,))) == stands:
        return newest
    return _add(space, name, by)


def _add(space: Space, name: str, by: User | None, note: str = "") -> PolicyVersion:
    last = PolicyVersion.objects.filter(space=space).aggregate(last=Max("number"))["last"] or 0
    return PolicyVersion.objects.create(
        space=space,
        number=last + 1,
        name=name,
        by=by,
        note=note,
        thresholds=thresholds_in(space),
        phrases=phrases_of(space),
    )
