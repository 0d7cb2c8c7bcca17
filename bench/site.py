"""The site as `bin/run` starts it, on a database of the bench's own, and how much processor time it takes."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.client import process_behind
from civic.launcher import children, databases, environment, postmaster, site
from civic.launcher.binaries import find_binaries
from civic.launcher.cluster import Cluster

ROOT = Path(__file__).resolve().parent.parent


class Bench:
    """A cluster, a port and a folder. `surroundings` is the environment of its programs."""

    def __init__(self, var: Path, cluster: Cluster, url: str, port: int) -> None:
        self.var = var
        self.cluster = cluster
        self.port = port
        given = {"DEBUG": "0", "SECRET_KEY": "bench" * 12, "HASH_KEY": "bench" * 12, "EMAIL_URL": "outbox:"}
        given |= {"ALLOWED_HOSTS": "localhost 127.0.0.1", "SITE_URL": f"http://localhost:{port}"}
        given |= {"DJANGO_SETTINGS_MODULE": "bench.settings", "PYTHONPATH": str(ROOT)}
        self.surroundings = environment.without_libpq(os.environ) | given
        self.surroundings |= {"DATABASE_URL": url, "VAR_DIR": str(var), "PORT": str(port)}

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=self.surroundings, stdout=subprocess.PIPE, text=True
        )
        if done.returncode:
            sys.exit(f"bench: {' '.join(command)} failed; the reason stands above")
        return done.stdout

    def database_seconds(self) -> float:
        """Processor time of PostgreSQL so far, without what processes that have ended took."""
        pid = postmaster.running_in(self.cluster.folder)
        return sum(seconds_of(one) for one in [pid, *below(pid)])

    def database_seconds_with_ended(self) -> float:
        """The same with those that have ended, to a hundredth of a second each."""
        stat = Path(f"/proc/{postmaster.running_in(self.cluster.folder)}/stat").read_text().rpartition(")")[2].split()
        return self.database_seconds() + (int(stat[13]) + int(stat[14])) / os.sysconf("SC_CLK_TCK")

    @contextlib.contextmanager
    def serving(self, *, worker: bool = False, **flags: str) -> Iterator["Server"]:
        """The web server, with these flags in its environment; with the job worker if wanted."""
        surroundings = self.surroundings | flags
        programs = [site.web(ROOT, surroundings, "127.0.0.1", self.port)]
        programs += [site.worker(ROOT, surroundings)] if worker else []
        log = (self.var / "server.log").open("a")
        for program in programs:
            program.process = children.start(
                program.command, program.environment, ROOT, stdout=log, stderr=subprocess.STDOUT
            )
        client = subprocess.Popen(
            [sys.executable, "-m", "bench.client", str(self.port)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            until = time.monotonic() + 60
            while not site.answers("127.0.0.1", self.port, "localhost"):
                if time.monotonic() > until or not programs[0].is_running():
                    sys.exit(f"bench: the server did not start; see {self.var / 'server.log'}")
                time.sleep(0.1)
            time.sleep(1)  # until the second process listens, too
            yield Server(self, programs[0].process.pid, client)
        finally:
            client.kill()
            client.wait()
            for program in programs:
                program.process.terminate()
            for program in programs:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    program.process.wait(10)
                program.kill_rest()
            log.close()


class Server:
    """A running server, with the client that asks it."""

    def __init__(self, bench: Bench, pid: int, client: subprocess.Popen) -> None:
        self.bench = bench
        self.pid = pid
        self.client = client
        self.processes = self.answering()

    def answering(self) -> list[int]:
        """The processes that answer, as they name themselves; whoever started them also keeps one to tidy up."""
        found: set[int] = set()
        for _ in range(200):
            with socket.create_connection(("127.0.0.1", self.bench.port)) as asking:
                found.add(process_behind(asking))
            if len(found) == site.WEB_WORKERS:
                break
        return sorted(found)

    def ask(self, lanes: list, **how) -> tuple[dict, float, float]:
        """What `bench.client` says, and the seconds of processor time that web and database took meanwhile."""
        how |= {"lanes": lanes, "processes": self.processes}
        web, database = self.web_seconds(), self.bench.database_seconds()
        self.client.stdin.write(json.dumps(how) + "\n")
        self.client.stdin.flush()
        answer = json.loads(self.client.stdout.readline())
        return answer, self.web_seconds() - web, self.bench.database_seconds() - database

    def web_seconds(self) -> float:
        return sum(seconds_of(pid) for pid in [self.pid, *self.processes])


def seconds_of(pid: int) -> float:
    """Processor time of a process with all its threads so far, to the nanosecond; 0 when it has ended.

    The clock of another process, as `clock_getcpuclockid` gives it: the inverted id, and 2 for what was scheduled.
    """
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return 0.0


def below(pid: int) -> list[int]:
    """The children of a process."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdecimal():
            with contextlib.suppress(OSError):
                status = (process / "stat").read_text().rpartition(")")[2].split()
                if int(status[1]) == pid:
                    found.append(int(process.name))
    return found


@contextlib.contextmanager
def bench_at(var: Path, port: int = 0) -> Iterator[Bench]:
    var.mkdir(parents=True, exist_ok=True)
    with Cluster(var / "postgres", find_binaries("")) as cluster:
        url = databases.prepare(cluster, database="civic")
        yield Bench(var, cluster, url, port or free_port())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
