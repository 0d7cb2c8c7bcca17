"""A moderator warns somebody; they read it where they write, and their text is posted in the same go."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

# One for each way to walk: they share the paper.
WARNED = {True: ("teodor.wray@example.org", "Teodor Wray"), False: ("ilse.marchetti@example.org", "Ilse Marchetti")}
WORDS = "Please leave his family out of it."


def test_the_writer_reads_a_warning_and_posts(paper, new_browser, sign_in, javascript):
    address, name = WARNED[javascript]
    said = "What I wanted to say." if javascript else "Another thing, on another evening."
    desk = new_browser(javascript=javascript)
    sign_in(desk, "moderator@example.org")
    desk.goto("/moderation/people/")
    desk.get_by_role("searchbox").fill(name.split()[1])
    desk.get_by_role("button", name="Search").click()
    desk.get_by_role("link", name=name).click()
    desk.get_by_label("Warn: they have to say").check()
    desk.get_by_label("House rule").select_option(index=4)
    desk.get_by_label("Words to the person", exact=False).last.fill(WORDS)
    desk.get_by_role("button", name="Decide").click()
    expect(desk.get_by_text("They have not said yet")).to_be_visible()

    letter = paper.mailbox.wait_for(address, "A moderator wrote to you")
    assert WORDS in paper.mailbox.text(letter)
    writer = new_browser(javascript=javascript, width=360)
    sign_in(writer, address)
    writer.goto(paper.mailbox.link(letter, "/me/standing/").removeprefix(paper.url))
    expect(writer.get_by_role("button", name="I have read this")).to_be_visible()

    writer.goto(paper.article("corn-hall-clock"))
    writer.locator("#comment").get_by_label("Your comment").fill(said)
    writer.locator("#comment").get_by_role("button", name="Post comment").click()
    expect(writer.locator(".composer")).to_contain_text(WORDS)
    expect(writer.get_by_label("Your comment")).to_have_value(said)
    writer.get_by_label("I have read this").check()
    writer.locator(".composer").get_by_role("button", name="Post comment").click()

    expect(writer.locator(".comment__body").get_by_text(said)).to_be_visible()
    desk.reload()
    expect(desk.get_by_text("Nothing. Their standing is good.")).to_be_visible()
    expect(desk.locator(".card").last).to_contain_text("Read on")
