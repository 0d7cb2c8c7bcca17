"""Read, comment as a guest, confirm, wait, be published by a moderator, be seen by all, be told."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_from_the_form_to_everybodys_page(paper, new_browser, sign_in, javascript):
    email = f"{uuid4().hex[:8]}@example.org"
    said = "The lamps could be solar" if javascript else "Who clears the deck of ice"  # else one copies the other
    words = f"{said}, {uuid4().hex[:8]}."
    article = paper.article("footbridge-reopens-on-saturday")

    # a guest reads, and says something
    guest = new_browser(javascript=javascript)
    guest.goto(article)
    form = guest.locator("#comment")
    form.get_by_label("Your comment").fill(words)
    form.get_by_label("Name", exact=True).fill("Wilma Weir")
    form.get_by_label("E-mail", exact=True).fill(email)
    form.get_by_label("I have read the house rules").check()
    form.get_by_role("button", name="Post comment").click()
    expect(guest.get_by_text("Check your mail")).to_be_visible()
    expect(guest.get_by_text(words)).to_be_visible()

    # confirms the address
    guest.goto(paper.mailbox.link(paper.mailbox.wait_for(email), "/confirm/"))
    guest.get_by_role("button", name="Yes, it was me").click()
    expect(guest.get_by_text("Waiting for a moderator").first).to_be_visible()
    own_page = guest.url

    # nobody else sees it
    stranger = new_browser(javascript=javascript)
    stranger.goto(article)
    expect(stranger.get_by_text(words)).to_have_count(0)
    assert stranger.goto(own_page).status == 404

    # a moderator publishes it
    moderator = new_browser(javascript=javascript)
    sign_in(moderator, "moderator@example.org")
    number = re.search(r"/c/(\d+)/", own_page).group(1)
    moderator.goto(f"/moderation/{number}/")
    expect(moderator.locator(".case__text").get_by_text(words)).to_be_visible()
    expect(moderator.get_by_text("first comment").last).to_be_visible()
    moderator.get_by_label("A line to the author").fill("Thank you, welcome.")
    moderator.get_by_role("button", name="Publish").click()
    expect(moderator.get_by_role("status").get_by_text("Published")).to_be_visible()

    # everybody sees it, the author is told and finds it
    stranger.goto(article)
    expect(stranger.get_by_text(words)).to_be_visible()
    letter = paper.mailbox.wait_for(email, "Your comment is public")
    assert "Thank you, welcome." in paper.mailbox.text(letter)
    phone = new_browser(javascript=javascript, width=360)
    phone.goto(paper.mailbox.link(letter, "/by-letter/"))
    expect(phone.get_by_text("Your comment is public")).to_be_visible()
    assert "/by-letter/" not in phone.url

    # from now on this guest is trusted on this device
    guest.goto(own_page)
    guest.get_by_role("link", name="Reply").first.click()
    again = f"And cheap, {uuid4().hex[:8]}."
    guest.get_by_label("Your comment").fill(again)
    guest.get_by_role("button", name="Post comment").click()
    expect(guest.locator(".comment").get_by_text(again)).to_be_visible()
    stranger.goto(article)
    expect(stranger.get_by_text(again)).to_be_visible()


def test_a_guest_looks_first_changes_it_and_takes_it_back(paper, new_browser, javascript):
    email, said, better = (
        f"{uuid4().hex[:8]}@example.org",
        f"*Lamps*, {uuid4().hex[:8]}.",
        f"Lanterns, {uuid4().hex[:8]}.",
    )
    page = new_browser(javascript=javascript, width=360)
    page.goto(paper.article("footbridge-reopens-on-saturday"))
    form = page.locator("#comment")
    form.get_by_label("Your comment", exact=True).fill(said)
    form.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview em")).to_have_text("Lamps")
    form.get_by_label("Name", exact=True).fill("Lia Lantern")
    form.get_by_label("E-mail", exact=True).fill(email)
    form.get_by_label("I have read the house rules").check()
    form.get_by_role("button", name="Post comment").click()
    expect(page.get_by_text("Check your mail")).to_be_visible()

    page.get_by_role("article", name="Lia Lantern").get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Your comment", exact=True).fill(better)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".comment__body").get_by_text(better)).to_be_visible()
    expect(page.get_by_text(said.removeprefix("*Lamps*, "))).to_have_count(0)

    page.get_by_role("article", name="Lia Lantern").get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw it").click()
    page.wait_for_url("**/footbridge-reopens-on-saturday/*")
    expect(page.get_by_text(better)).to_have_count(0)
    page.goto("/discuss/mine/")
    expect(page.locator(".held__why").first).to_contain_text("Withdrawn")


def test_a_mistake_keeps_every_word(paper, new_browser, javascript):
    page = new_browser(javascript=javascript)
    page.goto(paper.article("theatre-plays-at-lunch"))
    expect(page.get_by_text("Be the first to comment on “A theatre")).to_be_visible()
    form = page.locator("#comment")
    form.get_by_label("Your comment").fill("I was there on Friday.")
    form.get_by_label("Name", exact=True).fill("Ana")
    form.get_by_label("E-mail", exact=True).fill("ana.example.org")
    form.get_by_role("button", name="Post comment").click()

    expect(page.get_by_text("This address has no @.")).to_be_visible()
    expect(form.get_by_label("Your comment")).to_have_value("I was there on Friday.")
    expect(form.get_by_label("Name", exact=True)).to_have_value("Ana")
    expect(form.get_by_label("E-mail", exact=True)).to_have_value("ana.example.org")


def test_name_and_address_are_remembered_when_asked_and_forgotten_when_not(paper, new_browser):
    page = new_browser()
    article = paper.article("night-bus-second-year")
    page.goto(article)
    form = page.locator("#comment")
    form.get_by_label("Your comment").fill(f"Remember me, {uuid4().hex[:6]}.")
    form.get_by_label("Name", exact=True).fill("Memo")
    form.get_by_label("E-mail", exact=True).fill(f"{uuid4().hex[:8]}@example.org")
    form.get_by_label("I have read the house rules").check()
    form.get_by_label("Remember my name").check()
    form.get_by_role("button", name="Post comment").click()
    expect(page.get_by_text("Check your mail")).to_be_visible()

    page.goto(article)
    expect(form.get_by_label("Name", exact=True)).to_have_value("Memo")
    expect(form.get_by_label("I have read the house rules")).to_be_hidden()
    form.get_by_label("Remember my name").uncheck()
    page.goto(article)
    expect(form.get_by_label("Name", exact=True)).to_have_value("")
    expect(form.get_by_label("I have read the house rules")).to_be_visible()


def test_a_member_posts_from_the_article_page_and_answers_by_keyboard(paper, new_browser, sign_in, javascript):
    page = new_browser(javascript=javascript)
    # two different members: nobody may post twice within ten seconds
    sign_in(page, "reader@example.org" if javascript else "ottilie.brand@example.org")
    words = f"Eleven leaks is a choir, {uuid4().hex[:8]}."
    for _ in range(4):  # two server processes: either may answer
        page.goto(paper.article("market-hall-roof"))
        assert page.locator("#comment").get_by_label("E-mail", exact=True).count() == 0
    page.locator("#comment").get_by_label("Your comment").fill(words)
    page.keyboard.press("Tab")  # letters about answers: no
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text(words)).to_be_visible()
    assert "/discuss/c/" in page.url

    page.goto(paper.article("market-hall-roof"))
    buttons = page.locator(".comment__votes:has(button)").first
    agree = buttons.get_by_role("button", name="Agree", exact=False).first
    agree.focus()
    page.keyboard.press("Enter")
    expect(buttons.locator('[value="agree"]')).to_have_attribute("aria-pressed", "true")
    assert paper.article("market-hall-roof") in page.url
    if javascript:
        expect(buttons.locator('[value="agree"]')).to_be_focused()
    page.goto("/discuss/mine/")
    page.get_by_role("link", name="The market hall").first.click()

    page.locator("article", has_text=words).get_by_text("More", exact=True).press("Enter")
    page.get_by_role("link", name="Withdraw").press("Enter")
    page.get_by_role("button", name="Withdraw it").press("Enter")
    page.wait_for_url("**" + paper.article("market-hall-roof") + "*")
    expect(page.get_by_text(words)).to_have_count(0)
