"""What screening is given and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from screening.model import Model

Outcome = Literal["publish", "hold", "refuse"]

# Of the signals, their scores and the policy together. Raised with each change that could lead to another verdict;
# docs/screening.md says what changed.
VERSION = 6


class NotKnown(Exception):
    """A signal cannot tell, for a fact that it needs is missing."""


@dataclass(frozen=True)
class Trust:
    """What is known of the writer. The defaults are somebody known and harmless, so that a text can be tried alone.

    None, here and below, is a fact that nobody could find out. It is never taken for a harmless one.
    """

    published: int | None = 1  # comments of theirs that are public
    gone: int | None = 0  # comments of theirs that were refused or removed
    is_staff: bool = False
    is_premoderated: bool = False  # by a decision about their standing


@dataclass(frozen=True)
class Policy:
    """What the space demands. `version` is kept with each verdict, to know later by which rules it was made."""

    version: int = VERSION
    max_length: int = 20_000  # characters
    max_links: int = 1  # more are looked at first
    hold_first: bool = True  # a first comment is looked at first
    premoderated: bool = False  # every comment is looked at first
    phrases: tuple[str, ...] = ()  # words that call for a look
    languages: tuple[str, ...] = ()  # codes such as "en" of what is spoken here; none: any
    thresholds: Mapping[str, float] = field(default_factory=dict)  # by rule: from which score on a person is asked


@dataclass(frozen=True)
class Neighbour:
    """A recent text that is nearly this one. `distance` is in bits of the fingerprints, 0 for the same words."""

    distance: int = 0
    is_own: bool = False  # by the same writer
    is_gone: bool = False  # it was refused or removed


def _shipped() -> "Model":
    from screening.model import prior

    return prior()


@dataclass(frozen=True)
class Draft:
    """A comment before anybody has seen it."""

    text: str
    trust: Trust = field(default_factory=Trust)
    policy: Policy = field(default_factory=Policy)
    email_domain: str | None = ""  # of the writer's address
    neighbours: tuple[Neighbour, ...] | None = ()
    same_origin: int | None = 0  # others who wrote in the same discussion from the same network just now
    model: "Model | None" = field(default_factory=_shipped)  # of spam and incivility
    is_control: bool = False  # one of those that the model does not look at, so that people judge them unprompted
    proof: bool | None = None  # whether a proof of work came with it; None: nobody is asked for one here


@dataclass(frozen=True)
class Signal:
    """Something noticed. `score` runs from 0 (nothing) to 1; `span` is where in the text, as character offsets.

    `evidence` is said to moderators and to the author alike, so it is plain words and names nobody else.
    """

    rule: str
    score: float
    evidence: str
    span: tuple[int, int] | None = None
    words: tuple[str, ...] = ()  # for moderators only: what weighed most, where a model noticed it
    likely: float | None = None  # for moderators only: the probability that such a comment is taken down, where known


@dataclass(frozen=True)
class Verdict:
    """The outcome with all that was noticed. `reasons` are those that decided it, the gravest first.

    Only the gate refuses (an empty or an endless text): no signal and no score ever does. `priority` orders the
    queue, the higher the sooner. `unknown` are the rules that could not be looked at, for want of a fact or because
    their code failed: nobody may take them for silent.
    """

    outcome: Outcome
    signals: tuple[Signal, ...] = ()
    reasons: tuple[str, ...] = ()
    rule: str = ""
    priority: int = 0
    policy_version: int = VERSION
    unknown: tuple[str, ...] = ()
    unremarkable: tuple[Signal, ...] = ()  # what the model said where it noticed nothing: for counting how right it is
    model: str = ""  # the version of the model that looked, "" where none did
    is_control: bool = False  # none looked, on purpose
    trust: Trust | None = None  # what was known of the writer
