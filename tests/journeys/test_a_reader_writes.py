"""Answer in place, lose nothing that was typed, change what one said, and leave no trace on a computer of others."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ROOF = "market-hall-roof"
LINKS = "https://a.example/1 https://b.example/2 https://c.example/3 https://d.example/4"


def words() -> str:
    return f"Something {uuid4().hex[:10]}."


@pytest.fixture
def member(new_browser, sign_in, javascript):
    """The browser of a member who is trusted; another one for each test, for codes are not sent all too often."""

    def signed_in(*people: str):
        page = new_browser(javascript=javascript)
        sign_in(page, f"{people[javascript]}@example.org")
        return page

    return signed_in


def edit(page, said: str) -> None:
    """Open the form to change a comment, by keyboard."""
    mine = page.locator("article", has_text=said)
    mine.get_by_text("More", exact=True).press("Enter")
    mine.get_by_role("link", name="Edit").press("Enter")
    page.get_by_role("heading", name="Change your comment").wait_for()


def answer_link(page):
    return page.locator(".thread").get_by_role("link", name="Reply").first


def test_a_member_answers_where_the_comment_stands_and_changes_the_answer(paper, member, new_browser, javascript):
    said, better = words(), words()
    reader = member("tomasz.aldermann", "desta.okonjo")
    reader.goto(paper.article(ROOF))
    answered = reader.locator(".thread > li > article").first.get_attribute("id")
    answer_link(reader).focus()
    reader.keyboard.press("Enter")
    reader.get_by_role("heading", name=re.compile("^Answer ")).wait_for()
    form = reader.locator(".composer").filter(has=reader.get_by_role("heading", name=re.compile("^Answer ")))
    if javascript:
        assert paper.article(ROOF) in reader.url
        expect(form.get_by_label("Your comment", exact=True)).to_be_focused()
    form.get_by_label("Your comment", exact=True).fill(said)
    form.get_by_role("button", name="Post comment").press("Enter")
    mine = reader.locator("article", has_text=said)
    expect(mine).to_be_visible()
    if javascript:  # nobody has left the page, and the answer stands below what it answers
        assert paper.article(ROOF) in reader.url
        expect(reader.locator(f"li:has(> #{answered}) > .replies article", has_text=said)).to_be_visible()
        expect(form).to_have_count(0)

    edit(reader, said)
    change = reader.locator(".composer").filter(has=reader.get_by_role("heading", name="Change your comment"))
    expect(change.get_by_label("Your comment", exact=True)).to_have_value(said)
    change.get_by_label("Your comment", exact=True).fill(better)
    change.get_by_role("button", name="Save").press("Enter")
    expect(reader.locator("article", has_text=better).get_by_text("edited", exact=True)).to_be_visible()
    expect(reader.get_by_text(said)).to_have_count(0)

    stranger = new_browser(javascript=javascript)
    stranger.goto(paper.article(ROOF))
    expect(stranger.get_by_text(better)).to_be_visible()
    expect(stranger.get_by_text(said)).to_have_count(0)


def test_an_edit_that_is_held_waits_at_the_desk_while_the_older_text_stands(
    paper, member, new_browser, sign_in, javascript
):
    said, newer = words(), words()
    reader = member("judith.amberley", "kwame.brightwater")
    reader.goto(paper.article(ROOF))
    reader.locator("#comment").get_by_label("Your comment", exact=True).fill(said)
    reader.locator("#comment").get_by_role("button", name="Post comment").click()
    expect(reader.get_by_text("Your comment is public")).to_be_visible()
    own_page = reader.url
    edit(reader, said)
    reader.get_by_label("Your comment", exact=True).fill(f"{newer} {LINKS}")
    reader.get_by_role("button", name="Save").click()

    expect(reader.get_by_text("Your newer text waits for a moderator")).to_be_visible()
    expect(reader.get_by_text("4 links").first).to_be_visible()
    stranger = new_browser(javascript=javascript)
    stranger.goto(own_page)
    expect(stranger.get_by_text(said)).to_be_visible()
    expect(stranger.get_by_text(newer)).to_have_count(0)

    moderator = new_browser(javascript=javascript)
    sign_in(moderator, "admin@example.org")
    number = re.search(r"/c/(\d+)/", own_page).group(1)
    moderator.goto("/moderation/")
    moderator.locator(f'.held a[href="/moderation/{number}/"]').click()
    expect(moderator.locator(".versions").get_by_text(said)).to_be_visible()
    expect(moderator.locator(".versions").get_by_text(newer)).to_be_visible()
    moderator.get_by_role("button", name="Publish edit").click()
    expect(moderator.get_by_role("status").get_by_text("Newer text published")).to_be_visible()

    stranger.goto(own_page)
    expect(stranger.get_by_text(newer)).to_be_visible()
    expect(stranger.get_by_text(said)).to_have_count(0)


def test_closing_the_form_keeps_the_words_and_gives_the_focus_back(paper, new_browser):
    page = new_browser()
    page.goto(paper.article(ROOF))
    links = page.locator(".thread").get_by_role("link", name="Reply")
    place = page.evaluate("scrollY")
    for close in ("Escape", "Cancel"):
        links.nth(0).press("Enter")
        field = page.locator(".thread").get_by_label("Your comment", exact=True)
        expect(field).to_be_focused()
        if close == "Escape":
            field.fill("Half a thought")
            field.press("Escape")
        else:
            expect(field).to_have_value("Half a thought")
            page.locator(".thread").get_by_role("link", name="Cancel").press("Enter")
        expect(links.nth(0)).to_be_focused()
        expect(field).to_be_hidden()
    links.nth(0).press("Enter")
    links.nth(1).press("Enter")
    expect(page.locator(".thread .composer:visible")).to_have_count(1)
    assert place == 0
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))


def test_a_mistake_in_the_form_in_place_is_said_there_and_keeps_every_word(paper, new_browser):
    page = new_browser()
    page.goto(paper.article(ROOF))
    answer_link(page).click()
    form = page.locator(".thread .composer")
    form.get_by_label("Your comment", exact=True).fill("I was *there*.")
    form.get_by_role("button", name="Post comment").click()

    expect(form.get_by_role("alert").get_by_text("Not posted yet")).to_be_visible()
    expect(form.locator(".notice[role=alert]")).to_be_focused()
    expect(form.get_by_label("Your comment", exact=True)).to_have_value("I was *there*.")
    form.get_by_label("Name", exact=True).fill("Ana")
    form.get_by_label("E-mail", exact=True).fill("ana@example.org")
    form.get_by_role("button", name="Preview").click()
    expect(form.locator(".preview em")).to_have_text("there")
    expect(form.get_by_label("E-mail", exact=True)).to_have_value("ana@example.org")
    assert paper.article(ROOF) in page.url


def test_a_form_in_place_says_when_the_server_cannot_be_reached(paper, new_browser):
    page = new_browser()
    page.goto(paper.article(ROOF))
    form = page.locator("#comment")
    form.get_by_label("Your comment", exact=True).fill("Written in a tunnel.")
    page.context.set_offline(True)
    form.get_by_role("button", name="Preview").click()

    expect(form.get_by_text("We cannot be reached at the moment.")).to_be_visible()
    expect(form.get_by_label("Your comment", exact=True)).to_have_value("Written in a tunnel.")


def test_nobody_is_taken_off_the_page_when_the_server_cannot_be_reached(paper, new_browser, sign_in):
    page = new_browser()
    sign_in(page, "emeka.dressler@example.org")
    page.goto(paper.article("mill-street-homes-above-shops"))
    place, said = page.url, page.get_by_role("alert").get_by_text("We cannot be reached at the moment.")
    page.context.set_offline(True)
    vote = page.locator("vote-here").first.get_by_role("button", name="Unsure")
    for pressed in (vote, answer_link(page), page.locator(".pager .more")):
        pressed.press("Enter")

        expect(said).to_have_count(1)
        expect(pressed).to_be_focused()
        assert page.url == place

    page.context.set_offline(False)
    answer_link(page).press("Enter")
    expect(page.locator(".thread .composer textarea")).to_be_focused()
    expect(said).to_have_count(0)

    # a vote is one however often the button is pressed: the page shows what the server has
    vote.dblclick()
    expect(vote).to_have_attribute("aria-pressed", "true")
    page.reload()
    expect(vote).to_have_attribute("aria-pressed", "true")

    # and an answer that comes late does not call back a reader who has gone on
    late: list = []
    page.route("**/vote/", lambda asked: late.append(asked))
    vote.press("Enter")
    page.keyboard.press("Tab")
    page.wait_for_timeout(300)
    late[0].continue_()
    expect(vote).to_have_attribute("aria-pressed", "false")
    expect(page.locator('vote-here [value="respect"]').first).to_be_focused()


def test_a_form_whose_answer_is_no_page_can_be_sent_again(paper, new_browser):
    page = new_browser()
    page.clock.install()
    sent = []
    page.route(
        "**/discuss/device/", lambda asked: asked.fulfill(status=204) if posted(asked, sent) else asked.continue_()
    )
    page.goto("/discuss/device/")
    button = page.get_by_role("button", name="Forget everything")
    for _ in range(2):
        button.dispatch_event("click")
    page.wait_for_timeout(500)
    assert len(sent) == 1

    page.clock.fast_forward(11_000)
    button.dispatch_event("click")

    page.wait_for_timeout(500)
    assert len(sent) == 2


def posted(asked, sent: list) -> bool:
    if asked.request.method == "POST":
        sent.append(asked)
    return asked.request.method == "POST"


def drafts(page) -> dict[str, str]:
    return page.evaluate(
        "Object.fromEntries(Object.keys(localStorage).filter((key) => key.startsWith('civic:draft:'))"
        ".map((key) => [key, JSON.parse(localStorage[key]).text]))"
    )


def test_a_draft_survives_reload_and_other_pages_and_is_gone_once_it_is_posted(paper, new_browser):
    page = new_browser()
    said = words()
    page.goto(paper.article(ROOF))
    field = page.locator("#comment").get_by_label("Your comment", exact=True)
    field.press_sequentially(said)
    page.reload()
    expect(field).to_have_value(said)
    expect(page.get_by_text("What you typed here before is back.")).to_be_visible()
    page.goto("/")
    page.goto(paper.article("footbridge-reopens-on-saturday"))
    expect(field).to_have_value("")
    page.goto(paper.article(ROOF))
    expect(field).to_have_value(said)

    page.locator("#comment").get_by_label("Name", exact=True).fill("Dora Draft")
    page.locator("#comment").get_by_label("E-mail", exact=True).fill(f"{uuid4().hex[:8]}@example.org")
    page.locator("#comment").get_by_label("I have read the house rules").check()
    page.locator("#comment").get_by_role("button", name="Post comment").click()
    expect(page.get_by_text("Check your mail")).to_be_visible()

    assert drafts(page) == {}
    page.goto(paper.article(ROOF))
    expect(field).to_have_value("")


def test_another_tab_keeps_its_own_words_when_this_one_has_sent(paper, new_browser):
    page = new_browser()
    page.goto(paper.article(ROOF))
    tab = page.context.new_page()
    tab.goto(paper.article(ROOF))
    page.locator("#comment").get_by_label("Your comment", exact=True).press_sequentially("Sent from the first tab.")
    field = tab.locator("#comment").get_by_label("Your comment", exact=True)
    expect(field).to_have_value("Sent from the first tab.")  # it had nothing of its own, so it follows
    field.fill("Not sent from the second tab.")
    page.locator("#comment").get_by_label("Your comment", exact=True).fill(said := words())
    field.fill("Not sent from the second tab!")
    page.locator("#comment").get_by_label("Name", exact=True).fill("Dora Draft")
    page.locator("#comment").get_by_label("E-mail", exact=True).fill(f"{uuid4().hex[:8]}@example.org")
    page.locator("#comment").get_by_label("I have read the house rules").check()
    page.locator("#comment").get_by_role("button", name="Post comment").click()
    expect(page.get_by_text("Check your mail")).to_be_visible()
    expect(page.get_by_text(said)).to_be_visible()

    assert list(drafts(page).values()) == ["Not sent from the second tab!"]


def test_nothing_is_kept_of_an_emptied_field_and_nothing_for_longer_than_thirty_days(paper, new_browser):
    page = new_browser()
    page.goto(paper.article(ROOF))
    field = page.locator("#comment").get_by_label("Your comment", exact=True)
    field.fill("Never mind.")
    assert len(drafts(page)) == 1
    field.fill("  ")
    assert drafts(page) == {}
    page.evaluate(
        "localStorage['civic:draft:t999'] = JSON.stringify({text: 'old', at: Date.now() - 31 * 86400000});"
        "localStorage['civic:draft:t998'] = 'nonsense'"
    )
    page.reload()
    expect(field).to_have_value("")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('civic:draft:'))") == []


def test_without_storage_the_page_works_as_ever(paper, new_browser):
    page = new_browser()
    page.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('closed') }})")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(paper.article(ROOF))
    answer_link(page).click()
    form = page.locator(".thread .composer")
    form.get_by_label("Your comment", exact=True).fill("Kept by the page.")
    form.get_by_label("Your comment", exact=True).press("Escape")
    answer_link(page).click()
    expect(form.get_by_label("Your comment", exact=True)).to_have_value("Kept by the page.")
    form.get_by_role("button", name="Preview").click()
    expect(form.locator(".preview")).to_contain_text("Kept by the page.")

    assert errors == []


def test_a_shared_computer_is_left_clean(paper, new_browser, javascript):
    page = new_browser(javascript=javascript)
    page.goto(paper.article(ROOF))
    form = page.locator("#comment")
    form.get_by_label("Your comment", exact=True).fill(words())
    form.get_by_label("Name", exact=True).fill("Shary Computer")
    form.get_by_label("E-mail", exact=True).fill(f"{uuid4().hex[:8]}@example.org")
    form.get_by_label("I have read the house rules").check()
    form.get_by_label("Remember my name").check()
    form.get_by_role("button", name="Post comment").click()
    expect(page.get_by_text("Check your mail")).to_be_visible()
    own_page = page.url
    page.goto(paper.article(ROOF))
    form.get_by_label("Your comment", exact=True).fill("A text that was begun.")
    form.get_by_role("link", name="On a shared computer?").click()
    expect(page.get_by_text("Shary Computer")).to_be_visible()
    page.get_by_role("button", name="Forget everything").click()

    expect(page.get_by_role("status").get_by_text("Forgotten")).to_be_visible()
    assert page.context.cookies() == []
    assert page.goto(own_page).status == 404
    page.goto(paper.article(ROOF))
    expect(form.get_by_label("Name", exact=True)).to_have_value("")
    expect(form.get_by_label("Your comment", exact=True)).to_have_value("")


def test_signing_out_takes_begun_texts_along(paper, new_browser, sign_in):
    page = new_browser()
    sign_in(page, "raf.dimitrescu@example.org")
    page.goto(paper.article(ROOF))
    page.locator("#comment").get_by_label("Your comment", exact=True).fill("Nobody's business.")
    page.goto("/me/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(paper.url + "/")

    assert drafts(page) == {}
