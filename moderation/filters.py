"""What a moderator wants to see of all that was written: a queue, and what narrows it. Read from the address."""

from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db import models
from django.http import QueryDict

from comments.models.comments import State
from screening.model import HEADS
from screening.policy import NAMES, WEIGHT

AGES = {1: "an hour", 4: "4 hours", 24: "a day", 72: "3 days", 168: "a week"}  # in hours
MOST_PAGES = 200  # whoever looks for something older narrows the list
BIGGEST_ID = 2**63 - 1
ON_THE_DESK = [state for state in State if state != State.UNCONFIRMED]


class Queue(models.TextChoices):
    """The lists of the desk. The first three wait for somebody, and the first holds the others; the rest looks back."""

    WAITING = "waiting", "All that waits"
    REPORTED = "reported", "Reported"
    ILLEGAL = "illegal", "Illegal content"
    RECENT = "recent", "Recently published"
    MINE = "mine", "Decided by me"
    DECIDED = "decided", "Decided by all"
    ALL = "all", "All comments"


@dataclass(frozen=True)
class Filter:
    """A queue and what narrows it; "" and None narrow nothing. `age` in hours; `writer` as `member-12`, `guest-7`."""

    queue: Queue = Queue.WAITING
    space: int | None = None
    rule: int | None = None  # number of a house rule
    signal: str = ""
    age: int | None = None
    writer: str = ""
    state: str = ""
    words: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: QueryDict, *, blind: bool = False) -> "Filter":
        """What an address asks for. What it asks wrongly counts as not asked: a list is always shown. `blind`: nobody
        gets to know by a list what the model says."""
        form = FilterForm(query)
        form.is_valid()
        found = {name: value for name, value in form.cleaned_data.items() if value not in ("", None)}
        if blind and found.get("signal") in HEADS:
            del found["signal"]
        return cls(**found | {"queue": Queue(found.get("queue", Queue.WAITING))})

    @property
    def query(self) -> str:
        """`?queue=all&words=kitchen`, or "" for the first page of what waits."""
        usual = asdict(Filter())
        asked = {name: value for name, value in asdict(self).items() if value != usual[name]}
        return f"?{urlencode(asked)}" if asked else ""

    @property
    def is_narrowed(self) -> bool:
        return any((self.space, self.rule, self.signal, self.age, self.writer, self.state, self.words))

    def at(self, **changes) -> "Filter":
        """The same with something else in it, from its first page on."""
        return replace(self, **{"page": 1} | changes)

    @property
    def looks_back(self) -> bool:
        """Whether the newest stand first, and nothing in it waits."""
        return self.queue not in (Queue.WAITING, Queue.REPORTED, Queue.ILLEGAL)


class FilterForm(forms.Form):
    """Makes what an address says clean. The page draws its own fields: most of their choices are rows."""

    queue = forms.ChoiceField(choices=Queue.choices, required=False)
    space = forms.IntegerField(min_value=1, max_value=BIGGEST_ID, required=False)
    rule = forms.IntegerField(min_value=1, max_value=32_767, required=False)
    signal = forms.ChoiceField(choices=[(rule, rule) for rule in WEIGHT], required=False)
    age = forms.TypedChoiceField(choices=list(AGES.items()), coerce=int, empty_value=None, required=False)
    writer = forms.RegexField(r"^(member|guest)-\d{1,18}$", required=False)
    state = forms.ChoiceField(choices=[(state.value, state.label) for state in ON_THE_DESK], required=False)
    words = forms.CharField(max_length=100, required=False)
    page = forms.IntegerField(min_value=1, max_value=MOST_PAGES, required=False)


def choices(*, blind: bool = False) -> dict[str, Any]:
    """What the page offers besides spaces and house rules."""
    return {
        "queues": Queue,
        "ages": AGES.items(),
        "signals": [(rule, NAMES[rule]) for rule in WEIGHT if not (blind and rule in HEADS)],
        "states": [(state.value, state.label.capitalize()) for state in ON_THE_DESK],
    }
