"""`bin/test`: ruff, then pytest against a PostgreSQL of its own. `tests/database.py` makes the databases in
it."""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from civic.launcher import children, databases, environment
from civic.launcher.binaries import find_binaries
from civic.launcher.browser import find_browser, install_browser
from civic.launcher.cluster import FLEETING, Cluster
from civic.launcher.talk import Trouble, complain, say, step
from civic.lib import env

WORKERS = 4  # interpreters, for two cores: three walk through journeys, which wait for a browser much of the time
MEMORY = Path("/dev/shm")  # noqa: S108 - what we make there is a folder of our own, or is not used
ROOM = 1_500_000_000  # bytes; a run takes some 400 million
CHOOSING = "-k", "-m", "--lf", "--last-failed", "--ff", "--deselect"


def test(root: Path, arguments: list[str]) -> int:
    """The exit status: 0 when all is well. Raises `Trouble` when the tests cannot be run."""
    everything = not chooses(arguments, Path.cwd())
    lint_status = lint(root) if everything else 0
    browser = browser_for(everything)
    with database(root) as url:
        surroundings = environment.for_tests(test_var(root), url)
        surroundings |= {"CIVIC_CHROMIUM": browser or "", "PYTHONPATH": str(root)}
        status = run_tests(surroundings, root, arguments, workers=WORKERS if everything else 0)
    if lint_status:
        complain("ruff is not content; what it found stands at the beginning.")
    return status or lint_status


def chooses(arguments: Sequence[str], here: Path) -> bool:
    """Whether these arguments name some of the tests rather than all of them."""
    return any(one.startswith(CHOOSING) or (here / one.partition("::")[0]).exists() for one in arguments)


def lint(root: Path) -> int:
    """Both are run, so that one round shows everything. Nothing is changed: `ruff format` is for people to
    run."""
    say("Checking the code.")
    ruff = [sys.executable, "-m", "ruff"]
    statuses = [
        subprocess.run([*ruff, *what], cwd=root).returncode
        for what in (["check", "--quiet"], ["format", "--check", "--quiet"])
    ]
    return max(statuses)


def browser_for(everything: bool) -> str | None:
    """Raises `Trouble` when CI has none: there no test may be skipped."""
    found = find_browser() or (install_browser() if everything else None)
    if not found:
        if env.flag("CI"):
            raise Trouble("browser tests cannot be run: no Chromium was found, and none could be installed.")
        complain("browser tests are not run: no Chromium was found. Name one with CIVIC_CHROMIUM.")
    return found


@contextlib.contextmanager
def database(root: Path) -> Iterator[str]:
    """The URL of a server where we may create databases."""
    if given := env.text("TEST_DATABASE_URL"):
        environment.check_database(given)
        yield given
        return
    with contextlib.ExitStack() as stack:
        with step("PostgreSQL for the tests"):
            binaries = find_binaries(env.text("PG_BIN"))
            cluster = stack.enter_context(Cluster(cluster_folder(root), binaries, FLEETING))
            url = databases.prepare(cluster, may_create=True)
        yield url


def cluster_folder(root: Path, memory: Path = MEMORY) -> Path:
    """In memory, where there is room: a test that really commits needs a new database, and the thousand files of one
    take half a second of processor time on a disk and a twentieth there. Else in the clone."""
    in_clone = root / "var" / "pgtest"
    if not memory.is_dir() or not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < ROOM:
        return in_clone
    folder = memory / f"civic-{os.geteuid()}-{hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:12]}"
    folder.mkdir(mode=0o711, exist_ok=True)  # root's server may have to pass through it as nobody
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        return in_clone
    return folder / "pgtest"


def test_var(root: Path) -> Path:
    """Letters and pictures of tests do not belong among those of the running site."""
    folder = root / "var" / "test"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def run_tests(surroundings: Mapping[str, str], root: Path, arguments: Sequence[str], workers: int) -> int:
    command = [sys.executable, "-m", "pytest", f"--rootdir={root}", f"-c{root / 'pyproject.toml'}"]
    command += [f"--numprocesses={workers}", *arguments]
    running = subprocess.Popen(command, env=surroundings, preexec_fn=children.end_with_parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # pytest hears Ctrl-C itself and sums up; we wait for that
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: running.send_signal(number))
    status = running.wait()
    return status if status >= 0 else 128 - status
