"""A whole paper for the journeys: the seeded site on two web processes and a job worker, as readers meet it.

Letters go over real SMTP to a mailbox of the test's own. A site is started once for a third of the journeys; they
share it as readers share a paper, so each uses a thread and an address of its own.
"""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as policy
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from civic.launcher import children, site
from tests.database import Server, ready_template

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60  # seconds; letters are written by a job, on a machine that has much else to do


class Mailbox:
    """What the mail server has taken, in order."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.letters.append(message_from_bytes(envelope.content, policy=policy))
        return "250 taken"

    def wait_for(self, to: str, subject: str = "") -> EmailMessage:
        """The newest letter to an address whose subject contains some words; waits for it."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for letter in reversed(self.letters):
                if letter["To"] == to and subject in letter["Subject"]:
                    return letter
            time.sleep(0.1)
        raise AssertionError(f"no letter to {to} about {subject!r}; there are {[m['Subject'] for m in self.letters]}")

    @staticmethod
    def text(letter: EmailMessage) -> str:
        return letter.get_body(("plain",)).get_content()

    @classmethod
    def link(cls, letter: EmailMessage, containing: str) -> str:
        """The first address in the text part that contains these characters."""
        links = re.findall(r"https?://\S+", cls.text(letter))
        return next(link for link in links if containing in link)


class Paper:
    """The running site: its `url`, its `mailbox`, its `surroundings` (environment), and where its articles are."""

    def __init__(self, mailbox: Mailbox, surroundings: dict[str, str], addresses: dict[str, str]) -> None:
        self.url = surroundings["SITE_URL"]
        self.mailbox = mailbox
        self.surroundings = surroundings
        self.sessions: dict[str, dict] = {}  # cookies of members who have signed in, by address
        self.addresses = addresses

    def article(self, slug: str) -> str:
        return self.addresses[slug]


@pytest.fixture(scope="session")
def paper(django_db_setup, django_db_blocker, tmp_path_factory, testrun_uid) -> Iterator[Paper]:
    from django.conf import settings
    from django.db import connection

    own = f"journeys_{os.getpid()}"
    name, folder = f"test_{own}", tmp_path_factory.mktemp("paper")
    server = Server(settings.DATABASES["default"])
    mailbox = Mailbox()
    smtp = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    site_url = f"http://localhost:{free_port()}"
    surroundings = surroundings_of(
        server, name, folder, SITE_URL=site_url, EMAIL_URL=f"smtp://127.0.0.1:{smtp.port}?tls=0"
    )
    with server.marked_as_ours(own), contextlib.ExitStack() as kept:  # else another session takes it for a leftover
        with server.alone(Server.SEEDING):
            demo = Demo(server, testrun_uid, shared_by_workers(tmp_path_factory) / "demo")
            if not server.has(demo.name):
                kept.enter_context(demo.made_from(template_of(server, connection, django_db_blocker)))
            server.copy(demo.name, name)
            shutil.copytree(demo.folder, folder, dirs_exist_ok=True)
        move_in(server, name, site_url)
        smtp.start()
        programs = start(surroundings)
        yield Paper(mailbox, surroundings, addresses_in(server, name))
        for program in programs:
            program.kill_rest()
        smtp.stop()
        server.drop(name)


class Demo:
    """The demo paper as a database and a folder, at no address yet: made once in a run, however many sites there are.

    Making it takes longer than some journeys: most of the time goes into pictures.
    """

    SITE_URL = "http://localhost:1"

    def __init__(self, server: Server, run: str, folder: Path) -> None:
        self.server = server
        self.own = f"demo_{run}"
        self.name = f"test_{self.own}"
        self.folder = folder

    @contextlib.contextmanager
    def made_from(self, template: str) -> Iterator[None]:
        surroundings = surroundings_of(self.server, self.name, self.folder, SITE_URL=self.SITE_URL, EMAIL_URL="memory:")
        with self.server.marked_as_ours(self.own):
            try:
                self.server.copy(template, self.name)
                for command in (["seed"], ["collectstatic", "--noinput", "-v0"]):
                    done = subprocess.run(
                        [sys.executable, "manage.py", *command],
                        cwd=ROOT,
                        env=surroundings,
                        capture_output=True,
                        text=True,
                    )
                    assert done.returncode == 0, done.stderr[-2000:]
                yield
            finally:
                self.server.drop(self.name)


