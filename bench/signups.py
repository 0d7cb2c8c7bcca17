"""Can a stranger find out who is known, or flood somebody? `python -m bench.signups`

Posts the form of the newsletters to a site of its own, each time from another network: 1,000 times the address of one
victim, in many spellings, with the worker running. Then 200 addresses of each kind, in turns, and one known address 200
times over: compares medians, status, headers and body. The exit status is 1 when a bar is not met.
"""

import http.client
import os
import shutil
import statistics
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

from bench.figures import Verdict
from bench.report import table
from bench.site import ROOT, Server, bench_at

TRIES, SIGNUPS = 200, 1_000
APART, LETTERS = 0.10, 3
KINDS = ("unknown", "active", "pending", "left", "erased", "bounced", "left alone")
AGAIN = "one known address"
VICTIM = ("victim@example.org", "V.ictim+{}@example.org", "vic.tim+{}@Example.org", "VICTIM@example.org")


def main() -> int:
    var = Path(os.environ.get("VAR_DIR") or ROOT / "var" / "bench-signups").absolute()
    shutil.rmtree(var, ignore_errors=True)
    with bench_at(var, int(os.environ.get("PORT", 0))) as bench:
        bench.run("-m", "civic.launcher.prepare")
        bench.run("-m", "bench.signups", "--fill")
        with bench.serving(TRUSTED_PROXIES="1", worker=True):
            statuses = flood(bench.port)
            bench.run("-m", "bench.signups", "--wait")
        with bench.serving(TRUSTED_PROXIES="1") as server:  # last, and nothing is answered: it would look like a flood
            took, answers = ask_in_turns(bench.port, server)
        letters = sum("victim" in file.read_text().lower() for file in (var / "outbox").glob("*.eml"))
    medians = {kind: [statistics.median(column) for column in zip(*times, strict=True)] for kind, times in took.items()}
    rows = [(kind, f"{waited:.2f}", f"{web:.2f}") for kind, (waited, web) in medians.items()]
    print(table(("kind of address", "median, ms", "web, ms of processor"), rows), "\n")
    apart = [
        max(abs(found[column] / medians["unknown"][column] - 1) for found in medians.values()) for column in (0, 1)
    ]
    verdicts = [
        Verdict(
            f"medians of {TRIES} tries within {APART:.0%} of an unknown address", f"{apart[0]:.1%}", apart[0] <= APART
        ),
        Verdict("the same of the processor time they took", f"{apart[1]:.1%}", apart[1] <= APART),
        Verdict("status, headers and body alike", f"{len(answers)} kind", len(answers) == 1),
        Verdict(f"{SIGNUPS:,} signups for one mailbox: ≤ {LETTERS} letters", str(letters), 1 <= letters <= LETTERS),
        Verdict("each of them got the usual answer", str(statuses), statuses == {303}),
    ]
    print(table(("bar", "reached", ""), [(v.bar, v.reached, "pass" if v.passed else "falls short") for v in verdicts]))
    return int(not all(verdict.passed for verdict in verdicts))


def ask_in_turns(port: int, server: Server) -> tuple[dict[str, list[tuple[float, float]]], set]:
    """By kind: milliseconds that each took, and those of the web server's processors. And the different answers that
    were seen. On a busy machine only the second says something: one request is on its way at a time."""
    asker = Asker(port)
    for number in range(50):
        asker.ask(f"warm{number}@example.org")
    kinds = (*KINDS, AGAIN)
    took: dict[str, list[tuple[float, float]]] = {kind: [] for kind in kinds}
    answers = set()
    for number in range(TRIES):
        for step in range(len(kinds)):  # another one first each time: whoever comes after a pause waits longer
            kind = kinds[(number + step) % len(kinds)]
            before = server.web_seconds()
            email = "again" if kind == AGAIN else f"{kind.replace(' ', '-')}{number}"
            milliseconds, answer = asker.ask(f"{email}@example.org")
            took[kind].append((milliseconds, (server.web_seconds() - before) * 1_000))
            answers.add(answer)
    return took, answers


def flood(port: int) -> set[int]:
    asker = Asker(port)
    return {asker.ask(VICTIM[number % len(VICTIM)].format(number))[1][0] for number in range(SIGNUPS)}


class Asker:
    """One connection that is kept; every request comes from a network of its own."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("localhost", port)
        self.asked = 0

    def ask(self, email: str) -> tuple[float, tuple]:
        """Milliseconds, and what was answered: status, headers but for the clock's, body."""
        self.asked += 1
        network = f"10.{self.asked // 250 % 250}.{self.asked % 250}.7"
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        body = urlencode({"email": email, "letter": "lamp"})
        began = time.perf_counter()
        self.connection.request("POST", "/newsletter/subscribe/", body, headers | {"X-Forwarded-For": network})
        response = self.connection.getresponse()
        content = response.read()
        took = (time.perf_counter() - began) * 1_000
        named = tuple(sorted((name, value) for name, value in response.getheaders() if name.lower() != "date"))
        return took, (response.status, named, content)


def fill() -> None:
    """In the site's environment: so many addresses of each kind."""
    from django.utils import timezone

    from newsletter.models import Newsletter, Subscriber, Subscription, Suppression, address_key

    Newsletter.objects.update(is_default=False)
    letter = Newsletter.objects.create(name="Lamp", slug="lamp", when="Daily", promise="News.", is_default=True)
    now = timezone.now()
    known = [(f"{state}{number}", state) for state in ("active", "pending", "left") for number in range(TRIES)]
    for name, state in [*known, ("again", "active")]:
        subscriber = Subscriber.objects.create(email=f"{name}@example.org", state=state)
        left_at = now if state == "left" else None
        Subscription.objects.create(
            newsletter=letter, subscriber=subscriber, state=state, confirmed_at=now, left_at=left_at
        )
    reasons = {"erased": "left", "bounced": "bounced", "left-alone": "disowned"}
    Suppression.objects.bulk_create(
        Suppression(key=address_key(f"{name}{number}@example.org"), reason=reason)
        for name, reason in reasons.items()
        for number in range(TRIES)
    )


def wait_for_jobs() -> None:
    """In the site's environment: until every request is answered and every letter written."""
    from django.db import connection

    until = time.monotonic() + 300
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND task_name LIKE %s",
                ["newsletter.jobs.%"],
            )
            if cursor.fetchone() == (0,):
                return
        time.sleep(1)
    sys.exit("bench: jobs are left over after five minutes")


if __name__ == "__main__":
    if {"--fill", "--wait"} & set(sys.argv):
        import django

        django.setup()
        fill() if "--fill" in sys.argv else wait_for_jobs()
    else:
        sys.exit(main())
