"""How fast are letters sent, and what does it take? `python -m bench.newsletter`

Sends the same letter of 12 KB in one run, in turns, so that whatever else the machine does hits all of them:

- with the ledger, over one connection, two and four; and over two, signed by ourselves (DKIM);
- (a) a bare loop of smtplib with finished bytes, and nothing written down;
- (b) Django's EmailMultiAlternatives over one connection.

Then freezes 10,000, 100,000 and a million readers, counts them, and has the job worker that `bin/run` starts send to
them: what it needs when the site is loaded and nothing is sent, what at most while it sends, and how fast it is.
`python -m bench.newsletter 1000000` does only that, and only for so many.
The mail server is Postfix's `smtp-sink` where `SMTP_SINK` or the path names one, else `bench/sink.py`. Prints tables
and the bars; the exit status is 1 when one falls short.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from bench import sending_worker
from bench.figures import Verdict
from bench.machine import Watch
from bench.report import table
from bench.site import ROOT, Bench, bench_at, free_port, seconds_of
from bench.ways_to_send import BARE, LEDGER

SIZES = (10_000, 100_000, 1_000_000)
RATE, SHARE, FREEZE_SECONDS = 2_000, 0.6, 10
MEGABYTES, ADDED, GROWN = 80, 10, 5


def main(sizes: tuple[int, ...]) -> int:
    var = Path(os.environ.get("VAR_DIR") or ROOT / "var" / "bench-newsletter").absolute()
    shutil.rmtree(var, ignore_errors=True)
    var.mkdir(parents=True)
    verdicts = []
    with bench_at(var) as bench, server() as (port, name, pid):
        bench.surroundings |= {"EMAIL_URL": f"smtp://127.0.0.1:{port}?tls=0"}
        for command in ("migrate", "createcachetable"):
            bench.run("manage.py", command, "-v0")
        print(f"To {name}.\n")
        if sizes == SIZES:
            verdicts += speeds(bench, pid)
        verdicts += at_sizes(bench, pid, sizes)
    print(table(("bar", "reached", ""), [(v.bar, v.reached, "pass" if v.passed else "falls short") for v in verdicts]))
    return int(not all(verdict.passed for verdict in verdicts))


def speeds(bench: Bench, server_pid: int) -> list[Verdict]:
    watch, before = Watch(), bench.database_seconds_with_ended() + seconds_of(server_pid)
    bench.surroundings["NEWSLETTER_CONNECTIONS"] = "4"
    found = json.loads(bench.run("-m", "bench.ways_to_send").splitlines()[-1])
    del bench.surroundings["NEWSLETTER_CONNECTIONS"]
    others = watch.foreign(bench.database_seconds_with_ended() + seconds_of(server_pid) - before)
    heads = (f"others took {others:.0%}", "letters/s, best turn", "middle turn", "processor µs of ours a letter")
    rows = [(name, f"{s['best']:,.0f}", f"{s['middle']:,.0f}", f"{s['cpu']:.0f}") for name, s in found.items()]
    print(table(heads, rows) + "\n", flush=True)
    ledger, bare = found[LEDGER]["best"], found[BARE]["best"]
    return [
        Verdict(f"≥ {RATE:,} letters/s with the ledger", f"{ledger:,.0f}", ledger >= RATE),
        Verdict(f"≥ {SHARE:.0%} of the bare loop", f"{ledger / bare:.0%}", ledger / bare >= SHARE),
    ]


def at_sizes(bench: Bench, server_pid: int, sizes: tuple[int, ...]) -> list[Verdict]:
    found = [sending_worker.at_size(bench, readers, server_pid) for readers in sizes]
    window = sending_worker.WINDOW
    heads = ("", "freeze", "count", "MB loaded (own)", "MB while sending (own)")
    heads += ("letters", "letters/s", f"slowest {window} s", "others took")
    print(table(heads, [_row(size) for size in found]) + "\n", flush=True)
    big, small = found[-1], found[0]
    adds, more = big["most"] - big["loaded"], big["most"] - small["most"]
    at = f"at {big['readers']:,}"
    verdicts = [
        Verdict(f"frozen in ≤ {FREEZE_SECONDS} s {at}", f"{big['freeze']:.1f} s", big["freeze"] <= FREEZE_SECONDS),
        Verdict(f"≤ {MEGABYTES} MB {at}, all of the worker", f"{big['most']:.0f} MB", big["most"] <= MEGABYTES),
        Verdict(f"≤ {MEGABYTES} MB {at}, of its own", f"{big['most_own']:.0f} MB", big["most_own"] <= MEGABYTES),
        Verdict(f"sending adds ≤ {ADDED} MB {at}", f"{adds:+.0f} MB", adds <= ADDED),
    ]
    if len(found) > 1:
        verdicts += [Verdict(f"no more {at} than at {small['readers']:,}", f"{more:+.0f} MB", more <= GROWN)]
    return verdicts


def _row(size: dict) -> tuple[str, ...]:
    before, most = (f"{size[name]:.0f} ({size[name + '_own']:.0f})" for name in ("loaded", "most"))
    times = f"{size['freeze']:.2f} s", f"{size['count'] * 1000:.0f} ms"
    rates = (f"{size[name]:,.0f}" for name in ("letters", "rate", "slowest"))
    return f"{size['readers']:,} readers", *times, before, most, *rates, f"{size['others']:.0%}"


@contextmanager
def server():
    """A mail server that keeps nothing: its port, its name, its process."""
    port = free_port()
    postfix = os.environ.get("SMTP_SINK") or shutil.which("smtp-sink") or shutil.which("/usr/sbin/smtp-sink")
    if postfix:
        command = [postfix, *(["-u", "nobody"] if os.geteuid() == 0 else []), f"127.0.0.1:{port}", "2000"]
    else:
        command = [sys.executable, "-m", "bench.sink", str(port)]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port, "smtp-sink of Postfix" if postfix else "bench/sink.py", running.pid
    finally:
        running.kill()
        running.wait()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    sys.exit("bench: the mail server did not start")


if __name__ == "__main__":
    sys.exit(main(tuple(map(int, sys.argv[1:])) or SIZES))
