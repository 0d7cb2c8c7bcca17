"""The `.venv`: made when missing, filled when requirements changed, entered when ready. Standard library
only."""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from civic.launcher.talk import Trouble, no_space, say

# A full .venv holds about 550 MB, and pip unpacks beside it.
BYTES_NEEDED = 900 * 1024 * 1024


def continue_in_venv(root: Path, *, for_tests: bool) -> None:
    """Return only inside an up-to-date `.venv`; from any other Python start the program anew in there.

    Raises `Trouble` when packages cannot be installed.
    """
    venv = root / ".venv"
    install(root, venv, "requirements.txt")
    if for_tests:
        install(root, venv, "requirements-dev.txt")
    if Path(sys.prefix).resolve() != venv.resolve():
        python = str(venv / "bin" / "python")
        os.execv(python, [python, *sys.argv])  # noqa: S606 -- no shell is what we want


def install(root: Path, venv: Path, requirements: str) -> None:
    """Bring the venv up to one requirements file. Twenty milliseconds when it is."""
    wanted = f"{hashlib.sha256((root / requirements).read_bytes()).hexdigest()}\n"
    stamp = venv / f"{requirements}.installed"
    if is_stamped(venv, stamp, wanted):
        return
    with one_at_a_time(root):
        if is_stamped(venv, stamp, wanted):  # somebody else did it while we waited
            return
        make_venv(root, venv)
        # Stays behind when we are killed: a half-copied package is beyond repair, so the next run begins anew.
        unfinished = venv / "unfinished"
        unfinished.touch()
        fill(root, venv, requirements)
        stamp.write_text(wanted)
        unfinished.unlink()


def is_stamped(venv: Path, stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted and is_sound(venv)


def is_sound(venv: Path) -> bool:
    """Whether its Python still starts and is the one it was made for: systems get upgraded under a venv."""
    if (venv / "unfinished").exists():
        return False
    try:
        asked = "import sys; print('python%d.%d' % sys.version_info[:2])"
        found = subprocess.run([venv / "bin" / "python", "-c", asked], capture_output=True, text=True)
    except OSError:
        return False
    return found.returncode == 0 and (venv / "lib" / found.stdout.strip()).is_dir()


@contextlib.contextmanager
def one_at_a_time(root: Path) -> Iterator[None]:
    """bin/run and bin/test may both be started in a fresh clone."""
    (root / "var").mkdir(exist_ok=True)
    with open(root / "var" / "install.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make_venv(root: Path, venv: Path) -> None:
    if is_sound(venv):
        return
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise Trouble("this Python has no venv module: install it (Debian, Ubuntu: apt install python3-venv).")
    if shutil.disk_usage(root).free < BYTES_NEEDED:
        raise no_space(f"packages need {BYTES_NEEDED >> 20} MB in {root}")
    say("  Making .venv …")
    made = subprocess.run(
        [base_python(), "-m", "venv", "--clear", venv],
        capture_output=True,
        text=True,
        cwd=root,
        env=clean_environment(),
    )
    if made.returncode:
        raise Trouble(f"the venv could not be made: {last_line(made.stdout + made.stderr)}")


def base_python() -> str:
    """A Python outside of the venv, which is about to be cleared."""
    return getattr(sys, "_base_executable", None) or sys.executable


def fill(root: Path, venv: Path, requirements: str) -> None:
    """Run pip, showing a count now and then; its own words go to var/install.log."""
    total = len(re.findall(r"^\S+==", (root / requirements).read_text(), re.MULTILINE))
    log = root / "var" / "install.log"
    pip = [
        venv / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--require-hashes",
        "--no-input",
        "--progress-bar=off",
    ]
    pip += ["--disable-pip-version-check", "--no-warn-script-location", "-r", requirements]
    say(f"  Installing {total} packages from {requirements} …")
    with open(log, "w") as written:
        running = subprocess.Popen(
            pip,
            cwd=root,
            env=clean_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for line in show_count(running.stdout, total):
            written.write(line)
    if running.wait():
        (venv / "unfinished").unlink()  # pip itself cleaned up; what it fetched may stay
        raise why_pip_failed(log)


def show_count(lines: Iterable[str], total: int) -> Iterator[str]:
    """Hand the lines on, and say every few seconds how far pip has come."""
    collected, shown_at, unpacking = 0, time.monotonic(), False
    for line in lines:
        yield line
        collected += line.startswith("Collecting ")
        if line.startswith("Installing collected"):
            unpacking = True
            say("    unpacking …")
        elif time.monotonic() - shown_at > 5 and not unpacking:
            shown_at = time.monotonic()
            say(f"    {collected} of {total} …")


def why_pip_failed(log: Path) -> Trouble:
    words = log.read_text()
    if "No space left" in words:
        return no_space(str(log.parent.parent))
    if re.search(r"NewConnectionError|NameResolutionError|ConnectTimeout|Read timed out|ProxyError", words):
        return Trouble(
            f"the network does not answer, so no packages can be fetched: connect, then run it again ({log})."
        )
    errors = [line for line in words.splitlines() if line.startswith("ERROR")]
    return Trouble(f"the packages could not be installed: {last_line(chr(10).join(errors) or words)} (more in {log})")


def last_line(words: str) -> str:
    return (["", *words.strip().splitlines()])[-1]


def clean_environment() -> dict[str, str]:
    """Our environment without what would send pip or Python to another place than the venv."""
    unwanted = {
        "PYTHONPATH",
        "PYTHONHOME",
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_USER",
        "PIP_REQUIRE_VIRTUALENV",
        "__PYVENV_LAUNCHER__",
    }
    return {name: value for name, value in os.environ.items() if name not in unwanted}
