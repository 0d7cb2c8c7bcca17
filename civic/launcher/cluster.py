"""A PostgreSQL of our own in one folder: made, started, shared between processes, stopped by the last of
them.

It listens on a socket in a folder that only its owner may enter, and nowhere else: that is its password,
and two clones never meet on a port. Whatever state a `kill -9` or a power cut left behind, the next start
copes with it.
"""

import contextlib
import re
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

import psycopg

from civic.launcher import postmaster
from civic.launcher.binaries import Binaries
from civic.launcher.folders import check_owner, private_folder, socket_folder
from civic.launcher.initdb import check_version, make, plain_environment
from civic.launcher.locks import Users
from civic.launcher.talk import Trouble, no_space
from civic.launcher.unprivileged import prefix_for

START_SECONDS = 60  # after a crash it first replays what it had promised to keep
STOP_SECONDS = 20
ATTEMPTS = 4
# Backends that outlive a killed server hold on to its memory, and so to its place, for a moment.
PASSING = re.compile("pre-existing shared memory|lock file")
LOG_LIMIT = 5_000_000  # bytes; then the log is put aside, once

DURABLE = {"max_connections": "100", "shared_buffers": "128MB"}
# For tests: nothing in there is worth a wait for the disk.
FLEETING = {
    **DURABLE,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "128MB",
    "min_wal_size": "32MB",
}


class Cluster:
    """`with Cluster(var / "postgres", binaries) as cluster:` has it running inside. Raises `Trouble` if it
    cannot."""

    def __init__(self, folder: Path, binaries: Binaries, options: Mapping[str, str] = DURABLE):
        self.folder = folder.resolve()
        self.binaries = binaries
        self.options = options
        self.log = self.folder.with_name(self.folder.name + ".log")
        self.users = Users(self.folder)
        self.sockets = socket_folder(self.folder)
        self.child: subprocess.Popen | None = None

    def __enter__(self) -> "Cluster":
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        check_owner(self.folder)  # before we leave a lock behind that the owner could not open
        with self.users.alone():
            self.users.join()
            try:
                self.ensure_running()
            except BaseException:
                self.users.leave()
                raise
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self.users.alone():
            if self.users.leave():
                self.stop()

    def connect(self, database: str = "postgres", user: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(
            dbname=database, user=user, host=str(self.sockets), port=5432, autocommit=True, connect_timeout=5
        )

    def is_running(self) -> bool:
        if self.child and self.child.poll() is None:
            return True
        return postmaster.running_in(self.folder) is not None

    def revive(self) -> None:
        """Start it again after it died under us."""
        with self.users.alone():
            self.ensure_running()

    # From here on the lock is held.

    def ensure_running(self) -> None:
        if not self.adopted():
            self.make_if_missing()
            self.start()

    def adopted(self) -> bool:
        """Whether one is there already: another process of this clone has it running, or had and was
        killed."""
        if not postmaster.running_in(self.folder):
            return False
        self.sockets = postmaster.sockets_of(self.folder) or self.sockets
        return self.answers(lambda: postmaster.running_in(self.folder) is not None)

    def make_if_missing(self) -> None:
        version = self.folder / "PG_VERSION"
        if not version.exists():
            make(self.folder, self.binaries, durable=self.options.get("fsync") != "off")
        check_version(self.folder, version.read_text().strip(), self.binaries)

    def start(self) -> None:
        private_folder(self.sockets)
        prefix = prefix_for(self.binaries.postgres, [self.folder, self.sockets])
        put_aside(self.log)
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(1)
            postmaster.clear_traces(self.folder, self.sockets)
            written = self.log.stat().st_size if self.log.exists() else 0
            if self.started(prefix):
                return
            words = self.log.read_bytes()[written:].decode(errors="replace")
            if not PASSING.search(words):
                break
        raise why_not_started(words, self.log)

    def started(self, prefix: list[str]) -> bool:
        command = [
            *prefix,
            self.binaries.postgres,
            "-D",
            str(self.folder),
            "-k",
            str(self.sockets),
            "-h",
            "",
            "-p",
            "5432",
        ]
        for name, value in self.options.items():
            command += ["-c", f"{name}={value}"]
        with open(self.log, "ab") as log:
            # In a session of its own, or Ctrl-C would stop it before those who use it.
            self.child = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=plain_environment(),
            )
        if self.answers(lambda: self.child.poll() is None):
            return True
        postmaster.stop(self.child.pid, STOP_SECONDS, self.child)
        self.child = None
        return False

    def answers(self, lives: Callable[[], bool]) -> bool:
        """Wait until it takes connections; False when it died instead, or took too long."""
        deadline = time.monotonic() + START_SECONDS
        while lives() and time.monotonic() < deadline:
            try:
                self.connect().close()
            except psycopg.OperationalError:
                time.sleep(0.03)
            else:
                return True
        return False

    def stop(self) -> None:
        if pid := postmaster.running_in(self.folder):
            ours = self.child if self.child and self.child.pid == pid else None
            postmaster.stop(pid, STOP_SECONDS, ours)
        self.child = None
        with contextlib.suppress(OSError):
            self.sockets.rmdir()  # it may stand in /tmp


def why_not_started(words: str, log: Path) -> Trouble:
    if "No space left" in words:
        return no_space(str(log.parent))
    fatal = [line.strip() for line in words.splitlines() if re.search("FATAL|PANIC|error", line)]
    return Trouble(f"PostgreSQL did not start: {(fatal or ['it gave no reason'])[-1]} (more in {log})")


def put_aside(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_name(log.name + ".1"))
