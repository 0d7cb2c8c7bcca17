"""`bin/run`: the whole site on this machine, or one management command in its environment."""

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from civic.launcher import children, databases, environment, site
from civic.launcher.binaries import find_binaries
from civic.launcher.children import StopRequest
from civic.launcher.cluster import Cluster
from civic.launcher.port import claimed, listening_at
from civic.launcher.talk import Trouble, say, step
from civic.launcher.usage import RUN
from civic.lib import env


def run(root: Path, arguments: list[str]) -> int:
    """The exit status. Raises `Trouble`."""
    try:
        if not arguments:
            environment.check_secrets()
            return run_site(root)
        if arguments[0] == "manage.py":
            environment.check_secrets()
            return run_command(root, arguments[1:])
    except env.Misconfigured as error:
        raise Trouble(str(error)) from None
    print(RUN, file=sys.stderr)
    return 2


def run_site(root: Path) -> int:
    """Returns when a stop was asked for. Raises `Trouble` when the site cannot be started, or not be kept alive."""
    began = time.monotonic()
    host, port = listening_at()
    with claimed(host, port):
        stop = StopRequest()
        var = var_folder(root)
        say("Starting Civic.")
        with database(var, shown=True) as (url, cluster):
            surroundings = environment.for_site(var, url, port)
            server = site.web(root, surroundings, host, port)
            worker = site.worker(root, surroundings)
            try:
                people = site.prepare(root, surroundings, stop, when_standing=server.start)
                if not stop:
                    worker.start()
                    site.wait_for_answer(server, host, port, surroundings["SITE_URL"], stop)
                    site.show_addresses(surroundings, people, time.monotonic() - began)
                site.watch([server, worker], cluster, stop)
            finally:
                say("Stopping …")
                children.stop_all([server, worker], stop)
    say("Stopped.")
    return 0


def run_command(root: Path, arguments: list[str]) -> int:
    """The status of the command. It has the terminal to itself, so a Ctrl-C is its business, not ours."""
    var = var_folder(root)
    _, port = listening_at()
    with database(var) as (url, _):
        surroundings = environment.for_site(var, url, port)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        command = [sys.executable, str(root / "manage.py"), *arguments]
        running = subprocess.Popen(command, env=surroundings, preexec_fn=like_a_command)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: running.send_signal(number))
        status = running.wait()
    return status if status >= 0 else 128 - status


def like_a_command() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    children.end_with_parent()


@contextlib.contextmanager
def database(var: Path, *, shown: bool = False) -> Iterator[tuple[str, Cluster | None]]:
    """The URL of a database that answers, and the cluster if it is one of ours."""
    if given := env.text("DATABASE_URL"):
        environment.check_database(given)
        yield given, None
        return
    with contextlib.ExitStack() as stack:
        with step("PostgreSQL") if shown else contextlib.nullcontext():
            cluster = stack.enter_context(Cluster(var / "postgres", find_binaries(env.text("PG_BIN"))))
            url = databases.prepare(cluster, database="civic")
        yield url, cluster


def var_folder(root: Path) -> Path:
    var = Path(env.text("VAR_DIR") or root / "var").absolute()
    var.mkdir(parents=True, exist_ok=True)
    return var
