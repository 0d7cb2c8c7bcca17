"""Deciding about many comments at once: looked through before, taken back with one press, one letter to each.

Each comment is decided in a transaction of its own, so that nobody waits for the whole: what is interrupted stays as
far as it came, and the undoing takes back just that.
"""

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from accounts.models import User
from comments.models import Comment, HouseRule
from moderation.deciding import acts_for, decide, undo, words_of
from moderation.errors import AlreadyDecided, NotUndone
from moderation.models import Act, Batch, Decision
from moderation.notices import write_to_authors
from moderation.scope import Scope

logger = logging.getLogger(__name__)

LISTED = 100


class Wish(models.TextChoices):
    """What shall become of many comments; what that means for each depends on how it stands."""

    PUBLISH = "publish", "Publish"
    TAKE_DOWN = "take_down", "Refuse, or remove what is public"
    RELEASE = "release", "Leave as it stands"


ACTS = {
    Wish.PUBLISH: (Act.PUBLISH, Act.RESTORE),
    Wish.TAKE_DOWN: (Act.REFUSE, Act.REMOVE),
    Wish.RELEASE: (Act.KEEP,),
}


@dataclass(frozen=True)
class Chosen:
    """A comment as the moderator saw it: what it said, by a mark of its words."""

    pk: int
    words: str


@dataclass(frozen=True)
class Plan:
    """What would happen: the comments and the act for each, and those that are not as they were, or not in question."""

    acts: list[tuple[Comment, Act]]
    left_out: int

    @property
    def counts(self) -> list[tuple[str, int]]:
        """(`removed`, 12), …"""
        return [(Act(act).label, number) for act, number in Counter(act for _, act in self.acts).most_common()]

    @property
    def people(self) -> int:
        return len({(comment.member_id, comment.guest_id) for comment, _ in self.acts})


def plan(comments: Iterable[Comment], wish: Wish, chosen: Iterable[Chosen]) -> Plan:
    """What `wish` means for each of the chosen, as it stands now. Changes nothing."""
    marks = {one.pk: one.words for one in chosen}
    acts = []
    for comment in comments:
        act = next((act for act in acts_for(comment) if act in ACTS[wish]), None)
        if act and marks.get(comment.pk) == words_of(comment):
            acts.append((comment, act))
    return Plan(acts, len(marks) - len(acts))


def decide_many(plan: Plan, *, by: User, rule: HouseRule | None = None, note: str = "") -> Batch:
    """Carry a plan out. What somebody else decided meanwhile is left to them."""
    batch = _begun(by)
    for comment, act in plan.acts:
        words = words_of(comment)
        try:
            decide(comment, act, by=by, seen=comment.state, words=words, rule=rule, note=note, batch=batch)
        except AlreadyDecided:
            continue
    return _done(batch)


def undo_many(batch: Batch, *, by: User) -> Batch:
    """Take a batch back, as far as its comments still stand as it left them. Raises `NotUndone` when nothing does."""
    if not can_be_undone(batch):
        raise NotUndone
    try:
        with transaction.atomic():
            back = _begun(by, undoes=batch)
    except IntegrityError as error:  # at the same moment, by somebody else
        raise NotUndone from error
    for decision in batch.decisions.select_related("comment").order_by("-pk"):
        try:
            undo(decision, by=by, batch=back)
        except NotUndone:
            continue
    return _done(back)


def can_be_undone(batch: Batch) -> bool:
    """Whether one press takes it back: for 30 days, once, and not an undoing."""
    is_young = batch.made_at > timezone.now() - timedelta(days=settings.UNDO_DAYS)
    return batch.undoes_id is None and is_young and not Batch.objects.filter(undoes=batch).exists()


def decided_in(batch: Batch) -> models.QuerySet[Decision]:
    return batch.decisions.select_related("comment__member", "comment__guest", "comment__thread").order_by("pk")


def recent_batches(scope: Scope) -> list[Batch]:
    """The latest of the days in which they can be undone, with their numbers."""
    young = Batch.objects.filter(made_at__gt=timezone.now() - timedelta(days=settings.UNDO_DAYS))
    counted = young.select_related("by", "undone_by").annotate(number=models.Count("decisions"))
    return list(scope.batches(counted).order_by("-pk")[:LISTED])


def _begun(by: User, undoes: Batch | None = None) -> Batch:
    """The letters are on their way from the start: they wait for the last decision, or for what is left of a batch
    that was interrupted."""
    with transaction.atomic():
        batch = Batch.objects.create(by=by, undoes=undoes)
        later = write_to_authors.configure(schedule_in={"seconds": settings.DECISION_LETTER_SECONDS})
        later.defer(batch_id=batch.pk)
    return batch


def _done(batch: Batch) -> Batch:
    batch.done_at = timezone.now()
    batch.save(update_fields=["done_at"])
    logger.info("batch %s of member %s: %s decisions", batch.pk, batch.by_id, batch.decisions.count())
    return batch
