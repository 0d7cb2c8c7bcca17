"""What a trial found, ready to be drawn."""

from dataclasses import dataclass

from comments.models import Comment
from comments.models.comments import State
from moderation.models import PolicyTrial


@dataclass(frozen=True)
class Line:
    """One policy. `gone`, `stood` and `undecided` are the held comments by what moderators decided about them."""

    name: str
    gone: int
    stood: int
    undecided: int
    all_gone: int

    @property
    def held(self) -> int:
        return self.gone + self.stood + self.undecided

    @property
    def precision(self) -> str:
        """Of the held ones that somebody decided about, how many were taken down; "" where nobody decided."""
        return _share(self.gone, self.gone + self.stood)

    @property
    def recall(self) -> str:
        """Of all that was taken down, how much was held; "" where nothing was."""
        return _share(self.gone, self.all_gone)


@dataclass(frozen=True)
class Result:
    lines: list[Line]
    read: int
    decided: int
    older: int
    newly_held: list[Comment]
    newly_published: list[Comment]
    newly_held_number: int
    newly_published_number: int


def load_result(trial: PolicyTrial) -> Result:
    """One query, for the examples. Those whose words are gone by now are left out."""
    found = trial.result
    zero = {"gone": 0, "stood": 0, "undecided": 0}
    every = found.get("all", zero)
    named = (("before", "Before"), ("now", "With this policy"))
    lines = [Line(name, **found.get(when, zero), all_gone=every["gone"]) for when, name in named]
    wanted = {kind: found.get(kind, []) for kind in ("newly_held", "newly_published")}
    readable = Comment.objects.exclude(state=State.UNCONFIRMED).exclude(body="").filter(thread__space=trial.space_id)
    comments = readable.select_related("thread").in_bulk([pk for ids in wanted.values() for pk in ids])
    examples = {kind: [comments[pk] for pk in reversed(ids) if pk in comments] for kind, ids in wanted.items()}
    numbers = {f"{kind}_number": found.get(f"{kind}_number", 0) for kind in wanted}
    decided = every["gone"] + every["stood"]
    return Result(lines, sum(every.values()), decided, found.get("older", 0), **examples, **numbers)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else ""
