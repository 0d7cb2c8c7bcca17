"""How fast are pages with discussions? `python -m bench.discussions [--million] [--again] [--only WORD]`

Fills a database of its own, starts the real server on it, asks it over HTTP, and prints a table and the bars of the
design with what was reached. The exit status is 1 when a bar falls short. `--again` keeps the database of the last run;
`--only` measures the pages whose name contains the word. What is compared is asked in turns, so that whatever else the
machine does hits both; processor time is that of the web processes, and of PostgreSQL.
"""

import argparse
import json
import os
import re
import shutil
import sys
import time
from pathlib import Path
from urllib.parse import quote_plus, urlencode

from bench import bars, report, weight
from bench.figures import HEADER, Line, Posts, Speed
from bench.machine import Watch
from bench.site import ROOT, Bench, Server, bench_at
from bench.threads import comments as bench_comments

SORTS = ("newest", "oldest", "best", "discussed")
ROUNDS = 12
EACH = 10  # requests in a turn
READERS = 8  # connections when the question is how many requests a second
SECONDS = 1.5  # of such a turn
TURNS = 6
POSTS = 40  # of each writer, in a turn
POST_TURNS = 3
# How pages are had: as readers get them; with no page kept; with no part of a story kept either, as when it is new.
WAYS = {"kept": {}, "drawn": {"BENCH_KEEPS": "parts"}, "drawn first": {"BENCH_KEEPS": "all but stories"}}
TOKEN = "a" * 32
RUN = f"Bench-{os.getpid()}"  # begins what this run posts


def main() -> int:
    asked = arguments()
    var = Path(os.environ.get("VAR_DIR") or ROOT / "var" / "bench").absolute()
    facts_file = var / "facts.json"
    if not (asked.again and facts_file.exists()):
        shutil.rmtree(var, ignore_errors=True)
    with bench_at(var, int(os.environ.get("PORT", 0))) as bench:
        fill(bench, facts_file, million=asked.million)
        watch = Watch()
        found = measure(bench, facts_file, asked.only)
        foreign = watch.foreign(bench.database_seconds())
        truth = json.loads(bench.run("-m", "bench.after", RUN))
    verdicts = bars.judge(*found, truth)
    print(report.tables(*found, truth, verdicts, foreign))
    return int(not all(verdict.passed for verdict in verdicts))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--million", action="store_true", help="a discussion of a million comments as well")
    parser.add_argument("--again", action="store_true", help="on the database of the last run")
    parser.add_argument("--only", default="", metavar="WORD", help="pages whose name contains it")
    return parser.parse_args()


def fill(bench: Bench, file: Path, *, million: bool) -> None:
    """Make the database ready, and fill it unless it is: `file` says then where everything is."""
    bench.run("-m", "civic.launcher.prepare")
    if not file.exists():
        made = bench.run("-m", "bench.fill", str(bench.var), *(["--million"] if million else []))
        file.write_text(made.splitlines()[-1])


def measure(bench: Bench, file: Path, only: str) -> tuple[list[Line], list[Speed], list[Posts], weight.FirstLoad]:
    facts = json.loads(file.read_text())
    places = facts["places"]
    lines = [line for line in readings(places) + deep_pages(bench, file) if only in line.name]
    posts = [post for post in writings(facts) if only in post.name]
    for way, flags in WAYS.items():
        with bench.serving(BENCH_COUNT="1", **flags) as server:
            say(f"counting queries, {way}")
            count_queries(server, [line for line in lines if line.way == way])
            if way == "drawn":
                count_posts(server, posts)
    for way, flags in WAYS.items():
        with bench.serving(worker=way == "kept", **flags) as server:
            say(f"taking times, {way}")
            if way == "kept":
                speeds = race(server, places) if only in "race" else []
                for post in posts * POST_TURNS:
                    drive_posts(server, post)
                first_load = weight.of_page(bench.port, places["50"]["address"])
            take_turns(server, [line for line in lines if line.way == way])
    return lines, speeds, posts, first_load


def readings(places: dict) -> list[Line]:
    """Every page that is asked for, but the deep ones."""
    lines = [Line("empty view", "", "/health/empty", "kept")]
    compared = {name: place for name, place in places.items() if name not in ("50", "writing")}
    for name, place in {"50": places["50"], **compared}.items():
        lines += [Line(f"article, {way}", name, place["address"], way) for way in WAYS]
        lines.append(Line("live", name, f"/discuss/{place['thread']}/live/", "kept"))
    for name, place in compared.items():
        lines += [Line(f"thread, {sort}", name, f"/discuss/{place['thread']}/?sort={sort}") for sort in SORTS]
        lines += [
            Line("comment, most answered", name, f"/discuss/c/{place['root']}/"),
            Line("comment, in the argument", name, f"/discuss/c/{place['middle']}/"),
            Line("comment, deep leaf", name, f"/discuss/c/{place['leaf']}/"),
            Line("comment, unanswered", name, f"/discuss/c/{place['lone']}/"),
        ]
    return lines


