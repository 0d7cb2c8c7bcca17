"""What makes up the running site: preparations, web server, job worker, and the words on the screen."""

import contextlib
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from civic.launcher import children
from civic.launcher.children import Child, Patience, StopRequest
from civic.launcher.cluster import Cluster
from civic.launcher.port import reachable
from civic.launcher.talk import Trouble, say

WEB_WORKERS = 2  # processes
WEB_THREADS = 2  # in each: one serves while the other waits for an upload. More would only fight over the interpreter
WEB_BACKPRESSURE = 64  # requests a process takes in; further ones wait in the kernel
JOBS_AT_ONCE = 4
JOB_SECONDS = 5  # what a running job gets when we stop; less than children.STOP_SECONDS
ANSWER_SECONDS = 60


def prepare(root: Path, surroundings: Mapping[str, str], stop: StopRequest, when_standing: Callable[[], None]) -> str:
    """Run `prepare` as a program and pass on what it says. Returns the demo people, a line each.

    `when_standing` is called as soon as the web server may be started, though seeds may still be coming.
    """
    people = ""
    command = [sys.executable, "-m", "civic.launcher.prepare"]
    working = children.start(command, surroundings, root, stdout=subprocess.PIPE, text=True)
    stop.ends(working)
    for line in working.stdout:
        match message(line):
            case {"begins": what}:
                print(f"  {what} … ", end="", flush=True)
            case {"ends": seconds}:
                say(f"{seconds:.1f} s")
            case {"standing": True} if not stop:
                when_standing()
            case {"people": words}:
                people = words
            case {"trouble": words}:
                raise Trouble(words)
            case {}:
                pass
            case _:
                say(line.rstrip())
    if working.wait() and not stop:
        raise Trouble("the database or the static files could not be made ready; the reason stands above.")
    return people


def message(line: str) -> object:
    try:
        return json.loads(line)
    except ValueError:  # somebody's print()
        return line


def web(root: Path, surroundings: Mapping[str, str], host: str, port: int) -> Child:
    command = [sys.executable, "-m", "granian", "civic.wsgi:application", "--interface=wsgi", "--no-ws"]
    command += [
        f"--host={host}",
        f"--port={port}",
        f"--workers={WEB_WORKERS}",
        f"--blocking-threads={WEB_THREADS}",
    ]
    command += [f"--backpressure={WEB_BACKPRESSURE}", "--respawn-failed-workers", "--workers-kill-timeout=5"]
    command += ["--log-level=warning"]
    pooled = {"DATABASE_POOL": str(WEB_THREADS), **surroundings}
    return Child("The web server", command, pooled, root)


def worker(root: Path, surroundings: Mapping[str, str]) -> Child:
    # Django's checks are for whoever writes code, and load all there is: 30 MB that a worker keeps.
    command = [sys.executable, "manage.py", "procrastinate", "--skip-checks", "worker"]
    command += [f"--concurrency={JOBS_AT_ONCE}"]
    command += [f"--shutdown-graceful-timeout={JOB_SECONDS}", "--delete-jobs=successful"]
    return Child("The job worker", command, surroundings, root)


def wait_for_answer(server: Child, host: str, port: int, site_url: str, stop: StopRequest) -> None:
    """Until the web server answers anything at all. Raises `Trouble` when it ends, or takes longer than a
    minute."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while not stop.wait(0.1):
        if not server.is_running():
            raise Trouble("the web server did not start; the reason stands above.")
        if answers(host, port, urlsplit(site_url).netloc):
            return
        if time.monotonic() > deadline:
            raise Trouble(f"the web server does not answer within {ANSWER_SECONDS} seconds.")


def answers(host: str, port: int, called: str) -> bool:
    """Ask for it by its public name: another one is logged as an attempt at something."""
    asking = http.client.HTTPConnection(reachable(host), port, timeout=10)
    with contextlib.closing(asking):
        try:
            asking.request("GET", "/health/live", headers={"Host": called or "localhost"})
            asking.getresponse()
        except (OSError, http.client.HTTPException):
            return False
    return True


def watch(programs: Sequence[Child], cluster: Cluster | None, stop: StopRequest) -> None:
    """Start again whatever dies, until a stop is asked for.

    We restart rather than stop, for a worker that was killed for its memory is no reason to take the pages
    from everybody. What dies again and again is not revived for ever: that raises `Trouble`, and all is
    stopped.
    """
    patience = Patience("PostgreSQL")
    while not stop.wait(1):
        if cluster and not cluster.is_running():
            patience.one_more()
            cluster.revive()
        for program in programs:
            if not program.is_running():
                program.revive()


def show_addresses(surroundings: Mapping[str, str], people: str, seconds: float) -> None:
    site = surroundings["SITE_URL"].rstrip("/")
    say(f"\nCivic is ready after {seconds:.0f} s.\n")
    places = {"": "the paper", "newsroom/": "writing and publishing", "moderation/": "the moderators' desk"}
    places |= {"accounts/login/": "sign in"}
    if surroundings.get("EMAIL_URL", "").startswith("outbox:"):
        places["outbox/"] = "all letters, sign-in codes too; none leaves this machine"
    for path, what in places.items():
        say(f"  {site + '/' + path:<44} {what}")
    if people.strip():
        say("\nDemo people. Sign in with an address; the code arrives in the outbox.\n")
        for line in people.strip().splitlines():
            say(f"  {line.strip()}")
    say("\nCtrl-C stops it.")
