"""Kill the process that sends, again and again; then ask the sink who got what:

    .venv/bin/python -m bench.kill_newsletter [ROUNDS]

5,000 readers, two connections at once, and a mail server that drops connections after the final dot, says 421, 450 and
550, and is slow. Each round is a process of its own that ends by SIGKILL in a phase chosen in turn: with letters
claimed, before DATA, inside a letter, after its dot, before what became of it is recorded, or at any moment. After each
the ledger must agree with the sink to the letter. Prints how often each phase was hit; the exit status is 1 when a
letter came twice, is missing without being shown, or more are unknown than connections were open.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PHASES = ("claimed", "before DATA", "inside", "after the dot", "before record", "any moment")
READERS, ROUNDS, CONNECTIONS = 5_000, 200, 2
FAULTS = {
    "rcpt_450": 0.01,
    "rcpt_550": 0.003,
    "mail_421": 0.003,
    "dot_421": 0.003,
    "dot_450": 0.005,
    "dropped_after_dot": 0.002,
    "slow": 0.003,
    "seconds": 0.05,
    "no_pipelining": 0.3,
}


class Broken(AssertionError):
    """What must hold does not."""


class Rounds:
    """The parent of the processes that are killed. `issue` is frozen and sends to a sink that writes `record`."""

    def __init__(self, issue, record: Path, *, letters_a_round: int, seed: int = 7) -> None:
        self.issue, self.record, self.letters_a_round = issue, record, letters_a_round
        self.dice = random.Random(seed)
        self.hits: Counter[str] = Counter()
        self.most_unknown = 0

    def run(self, rounds: int) -> None:
        for number in range(rounds):
            self.round(PHASES[number % len(PHASES)])
        self.round("to the end")
        if self.is_sending() or not set(self.compare()) <= {"sent", "unknown", "failed"}:
            raise Broken(f"not finished: {self.issue.state}, {dict(self.compare())}")

    def round(self, phase: str) -> None:
        from django.db import connections

        from newsletter import ledger

        most = 3 if phase == "claimed" else self.letters_a_round
        # A quiet machine sends two thousand a second: a moment lasts so long that some are left for the next round.
        count, moment = self.dice.randint(1, most), self.dice.uniform(0.0, self.letters_a_round / 1_000)
        seed = self.dice.randrange(2**32)
        connections.close_all()
        pid = os.fork()
        if not pid:
            with suppress(BaseException):
                send_until_killed(self.issue.pk, phase, count, moment, seed)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        before = self.unknown_by_kill()
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
            self.hits[phase] += 1
        elif phase != "to the end" and self.is_sending():
            raise Broken(f"the process ended by itself before it was {phase}: {status}")
        ledger.recover()
        unknown = self.unknown_by_kill() - before
        self.most_unknown = max(self.most_unknown, unknown)
        if unknown > CONNECTIONS:
            raise Broken(f"{unknown} letters are unknown after one kill")
        self.compare()

    def is_sending(self) -> bool:
        self.issue.refresh_from_db()
        if self.issue.state == "paused":
            raise Broken(f"paused: {self.issue.pause_reason}")
        return self.issue.state == "sending"

    def unknown_by_kill(self) -> int:
        from newsletter.models import Outcome

        return Outcome.objects.filter(issue=self.issue, state="unknown", reply="").count()

    def compare(self) -> Counter:
        """The ledger and the sink's record, letter by letter. How many are in each state."""
        from newsletter.models import Delivery, counts_of

        kept: Counter[int] = Counter()
        dropped, names = set(), {}
        for line in self.record.read_text().splitlines():
            what, address, name = line.split()
            delivery_id = int(name.split(".")[1])
            kept[delivery_id] += 1
            names[delivery_id] = address
            if what == "dropped":
                dropped.add(delivery_id)
        if twice := [one for one, number in kept.items() if number > 1]:
            raise Broken(f"{len(twice)} readers got two letters: {twice[:5]}")
        rows = list(Delivery.objects.filter(issue=self.issue).with_state().values_list("pk", "address", "state"))
        states = {pk: state for pk, _, state in rows}
        if any(names.get(pk, address) != address for pk, address, _ in rows):
            raise Broken("a letter went to somebody else")
        counts = Counter(states.values())
        if counts != Counter(counts_of(self.issue)):
            raise Broken(f"counted {counts_of(self.issue)}, but there are {counts}")
        for pk, state in states.items():
            if (state == "sent" and pk not in kept) or (state not in ("sent", "unknown") and pk in kept):
                raise Broken(f"delivery {pk} is {state}, the sink {'has' if pk in kept else 'lacks'} it")
        if wrong := [pk for pk in dropped if states[pk] != "unknown"]:
            raise Broken(f"{len(wrong)} were dropped after the dot and not shown as unknown")
        return counts


