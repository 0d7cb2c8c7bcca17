"""Subscribe, confirm, read the report, leave."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_from_the_box_under_an_article_to_the_last_letter(paper, new_browser, javascript):
    email = f"{uuid4().hex[:8]}@example.org"
    page = new_browser(javascript=javascript)

    page.goto(paper.article("lead-line-unknown"))
    box = page.locator(".signup")
    box.get_by_label("E-mail").fill(email)
    box.get_by_role("button").click()
    expect(page.get_by_text("Check your mail").first).to_be_visible()
    assert email not in page.url

    letter = paper.mailbox.wait_for(email)
    page.goto(paper.mailbox.link(letter, "/newsletter/confirm/"))
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_load_state()

    welcome = paper.mailbox.wait_for(email, "Welcome")
    assert welcome["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    report = page.request.get(paper.mailbox.link(welcome, "/newsletter/report/"))
    assert (report.status, report.headers["content-type"]) == (200, "application/pdf")
    assert report.body().startswith(b"%PDF-")

    leave = paper.mailbox.link(welcome, "/newsletter/leave/")
    page.goto(leave)
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_load_state()
    expect(page.get_by_role("main")).to_contain_text("left")
    again = page.request.post(leave, form={"List-Unsubscribe": "One-Click"})
    assert again.status == 200
