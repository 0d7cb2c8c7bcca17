"""How long does screening take, and what does it find? `python -m bench.screening [--labelled FILE.csv …]`

Texts made to be slow, with 5,000 phrases to look for; processor time, the fastest of several turns, each with another
text. It needs neither database nor server. Prints a table and the bars with what was reached; the exit status is 1
when one falls short. `--labelled` takes tables with the columns `text` and `spam` (1 or 0), and says how much of the
spam the rules alone hold, and how much of the rest.
"""

import argparse
import csv
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bench import hostile
from bench.figures import Verdict
from bench.machine import Watch
from bench.report import table
from screening import Draft, Neighbour, Policy, Trust, screen, terms
from screening.fingerprints import Fingerprint, fingerprint

TURNS = 7
LONG, ALLOWED = 100_000, 20_000  # characters; more than ALLOWED are refused
PHRASE_TEXT = 5_000


def main() -> int:
    asked = arguments()
    watch = Watch()
    rows, verdicts = hostile_texts()
    verdicts += [phrases_in_text(), an_ordinary_comment()]
    foreign = watch.foreign(0)
    parts = [f"{foreign:.0%} of the machine went to other work meanwhile.", table(HEAD, rows)]
    parts += [f"{file.name}\n\n{table(FOUND, labelled(file))}" for file in asked.labelled]
    parts.append(
        table(("bar", "reached", ""), [(v.bar, v.reached, "pass" if v.passed else "falls short") for v in verdicts])
    )
    print("\n\n".join(parts))
    return int(not all(verdict.passed for verdict in verdicts))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--labelled", type=Path, nargs="*", default=[], metavar="FILE.csv", help="columns: text, spam")
    return parser.parse_args()


HEAD = ("text", "20,000 ms", "MB", "100,000 ms", "100,000, not refused", "find in 5,000")


def hostile_texts() -> tuple[list[tuple], list[Verdict]]:
    """A row for each kind of text: processor milliseconds, and the most memory that was held."""
    policy = Policy(phrases=hostile.phrases(), languages=("en",), max_length=ALLOWED)
    endless = Policy(phrases=policy.phrases, languages=("en",), max_length=LONG)
    short, middle, long = hostile.texts(PHRASE_TEXT), hostile.texts(ALLOWED), hostile.texts(LONG)
    screen(Draft(text="Lists are made ready once.", policy=policy))
    rows, slowest = [], Counter()
    for name in middle:
        took = {
            "allowed": milliseconds(lambda text: screen(Draft(text=text, policy=policy)), middle[name]),
            "refused": milliseconds(lambda text: screen(Draft(text=text, policy=policy)), long[name]),
            "endless": milliseconds(lambda text: screen(Draft(text=text, policy=endless)), long[name], turns=3),
            "find": milliseconds(lambda text: terms.find(text, policy.phrases), short[name]),
            "memory": megabytes(lambda text: screen(Draft(text=text, policy=policy)), middle[name]),
        }
        slowest |= Counter(took)  # the larger of each
        order = ("allowed", "memory", "refused", "endless", "find")
        rows.append((name, *(f"{took[what]:.1f}" for what in order)))
    return rows, [
        bar("a hostile text of 20,000 characters", slowest["allowed"], 50),
        bar("a hostile text of 100,000 characters, which the gate refuses", slowest["refused"], 50),
        bar("finding 5,000 phrases in 5,000 hostile characters", slowest["find"], 5),
        bar("memory while a hostile text is screened", slowest["memory"], 20, "MB"),
    ]


def phrases_in_text() -> Verdict:
    listed = hostile.phrases()
    text = hostile.comment(PHRASE_TEXT, 1)
    terms.find(text, listed)
    return bar("finding 5,000 phrases in 5,000 characters", milliseconds(lambda t: terms.find(t, listed), text), 5)


def an_ordinary_comment() -> Verdict:
    policy = Policy(phrases=hostile.phrases(), languages=("en",))
    texts = iter(hostile.comment(500, number) for number in range(100, 100 + TURNS))

    def once(_: str) -> None:
        text = next(texts)
        fingerprint(text)
        screen(Draft(text=text, policy=policy))

    return bar("an ordinary comment of 500 characters, with its fingerprint", milliseconds(once, ""), 2)


def bar(name: str, reached: float, most: float, unit: str = "ms") -> Verdict:
    return Verdict(f"{name}: ≤ {most} {unit}", f"{reached:.2f} {unit}", reached <= most)


def milliseconds(work: Callable[[str], object], text: str, turns: int = TURNS) -> float:
    """Processor time; the fastest of several turns, for other work on the machine only adds to it."""
    took = []
    for turn in range(turns):
        other = hostile.changed(text, turn)
        begun = time.process_time()
        work(other)
        took.append(time.process_time() - begun)
    return 1_000 * min(took)


def megabytes(work: Callable[[str], object], text: str) -> float:
    """The most that was held at once."""
    other = hostile.changed(text, -1)
    tracemalloc.start()
    work(other)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


HELD, HELD_OF_NEWCOMER = "held", "held, as a first comment"
FOUND = ("rule", "of the spam", "of the rest", "precision")


def labelled(file: Path) -> list[tuple]:
    """What each rule notices, and what is held, as shares of the spam and of the rest.

    In the order of the file, as if each were posted by somebody else whose comments have stood, where first comments
    are not held as such; one row is for somebody new. Copies are told from what came before.
    """
    hits: dict[str, Counter[bool]] = {}
    all_of: Counter[bool] = Counter()
    seen: list[Fingerprint] = []
    with file.open(newline="") as lines:
        for line in csv.DictReader(lines):
            spam, own = line["spam"] == "1", fingerprint(line["text"])
            near = () if own is None else tuple(Neighbour(own.distance(other)) for other in seen if own.finds(other))
            draft = Draft(text=line["text"], neighbours=near[:20], policy=Policy(languages=("en",), hold_first=False))
            found = {signal.rule for signal in screen(draft).signals}
            for name, trust in ((HELD, draft.trust), (HELD_OF_NEWCOMER, Trust(published=0))):
                found |= {name} if screen(replace(draft, trust=trust)).outcome == "hold" else set()
            all_of[spam] += 1
            if own is not None:
                seen.append(own)
            for rule in found:
                hits.setdefault(rule, Counter())[spam] += 1
    return [
        (
            rule,
            f"{found[True] / max(1, all_of[True]):.1%}",
            f"{found[False] / max(1, all_of[False]):.1%}",
            f"{found[True] / found.total():.2f}",
        )
        for rule, found in sorted(hits.items(), key=lambda item: (item[0] in (HELD, HELD_OF_NEWCOMER), -item[1][True]))
    ]


if __name__ == "__main__":
    sys.exit(main())
