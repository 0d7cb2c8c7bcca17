"""Follow answers, get a letter over real SMTP, leave with one click; mute; move between what is new by keys."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

NIGHT_BUS, CLOCK = "night-bus-second-year", "corn-hall-clock"


def say(page, address: str, words: str, *, answers: str = "") -> None:
    """A member posts under an article."""
    page.goto(address)
    form = page.locator("#comment")
    form.get_by_label("Your comment", exact=True).fill(words)
    if answers:
        form.get_by_label("Write to me about answers").select_option(label=answers)
    if (tick := form.get_by_label("I have read the house rules")).count():  # their first comment
        tick.check()
    form.get_by_role("button", name="Post comment").press("Enter")
    expect(page.get_by_text(words).first).to_be_visible()


def answer(page, said: str, words: str) -> None:
    page.locator("article", has_text=said).get_by_role("link", name="Reply").click()
    form = page.locator(".composer").filter(has=page.get_by_role("heading", name=re.compile("^Answer ")))
    form.get_by_label("Your comment", exact=True).fill(words)
    form.get_by_role("button", name="Post comment").press("Enter")
    expect(page.get_by_text(words).first).to_be_visible()


def test_from_the_wish_beside_the_text_to_the_letter_and_out_with_one_click(paper, new_browser, sign_in, javascript):
    asks, replies = ("dolores.quaye-hutchinson", "tom.radley") if javascript else ("imke.solano", "chidi.marsh")
    question, words = f"Who drives it, {uuid4().hex[:8]}?", f"My sister does, {uuid4().hex[:8]}."
    address = paper.article(NIGHT_BUS)

    # a member asks, and wants to hear of answers
    asker = new_browser(javascript=javascript)
    sign_in(asker, f"{asks}@example.org")
    say(asker, address, question, answers="At once")

    # somebody answers; one letter comes, over real SMTP
    other = new_browser(javascript=javascript)
    sign_in(other, f"{replies}@example.org")
    other.goto(address)
    answer(other, question, words)
    letter = paper.mailbox.wait_for(f"{asks}@example.org", "answered you")
    assert words in paper.mailbox.text(letter)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    leave = letter["List-Unsubscribe"].strip(" <>")
    assert leave.startswith(f"{paper.url}/discuss/unfollow/")

    # a scanner opens the link: nothing changes, as the member's list says
    program = new_browser().request
    assert "Stop these letters?" in program.get(leave).text()
    asker.goto("/me/follows/")
    expect(asker.locator(".own li")).not_to_have_count(0)
    before = asker.locator(".own li").count()

    # the mail provider posts, without a cookie: it is over
    answered = program.post(leave, form={"List-Unsubscribe": "One-Click"})
    assert answered.text() == "You get no more of these letters.\n"
    asker.reload()
    expect(asker.locator(".own li")).to_have_count(before - 1)


def test_a_member_follows_by_keyboard_and_changes_the_mind(paper, new_browser, sign_in, javascript):
    page = new_browser(javascript=javascript, width=360)
    sign_in(page, "grete.sandoval-pfeiffer@example.org" if javascript else "ilse.marchetti@example.org")
    page.goto(paper.article(NIGHT_BUS))
    page.get_by_role("link", name="Follow by e-mail").press("Enter")
    page.get_by_label("In one letter a day").press(" ")
    page.get_by_role("button", name="Follow").press("Enter")
    expect(page.get_by_role("status").get_by_text("in one letter a day")).to_be_visible()

    page.get_by_role("link", name="Everything you follow").press("Enter")
    row = page.locator(".own li").first
    row.get_by_role("button", name="At once").press("Enter")
    expect(row.get_by_role("button", name="At once")).to_have_attribute("aria-pressed", "true")
    row.get_by_role("button", name="Stop").press("Enter")
    expect(page.get_by_text("You get no more letters about it.")).to_be_visible()


def test_somebody_muted_is_folded_and_can_be_opened(paper, new_browser, sign_in, javascript):
    page = new_browser(javascript=javascript)
    sign_in(page, "bee.tanaka-holm@example.org" if javascript else "teodor.wray@example.org")
    page.goto(paper.article("mill-street-homes-above-shops"))
    loud = page.locator(".thread article.comment", has=page.get_by_text("Imke Solano", exact=True)).first
    name = loud.get_attribute("id")
    more = loud.get_by_text("More", exact=True)
    if more.count():
        more.press("Enter")
    loud.get_by_role("link", name="Mute").press("Enter")
    page.get_by_role("button", name="Mute").press("Enter")

    folded = page.locator(f"#{name} details.comment__muted")
    expect(folded.locator(".comment__body")).to_be_hidden()
    folded.locator("summary").press("Enter")
    expect(folded.locator(".comment__body")).to_be_visible()
    page.goto("/me/muted/")
    page.get_by_role("button", name="Hear again").first.press("Enter")
    expect(page.get_by_text("You hear them again")).to_be_visible()


def test_keys_move_between_new_comments_and_can_be_switched_off(paper, new_browser, sign_in):
    first, second = f"First, {uuid4().hex[:8]}.", f"Second, {uuid4().hex[:8]}."
    reader, writer = new_browser(), new_browser()
    sign_in(writer, "petra.lund@example.org")
    say(writer, paper.article(CLOCK), f"Before, {uuid4().hex[:8]}.")
    sign_in(reader, "hetty.lindgaard@example.org")

    # the first visit: the discussion is looked at for some seconds, and the server is told
    reader.goto(paper.article(CLOCK))
    expect(reader.locator("[data-new]")).to_have_count(0)
    with reader.expect_response("**/read/") as told:
        reader.locator(".thread").scroll_into_view_if_needed()
    assert told.value.status == 204
    say(writer, paper.article(CLOCK), first)
    say(writer, paper.article(CLOCK), second)

    # what has come since is marked, and keys move between it
    reader.goto(f"{paper.article(CLOCK)}?again")
    expect(reader.locator("[data-new]")).to_have_count(2)
    expect(reader.get_by_role("article", name="Petra Lund New")).to_have_count(2)
    said = reader.locator("move-keys [role=status]")
    reader.keyboard.press("n")
    expect(said).to_have_text(re.compile("^New comment 1 of 2, by "))
    expect(reader.locator("[data-new]").nth(0)).to_be_focused()
    reader.keyboard.press("j")
    expect(reader.locator("[data-new]").nth(1)).to_be_focused()
    reader.keyboard.press("n")
    expect(said).to_have_text("No new comment further down on this page.")
    reader.keyboard.press("p")
    expect(reader.locator("[data-new]").nth(0)).to_be_focused()
    reader.keyboard.press("?")
    expect(reader.get_by_role("dialog", name="Keys in the discussion")).to_be_visible()
    reader.keyboard.press("Escape")

    # letters typed into a field are letters, and with a modifier keys belong to the browser
    field = reader.locator("#comment").get_by_label("Your comment", exact=True)
    field.press_sequentially("nnp?")
    expect(field).to_have_value("nnp?")
    expect(field).to_be_focused()
    field.fill("")
    reader.locator("[data-new]").nth(0).focus()
    reader.keyboard.press("Alt+n")
    expect(reader.locator("[data-new]").nth(0)).to_be_focused()

    # switched off, they do nothing, here and on the next page
    reader.get_by_role("button", name="Keys").press("Enter")
    for _ in range(2):
        expect(reader.get_by_role("button", name="Keys")).to_have_attribute("aria-pressed", "false")
        reader.keyboard.press("n")
        expect(reader.locator("[data-new]").nth(0)).not_to_be_focused()
        reader.reload()

    # the button takes the marks away
    reader.get_by_role("button", name="Mark all as read").press("Enter")
    reader.wait_for_url(f"**{paper.article(CLOCK)}*")
    expect(reader.locator("[data-new]")).to_have_count(0)


def test_without_an_account_the_keys_are_off_until_switched_on(paper, new_browser):
    page = new_browser()
    page.goto(paper.article("mill-street-homes-above-shops"))
    button = page.get_by_role("button", name="Keys")
    expect(button).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("n")
    expect(page.locator(".comment:focus")).to_have_count(0)

    button.press("Enter")
    page.keyboard.press("n")
    expect(page.locator(".comment:focus")).to_have_count(1)


def test_without_javascript_no_keys_are_promised(paper, new_browser):
    page = new_browser(javascript=False)
    page.goto(paper.article("mill-street-homes-above-shops"))

    expect(page.locator("move-keys")).to_be_hidden()


def test_the_menu_of_a_comment_opens_over_the_page_and_goes_by_escape_or_a_press_elsewhere(paper, new_browser, sign_in):
    page = new_browser(width=360)
    sign_in(page, "tom.radley@example.org")
    page.goto(paper.article("mill-street-homes-above-shops"))
    comment = page.locator(".thread article.comment", has=page.locator(".comment__more")).first
    button, menu = comment.get_by_text("More", exact=True), comment.locator(".comment__menu")
    button.scroll_into_view_if_needed()
    place, height = button.bounding_box(), page.evaluate("document.documentElement.scrollHeight")

    button.click()
    expect(menu).to_be_visible()
    assert button.bounding_box() == place
    assert page.evaluate("document.documentElement.scrollHeight") == height
    assert page.evaluate("document.documentElement.scrollWidth") == 360

    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()

    button.click()
    page.locator("#talk-title").click()
    expect(menu).to_be_hidden()
