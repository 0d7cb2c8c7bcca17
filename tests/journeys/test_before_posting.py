"""House rules, one tick and one kind question, before a comment is posted: with a script and without, by keyboard."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import findings

pytestmark = pytest.mark.browser

ROOF = "market-hall-roof"
QUESTION = "Would you like to look at it once more?"


def shouted() -> str:
    return f"HOW MANY BUCKETS DOES A COUNCIL NEED? {uuid4().hex[:8].upper()}"


def test_a_guest_reads_the_rules_is_asked_once_and_changes_the_words(paper, new_browser, javascript):
    page = new_browser(javascript=javascript, width=360)
    page.goto(paper.article(ROOF))
    form, field = page.locator("#comment"), page.locator("#comment").get_by_label("Your comment", exact=True)
    form.get_by_text("Read the rules").press("Enter")
    expect(form.get_by_text("Argue with the idea. No guesses about a person’s motives.")).to_be_visible()
    field.fill(said := shouted())
    form.get_by_label("Name", exact=True).fill("Berta Bucket")
    form.get_by_label("E-mail", exact=True).fill(f"{uuid4().hex[:8]}@example.org")

    # the tick, wanted once
    form.get_by_role("button", name="Post comment").press("Enter")
    expect(form.get_by_text("Please read the rules above the form once")).to_be_visible()
    form.get_by_label("I have read the house rules").press(" ")
    form.get_by_role("button", name="Post comment").press("Enter")

    # the question: the focus is there, the next stops are its two answers
    question = form.get_by_role("region", name=QUESTION)
    expect(question).to_be_focused()
    expect(question.get_by_role("status")).to_contain_text("read as shouting")
    expect(field).to_have_value(said)
    page.keyboard.press("Tab")
    expect(question.get_by_role("button", name="Post it as it is")).to_be_focused()
    page.keyboard.press("Tab")
    expect(question.get_by_role("link", name="Change it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_be_focused()

    # other words, as loud as before, are posted: nobody is asked twice
    field.fill(louder := f"{said} EH?")
    form.get_by_role("button", name="Post comment").press("Enter")
    expect(page.get_by_text("Check your mail")).to_be_visible()
    expect(page.get_by_text(louder)).to_be_visible()

    # and who has commented here before is not asked for the tick
    page.locator("article", has_text=louder).get_by_text("More", exact=True).click()
    page.goto(page.locator(".thread").get_by_role("link", name="Reply").first.get_attribute("href"))
    expect(page.get_by_label("Your comment", exact=True)).to_be_visible()
    expect(page.get_by_label("I have read the house rules")).to_have_count(0)


def test_a_member_is_asked_under_the_comment_and_posts_as_it_is(paper, new_browser, sign_in):
    page = new_browser()
    sign_in(page, "teodor.wray@example.org")
    page.goto(paper.article(ROOF))
    page.locator(".thread").get_by_role("link", name="Reply").first.press("Enter")
    form = page.locator(".thread .composer")
    field = form.get_by_label("Your comment", exact=True)
    expect(field).to_be_focused()
    assert form.get_by_label("I have read the house rules").count() == 0
    field.press_sequentially(said := shouted())
    form.get_by_role("button", name="Post comment").press("Enter")
    expect(form.get_by_role("region", name=QUESTION)).to_be_focused()
    assert page.evaluate("location.pathname") == paper.article(ROOF)

    # "Change it" leads to the end of the words, and what is typed there is kept over a reload
    form.get_by_role("link", name="Change it").press("Enter")
    page.keyboard.type(" Eh?")
    expect(field).to_have_value(said + " Eh?")
    page.reload()
    page.locator(".thread").get_by_role("link", name="Reply").first.press("Enter")
    expect(field).to_have_value(said + " Eh?")

    form.get_by_role("button", name="Post comment").press("Enter")
    expect(form.get_by_role("region", name=QUESTION)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Waiting for a moderator").first).to_be_visible()  # screening decides as ever
    expect(page.locator("article", has_text=said + " Eh?")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_question_is_sound(paper, new_browser, dark):
    page = new_browser(dark=dark, width=360 if dark else 1280)
    page.goto(paper.article(ROOF))
    form = page.locator("#comment")
    form.get_by_label("Your comment", exact=True).fill(shouted())
    form.get_by_label("Name", exact=True).fill("Berta Bucket")
    form.get_by_label("E-mail", exact=True).fill("berta@example.org")
    form.get_by_role("button", name="Post comment").click()
    expect(form.get_by_text("Please read the rules above the form once")).to_be_visible()
    found = findings(page)
    form.get_by_label("I have read the house rules").check()
    form.get_by_role("button", name="Post comment").click()
    expect(form.get_by_role("region", name=QUESTION)).to_be_visible()

    assert found + findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_nobody_meets_the_trap_by_keyboard_by_eye_or_by_ear(paper, new_browser):
    page = new_browser()
    page.goto(paper.article(ROOF))
    form = page.locator("#comment")
    trap = form.locator('[name="subject"]')
    assert trap.count() == 1

    stops = []
    form.get_by_role("link", name="sign in").focus()
    for _ in range(14):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.name || document.activeElement.localName"))
    assert {"body", "name", "email", "website", "remember", "answers", "rules", "preview"} <= set(stops)
    assert "subject" not in stops
    assert "Leave this empty" not in form.aria_snapshot()
    expect(trap).not_to_be_in_viewport()
    assert trap.bounding_box()["x"] < -1000
