"""Processes that have letters in hand, by names that no other process ever gets."""

import functools
import os
from pathlib import Path


def me() -> str:
    """The name of this process. Not kept: a child made by fork is another one."""
    return _name(os.getpid())


def is_surely_dead(holder: str) -> bool:
    """Whether a process has ended, as far as can be seen from here: of another machine nothing is known."""
    machine, _, pid = holder.rpartition("/")[0].rpartition("/")
    if machine != _machine():
        return False
    if machine == "unknown":
        return False
    return _name(int(pid)) != holder or _state(int(pid)) in ("Z", "X")


def _name(pid: int) -> str:
    return f"{_machine()}/{pid}/{_began(pid)}"


@functools.cache
def _machine() -> str:
    """This start of this machine, and which numbering of processes on it: containers have their own."""
    try:
        return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()}/{os.readlink('/proc/self/ns/pid')}"
    except OSError:  # no Linux: only time tells
        return "unknown"


def _began(pid: int) -> str:
    stat = _stat(pid)
    return stat[19] if stat else "gone"


def _state(pid: int) -> str:
    return (_stat(pid) or ["X"])[0]


def _stat(pid: int) -> list[str]:
    """What follows the name of the program in /proc/PID/stat; the twentieth is when it began."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