def send_until_killed(issue_id: int, phase: str, count: int, moment: float, seed: int) -> None:
    """In the child: two connections, until the phase was reached `count` times; or until nothing is left to do."""
    from newsletter import sending
    from newsletter.models import Issue

    sending.AGAIN_AFTER_MINUTES = (0.001,) * 30
    sending.REST_SECONDS = (0.02,) * 30
    dice = random.Random(seed)
    kill_at(phase, count, moment, dice)
    until = time.monotonic() + 120

    def work() -> None:
        while time.monotonic() < until:
            issue = Issue.objects.select_related("newsletter").get(pk=issue_id)
            if issue.state != "sending":
                return
            again_in = sending.Sender(issue).work(2)
            time.sleep(min(again_in or 0.02, 0.05))

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def kill_at(phase: str, count: int, moment: float, dice: random.Random) -> None:
    """SIGKILL to this very process when it has come to a phase so many times. Nothing of it runs after that."""
    from newsletter.ledger import Ledger
    from newsletter.smtp import Line, Phase

    left = [count]
    lock = threading.Lock()

    def reached() -> bool:
        with lock:
            left[0] -= 1
            return left[0] == 0

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def after(owner, name: str, is_it=lambda found: True) -> None:
        usual = getattr(owner, name)

        def instead(*args, **how):
            found = usual(*args, **how)
            if is_it(found) and reached():
                die()
            return found

        setattr(owner, name, instead)

    match phase:
        case "claimed":
            after(Ledger, "claim", lambda claim: bool(claim.letters))
        case "before DATA":
            after(Line, "wait_for_go")
        case "before record":
            after(Line, "deliver")
        case "inside":
            usual = Line._send

            def send(line, what, dot_at=None):
                if dot_at and reached():
                    line.socket.sendall(what[: dice.randrange(1, dot_at)])
                    time.sleep(dice.uniform(0, 0.003))
                    die()
                usual(line, what, dot_at)

            Line._send = send
        case "after the dot":
            hear = Line._hear

            def wait(line, seconds):
                if line.phase == Phase.AFTER_DOT and reached():
                    time.sleep(dice.uniform(0, 0.003))
                    die()
                return hear(line, seconds)

            Line._hear = wait
        case "any moment":
            timer = threading.Timer(moment, die)
            after(Ledger, "claim", lambda claim: bool(not timer.is_alive() and claim.letters and timer.start()))


@contextmanager
def sink_beside(record: Path, faults: dict[str, float]):
    """A sink in a process of its own. Its port."""
    command = [sys.executable, "-m", "bench.sink", "0", str(record), json.dumps(faults)]
    sink = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield int(sink.stdout.readline())
    finally:
        sink.kill()
        sink.wait()


def frozen_issue(readers: int):
    """An issue of a newsletter that so many people get, ready to be sent."""
    from bench import fill_newsletter
    from newsletter import freezing

    issue = fill_newsletter.issue_for(readers)
    freezing.freeze(issue.pk)
    issue.refresh_from_db()
    return issue


def main(rounds: int) -> int:
    from bench.site import bench_at

    var = Path(os.environ.get("VAR_DIR") or ROOT / "var" / "kill-newsletter").absolute()
    shutil.rmtree(var, ignore_errors=True)
    record = var / "record"
    with bench_at(var) as bench, sink_beside(record, FAULTS) as port:
        bench.surroundings |= {"EMAIL_URL": f"smtp://127.0.0.1:{port}?tls=0"}
        bench.surroundings |= {"NEWSLETTER_CONNECTIONS": str(CONNECTIONS)}
        bench.run("manage.py", "migrate", "-v0")
        print(bench.run("-m", "bench.kill_newsletter", "--inside", str(rounds), str(record)))
    return 0


def inside(rounds: int, record: Path) -> None:
    import django

    django.setup()
    rounds_ = Rounds(frozen_issue(READERS), record, letters_a_round=READERS // ROUNDS * 3 // 2)
    began = time.monotonic()
    rounds_.run(rounds)
    counts = rounds_.compare()
    took = time.monotonic() - began
    if rounds >= ROUNDS and min(rounds_.hits[phase] for phase in PHASES) < 20:
        raise Broken(f"a phase was hit too seldom: {rounds_.hits}")
    print(f"{sum(rounds_.hits.values())} kills among {READERS:,} readers in {took:.0f} s; nobody got two letters.")
    print("killed " + ", ".join(f"{phase}: {number}" for phase, number in rounds_.hits.items()))
    print(f"in the end {dict(counts)}; at most {rounds_.most_unknown} unknown after one kill")


if __name__ == "__main__":
    if "--inside" in sys.argv:
        inside(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
