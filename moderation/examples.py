"""What the model may learn from: decisions that persons made about single comments, for a reason that concerns it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from comments.models import CommentRevision
from comments.models.comments import State
from comments.models.spaces import Concern
from moderation.finding import screening_seen
from moderation.models import Act, Decision
from moderation.models.decisions import ABOUT_EDITS
from screening import Trust
from screening.model.training import MOST, Example

HARMLESS = (Act.PUBLISH, Act.RESTORE, Act.KEEP)
GONE = (Act.REFUSE, Act.REMOVE)
# What each head is about, in the words of the house rules. What falls under another rule teaches nothing: it is
# neither harmless nor what the head looks for.
CONCERNS = {"spam": (Concern.ADVERTISING,), "incivility": (Concern.SPEECH, Concern.VIOLENCE)}


@dataclass(frozen=True)
class Decided:
    """A decision as it is learned from. `concerns` is what its rule is about, "" for one that let it stand; `trust`
    what was known of the writer when the text was screened."""

    pk: int
    text: str
    is_gone: bool
    concerns: str
    made_at: datetime
    trust: Trust | None = None

    def is_bad_for(self, head: str) -> bool | None:
        """None: it says nothing about what the head looks for."""
        return is_bad(head, self.is_gone, self.concerns)


def is_bad(head: str, is_gone: bool, concerns: str | None) -> bool | None:
    """Whether a decision says that a comment was what a head looks for; None where it says nothing about that."""
    if not is_gone:
        return False
    return True if concerns in CONCERNS[head] else None


def that_teach() -> QuerySet[Decision]:
    """Decisions by persons about single comments that still hold: not taken back, and nothing was decided since.

    Not of batches, which are looked at in passing, nor of the program, which would learn from itself.
    """
    acts = (*HARMLESS, *GONE)
    stands = ~Exists(Decision.objects.filter(undoes=OuterRef("pk")))
    by_persons = Decision.objects.filter(stands, act__in=acts, undoes=None, batch=None, is_automatic=False)
    by_persons = by_persons.exclude(was=State.WITHDRAWN)  # nothing was left to judge
    since = Decision.objects.filter(comment=OuterRef("comment"), pk__gt=OuterRef("pk"), undoes=None)
    return by_persons.exclude(Exists(since.filter(stands).exclude(act__in=ABOUT_EDITS)))


def load_decided() -> list[Decided]:
    """The newest `MOST`, with the text as it was when it was decided about. Two queries; what was erased is left out,
    and so is what no table has any more."""
    found = that_teach().exclude(comment__body="").order_by("-pk")
    found = found.annotate(signals=Subquery(screening_seen().values("signals")[:1]))
    columns = ("pk", "act", "made_at", "rule__concerns", "comment_id", "comment__body", "comment__edited_at", "signals")
    rows = list(found.values_list(*columns)[:MOST])
    older = _older_texts([row[4] for row in rows if row[6] and row[6] > row[2]])
    decided = []
    for pk, act, made_at, concerns, comment, body, edited_at, signals in rows:
        changed = edited_at is not None and edited_at > made_at
        if text := _as_of(made_at, older.get(comment, ())) if changed else body:
            decided.append(Decided(pk, text, act in GONE, concerns or "", made_at, _trust_of(signals)))
    return decided


def examples_for(head: str, decided: Iterable[Decided]) -> list[Example]:
    marked = ((one, one.is_bad_for(head)) for one in decided)
    return [Example(one.text, bad, one.made_at, one.trust) for one, bad in marked if bad is not None]


def mark_of_examples(examples: Iterable[Example]) -> str:
    """By which a set of examples is known again: it changes with each that comes, goes or is decided otherwise."""
    marks = sorted(f"{example.at.isoformat()} {example.is_bad} {example.text}" for example in examples)
    return sha256("\0".join(marks).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _trust_of(signals) -> Trust | None:
    """As `Screening` recorded it."""
    for signal in signals or ():
        if recorded := signal.get("writer"):
            published, gone = recorded
            return Trust(published=published, gone=gone)
    return None


def _older_texts(comments: list[int]) -> dict[int, list[tuple[datetime, str]]]:
    """Texts that stood there before, by comment, the oldest first, each with the moment from which on it stood."""
    revisions = CommentRevision.objects.filter(comment__in=comments, state=CommentRevision.State.REPLACED)
    texts: dict[int, list[tuple[datetime, str]]] = {}
    for comment, since, body in revisions.order_by("made_at").values_list("comment_id", "made_at", "body"):
        texts.setdefault(comment, []).append((since, body))
    return texts


def _as_of(moment: datetime, texts: Iterable[tuple[datetime, str]]) -> str:
    stood = [body for since, body in texts if since <= moment]
    return stood[-1] if stood else ""
