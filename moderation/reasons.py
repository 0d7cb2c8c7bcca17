"""What screening noticed, as a moderator sees it: each reason in a word, and marked in the text where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from civic.lib.markdown import marked
from screening.model import HEADS
from screening.policy import HOLD_FROM, NAMES, WEIGHT
from screening.signals.likeness import ONLY_ORDERS, SAID

GRAVE = 0.8
LIKELY = 0.5
WORDS = ((0.9, "almost certain"), (LIKELY, "likely"), (0.2, "possible"), (0.0, "unlikely"))
MOST_WORDS = 5  # that weighed most: what follows weighs little
MOST_MARKS = 20  # a text full of marks says nothing any more


@dataclass(frozen=True)
class Reason:
    """One signal, by its name. `number` is the one beside its mark in the text, "" where it has none."""

    name: str
    words: str
    number: str
    is_high: bool
    decided: bool  # by this one it is held
    is_of_model: bool
    space_says: str  # where the space of the comment judges it otherwise than others do, else ""


def reasons_in(signals: Sequence[dict], deciding_rule: str) -> list[Reason]:
    """The signals as reasons, once each, the one that decided first."""
    signals = [signal for signal in signals if signal.get("noticed", True)]
    numbers = _numbers(signals)
    of_rule = [signal for signal in signals if signal["rule"] == deciding_rule]
    decides = max(of_rule, key=lambda signal: signal["score"], default=None)
    found: dict[tuple[str, str], Reason] = {}
    for signal in sorted(signals, key=lambda signal: (signal is not decides, -signal["score"])):
        key = (signal["rule"], signal["evidence"])
        name = NAMES.get(signal["rule"], signal["rule"].capitalize())
        found.setdefault(
            key,
            Reason(
                name=name,
                words=_of_model(signal) if signal["rule"] in HEADS else signal["evidence"],
                number=numbers.get(key, ""),
                is_high=_is_high(signal),
                decided=signal is decides,
                is_of_model=signal["rule"] in HEADS,
                space_says=_space_says(signal, deciding_rule, signal is decides),
            ),
        )
    return list(found.values())


def with_evidence(body: str, html: SafeString, signals: Sequence[dict]) -> SafeString:
    """A text with the places marked that its signals name. `body` is what was typed, `html` its drawing."""
    numbers = _numbers(signals)
    places = []
    for signal in signals[:MOST_MARKS]:
        if signal["span"]:
            start, end = signal["span"]
            words = body[start:end]
            number = numbers[signal["rule"], signal["evidence"]]
            places.append((words, body[:start].count(words) if words else 0, number, signal["score"] < HOLD_FROM))
    return marked(html, places) if places else html


def in_short(reasons: Sequence[str], signals: Sequence[dict]) -> list[str]:
    """The reasons of a screening for a line of the list: what authors are not told of the model is said here."""
    of_model = [f"{NAMES[one['rule']].lower()}, {_word_of_model(one)}" for one in signals if _stands_out(one)]
    return [words for reason in reasons for words in (of_model if reason == SAID and of_model else [reason])]


def _stands_out(signal: dict) -> bool:
    return signal["rule"] in HEADS and signal.get("noticed", True) and not signal.get("unknown")


def without_model(signals: Sequence[dict]) -> list[dict]:
    """For whoever shall decide without knowing what the model says."""
    return [signal for signal in signals if signal["rule"] not in HEADS]


def _of_model(signal: dict) -> str:
    """The word first, the number second, and what weighed most: `likely: 87 of 100 like it are taken down, for
    “subscribe”, a link`."""
    likely, words = signal.get("likely"), signal.get("words") or []
    said = _word_of_model(signal)
    if likely is not None:
        said += f": {min(99, max(1, round(100 * likely)))} of 100 like it are taken down"
    return f"{said}, for {', '.join(words[:MOST_WORDS])}" if words else said


def _word_of_model(signal: dict) -> str:
    """By the probability where there is one, so that the number beside it says the same; else by the order."""
    likely = signal.get("likely")
    if likely is None:
        return "high" if signal["score"] >= ONLY_ORDERS else "medium"
    return next(word for least, word in WORDS if likely >= least)


def _is_high(signal: dict) -> bool:
    likely = signal.get("likely")
    return signal["score"] >= GRAVE if likely is None else likely >= LIKELY


def _space_says(signal: dict, deciding_rule: str, decided: bool) -> str:
    """What can be seen of the space's own thresholds, as they were when it was held: that one decided below the usual
    score, or that a graver one did not decide from it on."""
    if decided and signal["score"] < HOLD_FROM:
        return "this space asks sooner than others"
    passed_over = WEIGHT.get(signal["rule"], 0) > WEIGHT.get(deciding_rule, 0) and signal["score"] >= HOLD_FROM
    return "this space asks later than others" if deciding_rule and passed_over else ""


def _numbers(signals: Sequence[dict]) -> dict[tuple[str, str], str]:
    """Which number stands beside the marks of a reason."""
    placed = dict.fromkeys((signal["rule"], signal["evidence"]) for signal in signals if signal["span"])
    return {key: str(number) for number, key in enumerate(placed, 1)}