def deep_pages(bench: Bench, file: Path) -> list[Line]:
    paths = json.loads(bench.run("-m", "bench.deep", str(file)))
    return [Line(kind, place, path) for path, (kind, place) in paths.items()]


def count_queries(server: Server, lines: list[Line]) -> None:
    """The fourth answer of a process counts: the first also loads what is loaded once, and draws what is kept."""
    for line in lines:
        lane = [["GET", line.path, {}, ""]] * 4
        answer, _, _ = server.ask([lane] * len(server.processes), once=True, text=True)
        line.queries = int(answer["headers"].get(HEADER.lower(), -1))
        line.size = answer["size"]
        line.comments = len(re.findall(r'id="c-\d+"', answer["text"]))
        line.statuses |= set(map(int, answer["statuses"]))


def take_turns(server: Server, lines: list[Line]) -> None:
    """A few requests to each page, one after another, and again, so that a bad minute hits all of them."""
    for turn in range(ROUNDS + 1):
        for line in lines:
            answer, web, database = server.ask([[["GET", line.path, {}, ""]]], times=EACH)
            if turn:  # the first warms up
                line.took += answer["took"]
                line.web_seconds += web
                line.database_seconds += database


def race(server: Server, places: dict) -> list[Speed]:
    """Requests a second with several readers at once: an empty view, a kept article, a static file, in turns."""
    style = next(name for name in weight.of_page(server.bench.port, "/").parts if name.endswith(".css"))
    speeds = [
        Speed("empty view", "/health/empty"),
        Speed("article with 50 comments, kept", places["50"]["address"]),
        Speed("article with 100k comments, kept", places["100k"]["address"]),
        Speed("style sheet", style),
    ]
    for turn in range(TURNS + 1):
        for speed in speeds:
            lanes = [[["GET", speed.path, {}, ""]]] * READERS
            answer, web, _ = server.ask(lanes, seconds=SECONDS)
            if turn:
                speed.per_second.append(len(answer["took"]) / answer["seconds"])
                speed.took += answer["took"]
                speed.web_seconds += web
    return speeds


def writings(facts: dict) -> list[Posts]:
    """Eight members answer one comment; eight begin conversations in a large discussion."""
    place, large = facts["places"]["writing"], facts["places"]["100k"]
    return [
        Posts("post, 8 answer one comment", writing_lanes(facts, place["thread"], place["root"])),
        Posts("post, 8 write in 100k", writing_lanes(facts, large["thread"], 0)),
    ]


def writing_lanes(facts: dict, thread: int, parent: int) -> list[list]:
    lanes = []
    for writer, session in enumerate(facts["sessions"]):
        headers = {
            "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Sec-Fetch-Site": "same-origin",
        }
        lane = []
        for number in range(POSTS):
            said = f"{RUN} TURN {thread}.{writer}.{number}: TEXT"
            fields = {"body": said, "csrfmiddlewaretoken": TOKEN, "parent": parent or ""}
            lane.append(["POST", f"/discuss/{thread}/post/", headers, urlencode(fields)])
        lanes.append(lane)
    return lanes


def fresh(lanes: list[list], turn: str) -> list[list]:
    """The same with other words: the same words again are taken for a second click, and nearly the same words for a
    copy of what somebody else said."""
    requests = [request for lane in lanes for request in lane]
    said = bench_comments(len(requests), seed=f"{RUN} {turn} {requests[0][1]}")
    texts = iter([quote_plus(line["body"]) for line in said])
    return [
        [[*request[:3], request[3].replace("TURN", turn).replace("TEXT", next(texts))] for request in lane]
        for lane in lanes
    ]


def count_posts(server: Server, posts: list[Posts]) -> None:
    for post in posts:
        for turn in ("warm", "count"):
            lanes = [lane[:3] for lane in fresh(post.lanes, turn)[:2]]
            answer, _, _ = server.ask(lanes, once=True)
            post.queries = int(answer["headers"].get(HEADER.lower(), -1))
            note_posts(post, answer)
        post.took, post.per_second = [], []


def drive_posts(server: Server, post: Posts) -> None:
    turn = f"t{len(post.per_second)}"
    answer, web, database = server.ask(fresh(post.lanes, turn), once=True)
    note_posts(post, answer)
    post.web_seconds += web
    post.database_seconds += database


def note_posts(post: Posts, answer: dict) -> None:
    post.took += answer["took"]
    post.per_second.append(len(answer["took"]) / answer["seconds"])
    post.broken += answer["broken"]
    for status, times in answer["statuses"].items():
        post.statuses[status] = post.statuses.get(status, 0) + times


def say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
