"""The desk by keyboard alone: thirty comments decided, each of them taken back and decided once more."""

import re
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
MANY = 30
WRITE = """
from comments import visibility
from comments.models.comments import State
thread = Thread.objects.get(address="ADDRESS")
member = User.objects.get(email="judith.amberley@example.org")
new = {"thread": thread, "parent": None, "member": member, "priority": 9_000}
with visibility.locked(thread.pk):
    for number in range(MANY):
        visibility.enter(Comment.write(body=f"By keys, number {number}.", **new), State.IN_REVIEW)
"""


def test_thirty_are_decided_undone_and_decided_again(paper, new_browser, sign_in):
    code = WRITE.replace("ADDRESS", paper.article("theatre-plays-at-lunch")).replace("MANY", str(MANY))
    command = [sys.executable, "manage.py", "shell", "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=paper.surroundings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    page = new_browser()
    sign_in(page, "admin@example.org")
    page.goto("/moderation/")
    for number in range(MANY):
        words = f"By keys, number {number}."
        keys = ["p"] if number % 2 else ["4", "r"]
        expect(page.locator(".case__text")).to_contain_text(words)
        decide(page, keys)
        press(page, ["u"])
        expect(page.locator(".case__text")).to_contain_text(words)
        decide(page, keys)

    with psycopg.connect(paper.surroundings["DATABASE_URL"]) as database:
        query = "SELECT state, count(*) FROM comments_comment WHERE body LIKE 'By keys, number %' GROUP BY state"
        assert dict(database.execute(query).fetchall()) == {"public": MANY // 2, "refused": MANY // 2}
        query = (
            "SELECT count(*), count(undoes_id) FROM moderation_decision d JOIN comments_comment c ON c.id = comment_id"
        )
        assert database.execute(f"{query} WHERE c.body LIKE 'By keys, %'").fetchone() == (3 * MANY, MANY)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no script"])
def test_keycaps_are_shown_where_keys_answer(new_browser, sign_in, javascript):
    page = new_browser(javascript=javascript)
    sign_in(page, "admin@example.org")
    page.goto("/moderation/?queue=all")

    caps = page.locator(".verdict kbd, .picker kbd").first
    expect(caps).to_be_visible(visible=javascript)
    if javascript:
        page.get_by_role("button", name="Keys", exact=True).click()
        expect(caps).to_be_hidden()


def decide(page, keys: list[str]) -> None:
    press(page, keys)
    assert re.search(r"\?done=", page.url)
    expect(page.locator(".toast")).to_be_visible()


def press(page, keys: list[str]) -> None:
    """The last of the keys leads to another page; it has loaded when this returns, its script with it."""
    with page.expect_navigation():
        for key in keys:
            page.keyboard.press(key)


def test_two_moderators_see_each_other_and_the_next_case_stands_there_at_once(paper, new_browser, sign_in):
    code = WRITE.replace("ADDRESS", paper.article("market-hall-roof")).replace("MANY", "3")
    command = [sys.executable, "manage.py", "shell", "-c", code.replace("By keys", "By two")]
    done = subprocess.run(command, cwd=ROOT, env=paper.surroundings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    first, second = new_browser(), new_browser()
    sign_in(first, "moderator@example.org")
    sign_in(second, "admin@example.org")
    first.goto("/moderation/?words=By+two")
    expect(first.locator("desk-claim")).to_contain_text("You have had it open since")
    address = first.locator("article.case__text").evaluate("() => document.querySelector('.held a').href")

    second.goto(address)
    expect(second.locator("desk-claim")).to_contain_text(re.compile("looks at it|has had it open"))
    for page, key in ((second, "p"), (first, "p")):
        press(page, [key])
    assert "By two, number 1" in second.locator(".case__text").inner_text()
    expect(first.locator("[role=alert]")).to_contain_text("Somebody was faster")

    second.wait_for_timeout(800)  # the next case is fetched while this one is read
    second.evaluate("() => { window.stays = true }")
    second.keyboard.press("j")
    expect(second.locator(".case__text")).to_contain_text("By two, number 2")
    assert second.evaluate("() => window.stays")
    second.go_back()
    expect(second.locator(".case__text")).to_contain_text("By two, number 1")
