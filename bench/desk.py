"""How fast is the desk when very much waits? `python -m bench.desk`

Fills a database of its own with 1,000 and then 100,000 comments in review, starts the real server on it and opens each
list as a moderator. Prints a table and the bars with what was reached; the exit status is 1 when one falls short.
Processor time is that of the web processes, and of PostgreSQL.
"""

import json
import os
import shutil
import sys
from pathlib import Path

from bench.discussions import EACH, say
from bench.figures import HEADER, Line, Verdict
from bench.machine import Watch
from bench.report import table
from bench.site import ROOT, Bench, bench_at

FEW, MANY = 1_000, 100_000
TURNS = 3
QUERIES, MILLISECONDS = 15, 100
OPENED = "what waits"  # the page that a moderator opens
COLUMNS = ("page", "waiting", "queries", "median ms", "web ms", "database ms", "KB")


def main() -> int:
    var = Path(os.environ.get("VAR_DIR") or ROOT / "var" / "bench-desk").absolute()
    shutil.rmtree(var, ignore_errors=True)
    with bench_at(var, int(os.environ.get("PORT", 0))) as bench:
        bench.run("-m", "civic.launcher.prepare")
        watch = Watch()
        lines = [line for number in (FEW, MANY) for line in measure(bench, number)]
        foreign = watch.foreign(bench.database_seconds())
    verdicts = judge(lines)
    rows = [
        (line.kind, line.place, line.queries, *(f"{n:.1f}" for n in (line.median, line.web, line.database)), line.size)
        for line in lines
    ]
    bars = [(verdict.bar, verdict.reached, "pass" if verdict.passed else "**falls short**") for verdict in verdicts]
    print(f"{foreign:.0%} of the machine went to other work meanwhile.\n\n{table(COLUMNS, rows)}\n")
    print(table(("bar", "reached", ""), bars))
    return int(not all(verdict.passed for verdict in verdicts))


def measure(bench: Bench, number: int) -> list[Line]:
    """Fill up to so many that wait, and open every list."""
    say(f"{number:,} wait")
    facts = json.loads(bench.run("-m", "bench.fill_desk", str(number)).splitlines()[-1])
    cookie = {"Cookie": f"sessionid={facts['session']}"}
    lines = [Line(kind, f"{number:,}", path) for kind, path in pages(facts).items()]
    with bench.serving(BENCH_COUNT="1") as server:
        for line in lines:
            lane = [["GET", line.path, cookie, ""]] * 4
            answer, _, _ = server.ask([lane] * len(server.processes), once=True)
            line.queries = int(answer["headers"].get(HEADER.lower(), -1))
            line.size = round(answer["size"] / 1_000)
            line.statuses |= set(map(int, answer["statuses"]))
    with bench.serving() as server:
        for turn in range(TURNS + 1):
            for line in lines:
                answer, web, database = server.ask([[["GET", line.path, cookie, ""]]], times=EACH)
                if turn:  # the first warms up
                    line.took += answer["took"]
                    line.web_seconds += web
                    line.database_seconds += database
    return lines


def pages(facts: dict) -> dict[str, str]:
    desk = "/moderation/"
    return {
        OPENED: desk,
        "a page far down": f"{desk}?page=15",
        "reported": f"{desk}?queue=reported",
        "illegal content": f"{desk}?queue=illegal",
        "all comments": f"{desk}?queue=all",
        "one space": f"{desk}?space={facts['space']}",
        "one rule of screening": f"{desk}?signal=links",
        "one writer": f"{desk}?queue=all&writer=guest-{facts['writer']}",
        "words": f"{desk}?queue=all&words=kitchen",
        "a case": f"{desk}{facts['case']}/",
        "numbers": f"{desk}numbers/",
    }


def judge(lines: list[Line]) -> list[Verdict]:
    verdicts = [
        Verdict(f"{line.kind}, {line.place}: answers 200", str(sorted(line.statuses)), False)
        for line in lines
        if not line.stands
    ]
    few, many = (next(line for line in lines if line.kind == OPENED and line.place == f"{n:,}") for n in (FEW, MANY))
    took = many.web + many.database
    return [
        *verdicts,
        Verdict(f"{OPENED}, {MANY:,}: ≤ {QUERIES} queries", str(many.queries), many.queries <= QUERIES),
        Verdict(f"{OPENED}: as many queries as at {FEW:,}", str(few.queries), many.queries == few.queries),
        Verdict(f"{OPENED}, {MANY:,}: ≤ {MILLISECONDS} ms of processor", f"{took:.1f} ms", took <= MILLISECONDS),
    ]


if __name__ == "__main__":
    sys.exit(main())
