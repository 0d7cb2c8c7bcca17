"""The desk as somebody meets it who never saw it: what one has to press is in sight, and a slip decides nothing."""

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
WRITE = """
from comments import visibility
from comments.models.comments import State
thread = Thread.objects.get(address="ADDRESS")
member = User.objects.get(email="judith.amberley@example.org")
with visibility.locked(thread.pk):
    for number in range(6):
        comment = Comment.write(body=f"At first sight, number {number}. " + "More words. " * 90,
            thread=thread, parent=None, member=member)
        visibility.enter(comment, State.IN_REVIEW)
"""
THEIRS = "/moderation/?words=At+first+sight"


@pytest.fixture(scope="module", autouse=True)
def waiting(paper) -> None:
    code = WRITE.replace("ADDRESS", paper.article("corn-hall-clock"))
    command = [sys.executable, "manage.py", "shell", "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=paper.surroundings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.fixture(params=[360, 1280], ids=["phone", "laptop"])
def case(request, new_browser, sign_in) -> Page:
    """The first of the comments that wait, just opened."""
    page = new_browser(width=request.param)
    page.set_viewport_size({"width": request.param, "height": 740})
    sign_in(page, "moderator@example.org")
    page.goto(THEIRS)
    page.locator(".held a").first.click()
    return page


def test_what_decides_is_in_sight_as_soon_as_a_comment_is_opened(case):
    for button in case.locator(".verdict .button").all():
        expect(button).to_be_in_viewport(ratio=1)
        assert button.bounding_box()["height"] >= 44
    assert case.evaluate("() => scrollY") == 0


def test_who_forgot_the_rule_is_brought_to_the_rules(case):
    case.get_by_role("button", name="Refuse", exact=True).click()

    expect(case.locator("#rule-error")).to_be_in_viewport()
    expect(case.get_by_label("1. ")).to_be_focused()


def test_what_was_done_covers_nothing_that_is_needed_next(case):
    case.get_by_role("button", name="Publish").click()

    expect(case.locator(".toast")).to_contain_text("Published: “At first sight")
    if not case.get_by_role("link", name="← The list").is_visible():
        return  # the list stands beside it
    case.get_by_role("link", name="← The list").click(timeout=2_000)
    expect(case.locator(".held")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["with-script", "without-script"])
def test_the_enter_key_in_a_rule_decides_nothing(new_browser, sign_in, javascript):
    page = new_browser(javascript=javascript)
    sign_in(page, "moderator@example.org")
    page.goto(THEIRS)
    words = page.locator(".case__text").inner_text()
    page.get_by_label("4. ").focus()
    page.keyboard.press("4" if javascript else "Space")
    expect(page.get_by_label("4. ")).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)

    assert "done=" not in page.url
    assert page.locator(".case__text").inner_text() == words


def test_a_button_shows_the_keys(new_browser, sign_in):
    page = new_browser()
    sign_in(page, "moderator@example.org")
    page.goto("/moderation/")
    page.get_by_role("button", name="Which keys?").click()

    expect(page.get_by_role("dialog", name="Keys at the desk")).to_be_visible()
