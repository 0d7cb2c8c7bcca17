"""The server process of a cluster: is it there, and how it is stopped.

`postmaster.pid` alone proves nothing: it survives a kill, its number is given to somebody else, and a
zombie still counts as a process for PostgreSQL, which then refuses to start.
"""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path


def running_in(folder: Path) -> int | None:
    """The process id of the server that runs on this data folder, or None."""
    lines = pid_file_lines(folder)
    if not lines or not lines[0].isdecimal():
        return None
    pid = int(lines[0])
    return pid if is_alive(pid) and belongs_to(pid, folder) else None


def sockets_of(folder: Path) -> Path | None:
    """Where the running server listens, by its own account: TMPDIR may have been another when it was
    started."""
    lines = pid_file_lines(folder)
    return Path(lines[4]) if len(lines) > 4 and lines[4] else None


def pid_file_lines(folder: Path) -> list[str]:
    try:
        return (folder / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return []


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return not Path("/proc/self/stat").exists()  # a system without /proc: believe the signal
    return state not in "ZX"


def belongs_to(pid: int, folder: Path) -> bool:
    """Whether this process is a server on `folder`: a server works inside its data folder."""
    proc = Path(f"/proc/{pid}")
    if not proc.exists():
        return True
    try:
        return Path(os.readlink(proc / "cwd")) == folder
    except PermissionError:  # in a container root may not see this of a process of nobody
        return os.fsencode(folder) in (proc / "cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        return False


def clear_traces(folder: Path, sockets: Path) -> None:
    """Remove what a dead server left behind, both at home and where its sockets were. Only when none is
    running."""
    for place in {sockets, sockets_of(folder) or sockets}:
        for trace in place.glob(".s.PGSQL.5432*"):
            trace.unlink(missing_ok=True)
    (folder / "postmaster.pid").unlink(missing_ok=True)


def stop(pid: int, seconds: float, child: subprocess.Popen | None = None) -> None:
    """End it: at once but in order (SIGINT), and after so many seconds without order (SIGQUIT), never by
    SIGKILL."""
    for order in (signal.SIGINT, signal.SIGQUIT):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, order)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if (child.poll() is not None) if child else not is_alive(pid):
                return
            time.sleep(0.02)
