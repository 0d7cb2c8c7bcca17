"""The programs that make up the running site: started, watched, started again, stopped together."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from civic.launcher.talk import Trouble, say

STOP_SECONDS = 8  # a job that has begun may finish in this time. Docker kills us after ten
DEATHS = 5  # so many within …
DEATHS_SECONDS = 60  # … this time, and the fault is not a passing one
SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>


class StopRequest:
    """True from the first Ctrl-C, SIGTERM or hang-up on. We are not interrupted by it: loops ask, and then
    tidy up."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.in_a_hurry = False
        self.waited_for: list[subprocess.Popen] = []
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # as under nohup
                signal.signal(number, self.heard)

    def heard(self, *_: object) -> None:
        self.in_a_hurry = self.event.is_set()
        self.event.set()
        for process in self.waited_for:
            process.terminate()

    def ends(self, process: subprocess.Popen) -> None:
        """End this program as well, since we are about to wait for it."""
        self.waited_for.append(process)
        if self:
            process.terminate()

    def __bool__(self) -> bool:
        return self.event.is_set()

    def wait(self, seconds: float) -> bool:
        return self.event.wait(seconds)


class Patience:
    """How often something may die. `name` is what a person calls it."""

    def __init__(self, name: str):
        self.name = name
        self.deaths: deque[float] = deque(maxlen=DEATHS)

    def one_more(self, why: str = "") -> None:
        """Raises `Trouble` when it was once too often."""
        self.deaths.append(time.monotonic())
        if len(self.deaths) == DEATHS and self.deaths[-1] - self.deaths[0] < DEATHS_SECONDS:
            raise Trouble(f"{self.name} ended {DEATHS} times within a minute{why}, so everything is stopped.")
        say(f"{self.name} ended unexpectedly{why}; starting it again.")


class Child:
    """One of our programs."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path):
        self.name = name
        self.command = command
        self.environment = environment
        self.folder = folder
        self.patience = Patience(name)
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        self.process = start(self.command, self.environment, self.folder)

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def revive(self) -> None:
        self.kill_rest()
        self.patience.one_more(f" (status {self.process.returncode})")
        self.start()

    def kill_rest(self) -> None:
        """And what it had started itself: a web worker left behind would go on answering on our port."""
        if self.process:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def start(command: Sequence[str], environment: Mapping[str, str], folder: Path, **options) -> subprocess.Popen:
    """In a session of its own, so that a Ctrl-C reaches only us. It ends when we do, were it by kill -9."""
    return subprocess.Popen(
        command, env=environment, cwd=folder, start_new_session=True, preexec_fn=end_with_parent, **options
    )


def stop_all(children: Sequence[Child], stop: StopRequest) -> None:
    """Ask all at once, wait for all, then insist: after STOP_SECONDS, or when asked to stop once more."""
    for child in children:
        if child.is_running():
            child.process.terminate()
    began, told = time.monotonic(), False
    while any(child.is_running() for child in children) and not stop.in_a_hurry:
        waited = time.monotonic() - began
        if waited > STOP_SECONDS:
            break
        if waited > 1 and not told:
            told = True
            say("A job or a page is still being finished. Ctrl-C again ends it at once; it is done anew next time.")
        time.sleep(0.02)
    for child in children:
        child.kill_rest()


if sys.platform == "linux":
    _libc = ctypes.CDLL(None)  # loaded here: between fork and exec as little as possible should happen

    def end_with_parent() -> None:
        _libc.prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)

else:

    def end_with_parent() -> None:
        """Only Linux tells a child that its parent died."""
