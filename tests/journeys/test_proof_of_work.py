"""Where a space asks for a proof of work: a browser with scripts does it unasked, one without waits for a moderator."""

import re
import subprocess
import sys
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import findings
from tests.journeys.conftest import ROOT

pytestmark = pytest.mark.browser

ROOF = "market-hall-roof"
MOVE = """
from comments.models import Space, Thread
busy, _ = Space.objects.get_or_create(
    name="Busy", defaults={"hold_first": False, "proof_of_work": "guests", "pace_seconds": 0}
)
thread = Thread.objects.get(address=ADDRESS)
print(thread.space_id)
thread.space_id = SPACE or busy.pk
thread.save(update_fields=["space"])
busy.save()  # kept pages are old now
"""


@pytest.fixture(scope="module")
def busy(paper):
    """The address of an article whose discussion asks for it."""
    address = paper.article(ROOF)
    before = moved(paper, address, to=None)
    yield address
    moved(paper, address, to=before)


def moved(paper, address: str, *, to: int | None) -> int:
    """Gives the discussion another space, None: a busy one. Returns the id of the one it had."""
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", f"ADDRESS, SPACE = {address!r}, {to}\n{MOVE}"]
    done = subprocess.run(command, cwd=ROOT, env=paper.surroundings, check=True, capture_output=True, text=True)
    return int(done.stdout.split()[-1])


def test_a_guest_posts_with_a_proof_or_waits(paper, new_browser, busy, javascript):
    email = f"{uuid4().hex[:8]}@example.org"
    said = "Ladders went up this morning." if javascript else "Who pays for the gutters?"  # no copy of each other
    page = new_browser(javascript=javascript)
    refused = []
    page.on("console", lambda line: refused.append(line.text) if "Content Security Policy" in line.text else None)
    page.goto(busy)
    form = page.locator("#comment")
    form.get_by_label("Your comment", exact=True).press_sequentially(said)
    form.get_by_label("Name", exact=True).fill("Petra Proof")
    form.get_by_label("E-mail", exact=True).fill(email)
    form.get_by_label("I have read the house rules").check()
    if javascript:
        expect(form.locator('[name="proof"]')).to_have_value(re.compile(r"\w{100}"))
        assert findings(page) == []
    form.get_by_role("button", name="Post comment").click()
    expect(page.get_by_text("Check your mail")).to_be_visible()
    page.goto(paper.mailbox.link(paper.mailbox.wait_for(email), "/confirm/"))
    page.get_by_role("button", name="Yes, it was me").click()

    if javascript:
        expect(page.get_by_text("Your comment is public")).to_be_visible()
    else:
        expect(page.get_by_text("Waiting for a moderator").first).to_be_visible()
        expect(page.get_by_role("status").get_by_text("a moderator reads it first")).to_be_visible()
    assert refused == []


def test_a_slow_browser_says_so_and_keeps_nobody_waiting(paper, new_browser, busy):
    page = new_browser(width=360)
    never = {"content_type": "text/javascript", "body": "onmessage = () => {}"}
    page.route("**/solve-work*.js", lambda route: route.fulfill(**never))
    page.goto(busy)
    form = page.locator("#comment")
    form.get_by_label("Your comment", exact=True).press_sequentially(said := f"Slowly, {uuid4().hex[:8]}.")
    expect(form.get_by_role("status").filter(has_text="You need not wait for it")).to_be_visible()
    assert findings(page) == []
    form.get_by_label("Name", exact=True).fill("Petra Proof")
    form.get_by_label("E-mail", exact=True).fill(f"{uuid4().hex[:8]}@example.org")
    form.get_by_label("I have read the house rules").check()
    form.get_by_role("button", name="Post comment").click()

    expect(page.get_by_text("Check your mail")).to_be_visible()
    expect(page.get_by_text(said)).to_be_visible()
