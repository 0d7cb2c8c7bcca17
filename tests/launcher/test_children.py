import os
import signal
import sys
from pathlib import Path

import pytest

from civic.launcher import children
from civic.launcher.children import Child
from civic.launcher.postmaster import is_alive
from civic.launcher.talk import Trouble
from tests.launcher.conftest import soon

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]
LAUNCHER = """
import os, sys, time
from pathlib import Path
from civic.launcher.children import Child

child = Child("It", [sys.executable, "-c", "import time; time.sleep(60)"], os.environ, Path())
child.start()
print(child.process.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def child():
    child = Child("The worker", SLEEP, os.environ, Path())
    yield child
    child.kill_rest()


def test_one_that_died_is_started_again(child, capsys):
    child.start()
    child.process.kill()
    child.process.wait()

    child.revive()

    assert child.is_running()
    assert capsys.readouterr().out == "The worker ended unexpectedly (status -9); starting it again.\n"


def test_one_that_dies_again_and_again_ends_the_whole(child):
    child.command = [sys.executable, "-c", "raise SystemExit(3)"]
    child.start()

    for _ in range(children.DEATHS - 1):
        child.process.wait()
        child.revive()
    child.process.wait()

    with pytest.raises(Trouble, match=r"The worker ended 5 times within a minute \(status 3\)"):
        child.revive()


@pytest.fixture
def deaf():
    """One that does not hear when it is asked to stop."""
    deaf = Child("The deaf one", STUBBORN, os.environ, Path())
    deaf.process = children.start(STUBBORN, os.environ, Path(), stdout=-1, text=True)
    deaf.process.stdout.readline()
    yield deaf
    deaf.kill_rest()
    deaf.process.stdout.close()


@pytest.fixture
def stop():
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield children.StopRequest()
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_all_are_stopped_the_deaf_one_too(child, deaf, stop, monkeypatch):
    monkeypatch.setattr(children, "STOP_SECONDS", 0.2)
    child.start()

    children.stop_all([child, deaf], stop)

    assert [child.process.returncode, deaf.process.returncode] == [-signal.SIGTERM, -signal.SIGKILL]


def test_who_asks_twice_need_not_wait(deaf, stop, monkeypatch):
    monkeypatch.setattr(children, "STOP_SECONDS", 60)
    stop.heard()
    assert not stop.in_a_hurry
    stop.heard()

    children.stop_all([deaf], stop)

    assert deaf.process.returncode == -signal.SIGKILL


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_they_end_with_a_launcher_that_was_killed(another_process):
    launcher = another_process(LAUNCHER)
    pid = int(launcher.stdout.readline())
    assert is_alive(pid)

    launcher.kill()

    assert soon(lambda: not is_alive(pid))


def test_a_stop_request_is_remembered_and_ends_what_is_waited_for(child, stop):
    child.start()
    stop.ends(child.process)
    assert not stop

    os.kill(os.getpid(), signal.SIGTERM)

    assert stop.wait(5)
    assert child.process.wait(5) == -signal.SIGTERM
