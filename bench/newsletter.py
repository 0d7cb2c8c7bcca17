"""How fast are letters sent, and what does it take? `python -m bench.newsletter`

Sends the same letter of 12 KB in one run, in turns, so that whatever else the machine does hits all of them:

- with the ledger, over one connection and over two;
- (a) a bare loop of smtplib with finished bytes, and nothing written down;
- (b) Django's EmailMultiAlternatives over one connection.

Then freezes a million readers, counts them, and looks what a process that sends needs at 10,000, 100,000 and a million.
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

from bench.figures import Verdict
from bench.machine import Watch
from bench.report import table
from bench.site import ROOT, bench_at, free_port

LETTERS, TURNS, DJANGO_LETTERS = 1_500, 12, 400  # letters of each kind in a turn: short, to find quiet moments
SIZES = (10_000, 100_000, 1_000_000)
RATE, SHARE, MEGABYTES, FREEZE_SECONDS = 2_000, 0.6, 80, 10


def main() -> int:
    var = Path(os.environ.get("VAR_DIR") or ROOT / "var" / "bench-newsletter").absolute()
    shutil.rmtree(var, ignore_errors=True)
    var.mkdir(parents=True)
    with bench_at(var) as bench, server() as (port, name):
        bench.surroundings |= {"EMAIL_URL": f"smtp://127.0.0.1:{port}?tls=0", "NEWSLETTER_CONNECTIONS": "4"}
        bench.surroundings |= {"LOG_LEVEL": "WARNING"}
        bench.run("manage.py", "migrate", "-v0")
        watch = Watch()
        before = bench.database_seconds()
        speeds = json.loads(bench.run("-m", "bench.newsletter", "--speeds").splitlines()[-1])
        foreign = watch.foreign(bench.database_seconds() - before)
        sizes = [json.loads(bench.run("-m", "bench.newsletter", "--size", str(n)).splitlines()[-1]) for n in SIZES]
    print(f"To {name}; others took {foreign:.0%} of the machine meanwhile.\n")
    heads = ("", "letters/s, best turn", "middle turn", "processor µs of ours a letter")
    print(table(heads, [(n, f"{s['best']:,.0f}", f"{s['middle']:,.0f}", f"{s['cpu']:.0f}") for n, s in speeds.items()]))
    heads = ("readers", "freeze", "count", "MB before", "MB at most while sending", "letters/s")
    print()
    print(table(heads, [_size_row(size) for size in sizes]))
    verdicts = bars(speeds, sizes)
    print()
    print(table(("bar", "reached", ""), [(v.bar, v.reached, "pass" if v.passed else "falls short") for v in verdicts]))
    return int(not all(verdict.passed for verdict in verdicts))


def bars(speeds: dict, sizes: list[dict]) -> list[Verdict]:
    ledger, bare = speeds["with the ledger, two connections"], speeds["(a) smtplib, finished bytes"]  # our default: two
    share, big = ledger["best"] / bare["best"], sizes[-1]
    more = big["most"] - sizes[0]["most"]
    return [
        Verdict(f"≥ {RATE:,} letters/s with the ledger", f"{ledger['best']:,.0f}", ledger["best"] >= RATE),
        Verdict(f"≥ {SHARE:.0%} of the bare loop", f"{share:.0%}", share >= SHARE),
        Verdict(f"a million frozen in ≤ {FREEZE_SECONDS} s", f"{big['freeze']:.1f} s", big["freeze"] <= FREEZE_SECONDS),
        Verdict(f"≤ {MEGABYTES} MB at a million", f"{big['most']:.0f} MB", big["most"] <= MEGABYTES),
        Verdict("no more at a million than at 10,000", f"{more:+.0f} MB", more <= 5),
    ]


def _size_row(size: dict) -> tuple[str, ...]:
    times = f"{size['freeze']:.2f} s", f"{size['count'] * 1000:.0f} ms"
    return f"{size['readers']:,}", *times, f"{size['start']:.0f}", f"{size['most']:.0f}", f"{size['rate']:,.0f}"


@contextmanager
def server():
    """A mail server that keeps nothing: its port and its name."""
    port = free_port()
    postfix = os.environ.get("SMTP_SINK") or shutil.which("smtp-sink") or shutil.which("/usr/sbin/smtp-sink")
    if postfix:
        command = [postfix, *(["-u", "nobody"] if os.geteuid() == 0 else []), f"127.0.0.1:{port}", "2000"]
    else:
        command = [sys.executable, "-m", "bench.sink", str(port)]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield port, "smtp-sink of Postfix" if postfix else "bench/sink.py"
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


# --- inside ---------------------------------------------------------------------------------------


def speeds() -> dict[str, dict[str, float]]:
    from bench import fill_newsletter
    from newsletter import freezing

    issue = fill_newsletter.issue_for(LETTERS * TURNS * 4)
    freezing.freeze(issue.pk)
    issue.refresh_from_db()
    ways = {
        "with the ledger, one connection": lambda: with_ledger(issue, 1),
        "with the ledger, two connections": lambda: with_ledger(issue, 2),
        "with the ledger, four connections": lambda: with_ledger(issue, 4),
        "(a) smtplib, finished bytes": lambda: bare(issue),
        "(b) EmailMultiAlternatives": lambda: django_way(issue),
    }
    turns: dict[str, list] = {name: [] for name in ways}
    for _ in range(TURNS):
        for name, send in ways.items():
            began, processor = time.monotonic(), time.process_time()
            number = send()
            turns[name].append((number / (time.monotonic() - began), (time.process_time() - processor) / number))
    return {name: _summed_up(found) for name, found in turns.items()}


def _summed_up(turns: list[tuple[float, float]]) -> dict[str, float]:
    rates = sorted(rate for rate, _ in turns)
    cpu = min(cpu for _, cpu in turns) * 1e6
    return {"best": rates[-1], "middle": rates[len(rates) // 2], "cpu": cpu}


def with_ledger(issue, connections: int, letters: int = LETTERS) -> int:
    """Claimed, looked at again, put in flight, sent and recorded. How many went."""
    from threading import Thread

    from newsletter import sending
    from newsletter.ledger import Ledger
    from newsletter.models import Outcome

    left = [letters]
    usual = Ledger.claim

    def claim(ledger, most, *rest):
        """As usual, but none after so many letters."""
        from newsletter.ledger import Claim

        if left[0] <= 0:
            if rest and rest[0]:
                ledger.end(rest[0], rest[1])
            return Claim()
        found = usual(ledger, min(most, left[0]), *rest)
        left[0] -= len(found.letters)
        return found

    before = Outcome.objects.filter(state="sent").count()
    Ledger.claim = claim
    try:
        threads = [Thread(target=lambda: _closing(sending.Sender(issue).work)(600)) for _ in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        Ledger.claim = usual
    return Outcome.objects.filter(state="sent").count() - before


def _closing(work):
    from django.db import connection

    def and_close(seconds: float) -> None:
        try:
            work(seconds)
        finally:
            connection.close()

    return and_close


def _ready_letters(issue, number: int):
    from newsletter.models import Delivery
    from newsletter.sending import letter_of

    letter = letter_of(issue)
    rows = Delivery.objects.filter(issue=issue).select_related("subscriber").order_by("pk")[:number]
    from django.utils import timezone

    for row in rows:
        known = {"key": bytes(row.subscriber.key), "confirmed_at": timezone.now(), "now": time.time()}
        yield row.address, letter.for_reader(delivery_id=row.pk, address=row.address, **known)


def bare(issue) -> int:
    import smtplib

    from django.conf import settings

    if not _finished:
        _finished.extend(_ready_letters(issue, 500))
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as line:
        line.ehlo()
        for at in range(LETTERS):
            address, letter = _finished[at % len(_finished)]
            line.sendmail("b@paper.example", [address], letter)
    return LETTERS


_finished: list[tuple[str, bytes]] = []


def django_way(issue) -> int:
    from django.core.mail import EmailMultiAlternatives, get_connection

    from newsletter.editions import edition_of

    edition = edition_of(issue)
    with get_connection() as line:
        for at in range(DJANGO_LETTERS):
            headers = {"List-Unsubscribe": f"<https://paper.example/leave/{at}/>", "Auto-Submitted": "auto-generated"}
            message = EmailMultiAlternatives(
                edition.subject,
                edition.text,
                "paper@paper.example",
                [f"r{at}@d.example"],
                headers=headers,
                connection=line,
            )
            message.attach_alternative(edition.html, "text/html")
            message.send()
    return DJANGO_LETTERS


def size(readers: int) -> dict[str, float]:
    """Freezes and counts so many, and sends some thousands of them; with what this process needed."""
    from bench import fill_newsletter
    from newsletter import freezing
    from newsletter.models import counts_of

    issue = fill_newsletter.issue_for(readers)
    start = _megabytes("VmRSS")
    began = time.monotonic()
    freezing.freeze(issue.pk)
    freeze = time.monotonic() - began
    issue.refresh_from_db()
    began = time.monotonic()
    letters = with_ledger(issue, 1, letters=min(readers, 20_000))
    rate = letters / (time.monotonic() - began)
    began = time.monotonic()
    counts_of(issue)
    count = time.monotonic() - began
    found = {"readers": readers, "freeze": freeze, "count": count, "rate": rate}
    return found | {"start": start, "most": _megabytes("VmHWM")}


def _megabytes(what: str) -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(what))
    return int(line.split()[1]) / 1024


def inside(arguments: list[str]) -> None:
    import django

    django.setup()
    print(json.dumps(speeds() if arguments[0] == "--speeds" else size(int(arguments[1]))))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        inside(sys.argv[1:])
    else:
        sys.exit(main())
