"""Clusters in temporary folders. None of these tests needs Django or its database."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from civic.launcher import postmaster
from civic.launcher.binaries import find_binaries
from civic.launcher.cluster import FLEETING, Cluster

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def binaries():
    return find_binaries()


@pytest.fixture
def make_cluster(binaries):
    """Clusters that leave nothing running, whatever the test did to them."""
    made = []

    def make(folder):
        made.append(cluster := Cluster(folder, binaries, FLEETING))
        return cluster

    yield make
    for cluster in made:
        if pid := postmaster.running_in(cluster.folder):
            postmaster.stop(pid, 5)


@pytest.fixture
def cluster(make_cluster, tmp_path):
    return make_cluster(tmp_path / "postgres")


@pytest.fixture
def another_process(tmp_path):
    """Start a Python program of ours; it is gone after the test."""
    started = []

    def start(script, *arguments):
        command = [sys.executable, "-c", script, *map(str, arguments)]
        started.append(process := subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True))
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()


def kill(pid):
    os.kill(pid, signal.SIGKILL)


def soon(condition, seconds=10):
    """Wait for something that another process is about to do; whether it did."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()