def shared_by_workers(tmp_path_factory) -> Path:
    """A folder of this run: that of a worker lies in it."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def template_of(server: Server, connection, blocker) -> str:
    with blocker.unblock(), server.alone():
        here = connection.settings_dict["NAME"]
        name = ready_template(server, connection)
        connection.close()
        connection.settings_dict["NAME"] = here
    return name


def surroundings_of(server: Server, name: str, folder: Path, **more: str) -> dict[str, str]:
    address = urlencode(server.address, quote_via=quote)  # the clone may lie in a path with spaces
    return {
        **os.environ,
        "DEBUG": "1",
        "DATABASE_URL": f"postgresql:///{name}?{address}",
        "VAR_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "tests.journeys.settings",
        **more,
    }


def move_in(server: Server, name: str, site_url: str) -> None:
    """Letters were written with the address of the site in them. People wait ten seconds between two comments, and a
    worker cuts pictures for minutes: these journeys are in a hurry."""
    with server.connect(name) as connection:
        connection.execute(
            "UPDATE newsletter_issue SET blocks = replace(blocks::text, %s, %s)::jsonb",
            [f"{Demo.SITE_URL}/", f"{site_url}/"],
        )
        connection.execute("UPDATE comments_space SET pace_seconds = 0")
        connection.execute("DELETE FROM procrastinate_jobs WHERE task_name LIKE 'articles.jobs.cut%'")


def start(surroundings: dict[str, str]) -> list[children.Child]:
    port = urlsplit(surroundings["SITE_URL"]).port
    worker = site.worker(ROOT, surroundings)
    worker.command += ["--fetch-job-polling-interval=0.3"]  # of jobs for later; it is told of those for now
    programs = [site.web(ROOT, surroundings, "127.0.0.1", port), worker]
    for program in programs:
        program.start()
    deadline = time.monotonic() + 60
    while not site.answers("127.0.0.1", port, "localhost"):
        assert time.monotonic() < deadline, "the site does not answer"
        time.sleep(0.1)
    return programs


def addresses_in(server: Server, name: str) -> dict[str, str]:
    with server.connect(name) as connection:
        rows = connection.execute("SELECT address FROM comments_thread").fetchall()
    return {address.strip("/").split("/")[-1]: address for (address,) in rows}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Closed with the last journey: while it runs, no other test of this worker could use an event loop of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["CIVIC_CHROMIUM"])
        yield browser
        browser.close()


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def javascript(request) -> bool:
    return request.param == "with JavaScript"


@pytest.fixture
def new_browser(chromium, paper):
    """Makes separate browsers: each knows nothing of the others. Requests to anybody else fail the test."""
    with separate_browsers(chromium, paper) as make:
        yield make


@pytest.fixture(scope="module")
def lasting_browser(chromium, paper):
    """The same for a whole module: for looking at many pages, where a new browser each costs more than the page."""
    with separate_browsers(chromium, paper) as make:
        yield make


@contextlib.contextmanager
def separate_browsers(chromium: Browser, paper: Paper) -> Iterator[Callable[..., Page]]:
    contexts: list[BrowserContext] = []
    strangers: list[str] = []

    def make(*, javascript: bool = True, width: int = 1280, dark: bool = False) -> Page:
        context = chromium.new_context(
            base_url=paper.url,
            java_script_enabled=javascript,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
        )
        contexts.append(context)
        page = context.new_page()
        page.on(
            "request", lambda asked: asked.url.startswith(paper.url) or strangers.append(f"{page.url}: {asked.url}")
        )
        page.set_default_timeout(15_000)
        return page

    yield make
    for context in contexts:
        context.close()
    assert strangers == [], "a page asked somebody else for something"


@pytest.fixture
def sign_in(paper):
    """Sign in with the code from the letter, as people do."""

    def by_code(page: Page, email: str) -> None:
        if known := paper.sessions.get(email):  # only so many codes a minute go to one address
            page.context.add_cookies([known])
            page.goto("/me/")
            if "/accounts/" not in page.url:
                return
        page.goto("/accounts/login/")
        page.get_by_label("E-mail").fill(email)
        before = len(paper.mailbox.letters)
        page.get_by_role("main").get_by_role("button").first.click()
        page.wait_for_url("**/confirm/**")
        deadline = time.monotonic() + PATIENCE
        while not (new := [m for m in paper.mailbox.letters[before:] if m["To"] == email]):
            assert time.monotonic() < deadline, "no code came"
            time.sleep(0.1)
        code = re.search(r"\b\d{3} ?\d{3}\b", paper.mailbox.text(new[-1])).group()
        page.get_by_role("main").get_by_role("textbox").first.fill(code)
        page.get_by_role("main").get_by_role("button", name=re.compile("sign in|confirm|continue", re.I)).first.click()
        page.wait_for_url(lambda url: "/accounts/" not in url)
        cookies = page.context.cookies()
        paper.sessions[email] = next(cookie for cookie in cookies if cookie["name"] == "sessionid")

    return by_code
