"""One kind question before a comment is posted: as it is, or would its writer rather change it?

It is asked once for a comment, by a form that can show it, and never keeps anybody from posting: whoever answers "as
it is" is not asked again, nor is whoever changed the text, whatever it says then. See docs/decisions/0010.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple, NoReturn

from django.conf import settings
from django.db import connection
from django.db.models import F, Sum
from django.utils import timezone

import screening
from civic.lib import limits, tokens
from comments.drafts import mark_of
from comments.errors import LookAgain
from comments.models import PromptCount, Thread
from comments.writers import Member, Writer

MARK = "prompted"  # what a mark is signed for
MARK_DAYS = 30  # as long as a browser keeps a draft: who comes back to the page is not asked anew


class Reason(NamedTuple):
    """From which score on a signal makes us ask, and what we say then: how it is read, and what would help."""

    from_score: float
    words: str
    newcomers_only: bool = False


SAID_BEFORE = "It is much like something that was posted before. What would you like to add to that?"

# By rule, the gravest first. The words name no number, no list and no word of the text: who tries out where a limit
# lies, learns nothing from them.
REASONS = {
    "phrase": Reason(
        0.5,
        "Some of its words often start a quarrel, or lead away from the subject. Put in another way, it may reach "
        "more people.",
    ),
    "disguise": Reason(
        0.5,
        "Some of its letters are written in an unusual way. Plain spelling is easier on everybody, and on those who "
        "have the page read to them most of all.",
    ),
    "duplicate": Reason(0.5, SAID_BEFORE),
    "repetition": Reason(0.5, SAID_BEFORE),
    "shouting": Reason(
        0.5, "Most of it is in capitals, which many people read as shouting. Small letters are heard better."
    ),
    "incivility": Reason(
        0.45,
        "Parts of it may be heard as harsher than you mean them. Said as you would say it face to face, it is read to "
        "the end by more people.",
    ),
    "links": Reason(
        0.6,  # more than are allowed unseen: one that leads to a source is welcome
        "It leads readers elsewhere. What is behind a link, in your own words, often tells them more than the link.",
        newcomers_only=True,
    ),
}


@dataclass(frozen=True)
class Asked:
    """That a writer was asked: on which day, because of which rule, and about which text (by its mark)."""

    day: date
    rule: str
    text: str


@dataclass(frozen=True)
class Outcomes:
    """What came of prompts: how many were asked, changed their text, posted it as it was."""

    asked: int = 0
    changed: int = 0
    as_it_was: int = 0

    @property
    def given_up(self) -> int:
        """Neither, so far: somebody may have the form still open."""
        return self.asked - self.changed - self.as_it_was

    def __add__(self, other: "Outcomes") -> "Outcomes":
        return Outcomes(self.asked + other.asked, self.changed + other.changed, self.as_it_was + other.as_it_was)


def asked_before(mark: str | None, thread: Thread, writer: Writer) -> Asked | None:
    """What the mark that came with a text says, if this writer was given it in this discussion. No query."""
    try:
        value = tokens.read(MARK, mark or "", max_age=MARK_DAYS * 86_400)
    except tokens.BadToken:
        return None
    where, who, day, rule, text = value.split(" ")
    return Asked(date.fromisoformat(day), rule, text) if (where, who) == (str(thread.pk), _who(writer)) else None


def rules_to_ask_about(thread: Thread, draft: screening.Draft, verdict: screening.Verdict) -> list[str]:
    """What there is to ask about a text, the gravest first. People who work here are asked nothing. No query."""
    if draft.trust.is_staff or not thread.space.asks_first:
        return []
    if draft.is_control:  # asked like others, or whoever tries out what is asked would know which texts are looked at
        verdict = screening.screen(replace(draft, is_control=False))
    highest: dict[str, float] = {}
    for signal in verdict.signals:
        highest[signal.rule] = max(signal.score, highest.get(signal.rule, 0.0))
    return [
        rule
        for rule, reason in REASONS.items()
        if highest.get(rule, 0.0) >= reason.from_score and not (reason.newcomers_only and draft.trust.published)
    ]


def may_ask(writer: Writer, prefix_hash: bytes) -> bool:
    """Whether one more question may be asked of a member, or of the guests of a network, in this hour.

    Beyond that their texts are posted unasked, within the limits of posting: who sends one text after another to learn
    what the checks notice, has to say each of them aloud.
    """
    who = f"member {writer.user.pk}" if isinstance(writer, Member) else prefix_hash
    times = settings.QUESTIONS_AN_HOUR if isinstance(writer, Member) else settings.QUESTIONS_PER_PREFIX_HOUR
    return not limits.take("question", who, times=times, within=timedelta(hours=1))


def ask(thread: Thread, writer: Writer, text: str, rules: list[str]) -> NoReturn:
    """Raises `LookAgain`, with a mark to send along. Counted at once, whatever becomes of the request."""
    asked = Asked(timezone.localdate(), rules[0], mark_of(text))
    _count_question(asked)
    raise LookAgain(list(dict.fromkeys(REASONS[rule].words for rule in rules)), mark=_mark(asked, thread, writer))


def count_answer(asked: Asked | None, text: str) -> None:
    """A comment was posted, after its writer was asked or not. No more answers are counted than questions: a mark that
    is sent twice changes no other number."""
    if asked is None:
        return
    answer = "as_it_was" if mark_of(text) == asked.text else "changed"
    counts = PromptCount.objects.filter(day=asked.day, rule=asked.rule, asked__gt=F("changed") + F("as_it_was"))
    counts.update(**{answer: F(answer) + 1})


def counts(since: date | datetime) -> dict[str, Outcomes]:
    """What came of the prompts asked on that day and later, by rule, the gravest first. One query.

    Their sum is `sum(counts(day).values(), Outcomes())`.
    """
    day = timezone.localtime(since).date() if isinstance(since, datetime) else since
    sums = PromptCount.objects.filter(day__gte=day).values_list("rule")
    found = {rule: Outcomes(*rest) for rule, *rest in sums.annotate(Sum("asked"), Sum("changed"), Sum("as_it_was"))}
    order = defaultdict(lambda: len(REASONS), {rule: at for at, rule in enumerate(REASONS)})
    return dict(sorted(found.items(), key=lambda item: (order[item[0]], item[0])))


def _mark(asked: Asked, thread: Thread, writer: Writer) -> str:
    value = " ".join([str(thread.pk), _who(writer), asked.day.isoformat(), asked.rule, asked.text])
    return tokens.make(MARK, value)


def _who(writer: Writer) -> str:
    """Guests are not told apart: one who mends name or address after the question would be asked again."""
    return f"m{writer.user.pk}" if isinstance(writer, Member) else "guest"


def _count_question(asked: Asked) -> None:
    """One row a day for each rule, however many try to fill the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO comments_promptcount (day, rule, asked, changed, as_it_was) VALUES (%s, %s, 1, 0, 0) "
            "ON CONFLICT (day, rule) DO UPDATE SET asked = comments_promptcount.asked + 1",
            [asked.day, asked.rule],
        )
