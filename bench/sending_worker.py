"""The job worker as `bin/run` starts it, while it sends an issue to many: its memory, and how fast letters leave."""

import json
import sys
import time
from pathlib import Path

import psycopg

from bench.machine import Watch
from bench.site import ROOT, Bench, seconds_of
from civic.launcher import children, site

SECONDS = 90  # of sending, unless all letters have left before
WINDOW = 5  # seconds that the slowest moment lasts


def at_size(bench: Bench, readers: int, server_pid: int) -> dict[str, float]:
    """Freezes an issue for so many and has the worker send it. Memory in MB of 2**20 bytes: `…_own` without the files
    that processes share, such as libraries. `others`: the share of the machine that neither we nor the mail server took
    while letters left."""
    issue = bench.run("-m", "bench.sending_worker", "--fill", str(readers)).splitlines()[-1]
    worker = site.worker(ROOT, bench.surroundings)
    with (bench.var / "worker.log").open("a") as log, psycopg.connect(bench.surroundings["DATABASE_URL"]) as db:
        db.autocommit = True
        worker.process = children.start(worker.command, worker.environment, ROOT, stdout=log, stderr=log)
        try:
            wait_until_idle(worker.process.pid)
            loaded, own = memory(worker.process.pid)
            began = json.loads(bench.run("-m", "bench.sending_worker", "--start", issue).splitlines()[-1])
            found = {"readers": readers, "loaded": loaded, "loaded_own": own}
            ours = [worker.process.pid, server_pid]
            watch, before = Watch(), bench.database_seconds_with_ended() + sum(map(seconds_of, ours))
            found |= began | watched(worker, db, readers)
            took = bench.database_seconds_with_ended() + sum(map(seconds_of, ours)) - before
            return found | {"others": watch.foreign(took)}
        finally:
            worker.kill_rest()


def watched(worker: children.Child, db: psycopg.Connection, readers: int) -> dict[str, float]:
    """Until all letters are claimed, or the time is over."""
    counts, most, own = [claimed(db)], *memory(worker.process.pid)
    began = time.monotonic()
    while counts[-1] < readers and len(counts) <= SECONDS:
        if not worker.is_running():
            sys.exit("bench: the worker ended; see worker.log")
        time.sleep(max(0.0, began + len(counts) - time.monotonic()))
        counts.append(claimed(db))
        now, now_own = memory(worker.process.pid)
        most, own = max(most, now), max(own, now_own)
    rate = (counts[-1] - counts[0]) / (time.monotonic() - began)
    whole = counts[:-1] if counts[-1] == readers else counts  # in the last second there was not enough to do
    windows = [(later - sooner) / WINDOW for sooner, later in zip(whole, whole[WINDOW:], strict=False)]
    return {"most": most, "most_own": own, "letters": counts[-1], "rate": rate, "slowest": min(windows, default=rate)}


def claimed(db: psycopg.Connection) -> int:
    """Letters that were taken in hand so far: fifty at most for each connection are ahead of what was sent."""
    return db.execute("SELECT cursor - first_id + 1 FROM newsletter_mailing").fetchone()[0]


def wait_until_idle(pid: int) -> None:
    """A worker that has just started does what the clock asks for, first."""
    before, began = -1.0, time.monotonic()
    while (now := seconds_of(pid)) - before > 0.1 or time.monotonic() - began < 6:
        before = now
        time.sleep(2)


def memory(pid: int) -> tuple[float, float]:
    """Resident, and what of it no file stands behind: what this process alone costs."""
    lines = (line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    kilobytes = {words[0]: int(words[1]) for words in lines}
    return kilobytes["Rss:"] / 1024, kilobytes["Anonymous:"] / 1024


# --- inside ---------------------------------------------------------------------------------------


def fill(readers: int) -> None:
    from bench import fill_newsletter

    issue = fill_newsletter.issue_for(readers)
    issue.state = issue.State.APPROVED  # else the clock of the worker would begin with it
    issue.save()
    print(issue.pk)


def start(issue_id: int) -> None:
    """Freezes it, counts, and has the worker begin. Prints how long the first two took, in seconds."""
    from newsletter import freezing, sending
    from newsletter.models import Issue, counts_of

    issue = Issue.objects.get(pk=issue_id)
    Issue.objects.update(state=Issue.State.FREEZING)
    began = time.monotonic()
    freezing.freeze(issue.pk)
    frozen = time.monotonic()
    counts_of(issue)
    counted = time.monotonic()
    sending.go_on(issue.pk)
    print(json.dumps({"freeze": frozen - began, "count": counted - frozen}))


if __name__ == "__main__":
    import django

    django.setup()
    {"--fill": fill, "--start": start}[sys.argv[1]](int(sys.argv[2]))
