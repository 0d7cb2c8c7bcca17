"""The worker as `bin/run` starts it, in the middle of an issue: ended by `kill -9`, or asked to end."""

import asyncio
import contextlib
import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from aiosmtpd.controller import Controller
from django.db import connection
from procrastinate.contrib.django import app as jobs_app
from procrastinate.exceptions import AlreadyEnqueued

from bench import fill_newsletter
from bench.kill_newsletter import CONNECTIONS, Rounds
from civic.launcher import children, site
from newsletter import sending
from newsletter.models import Batch, Issue
from tests.database import Server

ROOT = Path(__file__).resolve().parents[3]
READERS = 300
PATIENCE = 30  # seconds; a worker starts in three

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.real_jobs]


class Mailbox:
    """Writes down each letter as `bench/sink.py` does. After so many it sets `some` and slows down, so that an issue is
    in the middle for a while; `hurry` ends that."""

    def __init__(self, record: Path, *, some: int) -> None:
        self.record, self.left, self.some, self.seconds = record, some, threading.Event(), 0.0

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        name = envelope.content.partition(b"Message-ID: ")[2].split()[0].decode()
        with self.record.open("a") as file:
            file.write(f"kept {envelope.rcpt_tos[0]} {name}\n")
        self.left -= 1
        if not self.left:
            self.some.set()
            self.seconds = 0.1
        await asyncio.sleep(self.seconds)
        return "250 kept"

    def hurry(self) -> None:
        self.seconds = 0.0


@pytest.fixture
def issue() -> Issue:
    issue = fill_newsletter.issue_for(READERS)
    sending.start(issue)
    return issue


@pytest.fixture
def mailbox(tmp_path):
    record = tmp_path / "record"
    record.touch()
    return Mailbox(record, some=READERS // 3)


@pytest.fixture
def worker(mailbox, tmp_path, settings) -> Iterator[children.Child]:
    """Runs, with the real queue in the database of the test."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    mail = Controller(mailbox, hostname="127.0.0.1", port=port)
    mail.start()
    here = settings.DATABASES["default"]
    address = urlencode(Server(here).address, quote_via=quote)
    surroundings = os.environ | {
        "DATABASE_URL": f"postgresql:///{connection.settings_dict['NAME']}?{address}",
        "EMAIL_URL": f"smtp://127.0.0.1:{port}?tls=0",
        "NEWSLETTER_CONNECTIONS": str(CONNECTIONS),
        "VAR_DIR": str(tmp_path / "var"),
    }
    worker = site.worker(ROOT, surroundings)
    worker.start()
    yield worker
    worker.kill_rest()
    mail.stop()


@pytest.fixture
def rounds(issue, mailbox) -> Rounds:
    """Compares the ledger with what the mailbox wrote down."""
    return Rounds(issue, mailbox.record, letters_a_round=0)


def tick() -> None:
    """What the clock of the worker does each minute."""
    with contextlib.suppress(AlreadyEnqueued):
        jobs_app.tasks["newsletter.sending.keep_going"].defer(timestamp=int(time.time()))


def wait_until_done(issue: Issue) -> None:
    until = time.monotonic() + PATIENCE
    while issue.state != Issue.State.DONE:
        assert time.monotonic() < until, f"{issue.state}: {issue.pause_reason}"
        time.sleep(0.1)
        issue.refresh_from_db()


def test_a_worker_killed_in_the_middle_begins_again_and_doubles_no_letter(issue, mailbox, worker, rounds):
    assert mailbox.some.wait(PATIENCE)
    worker.process.kill()
    worker.process.wait(PATIENCE)
    by_then = Counter(rounds.record.read_text().split()[1::3])
    mailbox.hurry()
    worker.revive()
    tick()
    wait_until_done(issue)

    counts = rounds.compare()
    assert READERS // 3 <= len(by_then) < READERS
    assert set(counts) <= {"sent", "unknown"}
    assert counts["unknown"] == rounds.unknown_by_kill() <= CONNECTIONS
    assert counts.total() == READERS


def test_a_worker_that_is_asked_to_end_leaves_no_letter_in_doubt(issue, mailbox, worker, rounds):
    assert mailbox.some.wait(PATIENCE)
    worker.process.terminate()
    assert worker.process.wait(children.STOP_SECONDS) == 0
    by_then = rounds.compare()
    assert READERS // 3 <= by_then["sent"] < READERS
    assert by_then == {"sent": by_then["sent"], "queued": READERS - by_then["sent"]}
    assert not Batch.objects.exists()

    mailbox.hurry()
    worker.revive()  # nothing has to tick: what comes next waits in the queue
    wait_until_done(issue)

    assert rounds.compare() == {"sent": READERS}
