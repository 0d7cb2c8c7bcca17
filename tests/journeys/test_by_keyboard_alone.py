"""The whole of a discussion by keyboard alone: nothing is clicked, and where the focus is can be seen at every step."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.browser

LONG = "mill-street-homes-above-shops"
FAR = 60  # presses of Tab, after which nobody would go on
# What is the matter with the place of the focus, in words; nothing if all is well.
FOCUS = """() => {
    const at = document.activeElement
    if (!at || at === document.body) return ''
    const box = at.getClientRects()[0]
    if (!box) return 'is drawn nowhere'
    const outlined = ({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2
    if (!outlined(getComputedStyle(at)) && !outlined(getComputedStyle(at, '::after'))) return 'has no outline'
    const x = Math.min(box.left + box.width / 2, innerWidth - 1)
    const y = Math.min(box.top + box.height / 2, innerHeight - 1)
    const top = document.elementFromPoint(x, y)
    if (!top) return 'is outside the window'
    const seen = at.contains(top) || top.contains(at) || top.closest('label')?.control === at
    return seen ? '' : `lies under ${top.outerHTML.slice(0, 80)}`
}"""


def tab_to(page: Page, target: Locator, tab: str = "Tab") -> None:
    """Press Tab, or "Shift+Tab", until the focus is there; at each stop it can be seen."""
    goal = target.element_handle()
    for _ in range(FAR):
        page.keyboard.press(tab)
        for _ in range(20):  # what is on its way arrives within a frame or two, on a busy machine later
            if not (fault := page.evaluate(FOCUS)):
                break
            page.wait_for_timeout(50)
        assert not fault, f"{page.evaluate('document.activeElement.outerHTML.slice(0, 120)')} {fault}"
        if goal.evaluate("(one) => one === document.activeElement"):
            return
    raise AssertionError(f"{target} cannot be reached")


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    tab_to(page, target)
    page.keyboard.press(key)


@pytest.mark.parametrize("width", [1280, 360])
def test_read_sort_answer_mend_change_vote_follow_and_withdraw(paper, new_browser, sign_in, width):
    said, better = f"Said by keyboard, {uuid4().hex[:8]}.", f"Said better, {uuid4().hex[:8]}."
    page = new_browser(width=width)
    page.emulate_media(reduced_motion="reduce")  # places are measured, so nothing may be on its way
    sign_in(page, "marguerite.osei-blom@example.org" if width == 1280 else "noor.castellane@library.larkford.example")

    # read: the first stop leads past the head
    page.goto(paper.article(LONG))
    press(page, page.get_by_role("link", name="Skip to the content"))
    expect(page).to_have_url(paper.url + paper.article(LONG) + "#main")

    # sort
    press(page, page.get_by_role("link", name="Oldest"))
    page.wait_for_url("**?sort=oldest")
    expect(page.locator(".sort [aria-current]")).to_have_text("Oldest")

    # show more: the first of those that come has the focus, and the page stays
    known = page.locator(".thread article").evaluate_all("(all) => all.map((one) => one.id)")
    press(page, page.get_by_role("link", name="Leave a comment"))
    tab_to(page, page.locator(".pager .more"), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("article:focus")).to_have_count(1)
    first = page.locator("article:focus")
    assert first.get_attribute("id") not in known
    assert "?sort=oldest" in page.url

    # answer: the form opens below, and Escape and "Cancel" give the focus back
    answered = page.locator(f"#{first.get_attribute('id')}")
    reply = answered.get_by_role("link", name=f"Reply to {answered.get_by_role('heading').inner_text()}", exact=True)
    press(page, reply)
    form = page.locator(".thread .composer")
    field = form.get_by_label("Your comment", exact=True)
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(reply).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_be_focused()

    # a mistake: it is said, and leads to the field, which knows what is wrong with it
    press(page, form.get_by_role("button", name="Post comment"))
    expect(form.get_by_role("alert").first).to_be_focused()
    press(page, form.get_by_role("alert").get_by_role("link", name="Your comment"))
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("There are no words in it yet"))

    # mended and posted
    page.keyboard.type(said)
    press(page, form.get_by_role("button", name="Post comment"))
    mine = page.locator("article", has_text=said)
    expect(mine).to_be_focused()

    # changed
    press(page, mine.locator("summary"))
    press(page, mine.get_by_role("link", name="Edit"))
    change = page.locator(".composer").filter(has=page.get_by_role("heading", name="Change your comment"))
    expect(change.get_by_label("Your comment", exact=True)).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type(better)
    press(page, change.get_by_role("button", name="Save"))
    mine = page.locator("article", has_text=better)
    expect(mine).to_be_focused()
    expect(mine.get_by_text("edited", exact=True)).to_be_visible()

    # a vote, and another opinion: the focus stays where it was
    undecided = "following::vote-here[not(.//@aria-pressed[.='true'])][1]//form"
    address = page.locator(f"xpath=//article[@id='{mine.get_attribute('id')}']/{undecided}").get_attribute("action")
    votes = page.locator(f'form[action="{address}"]')
    agree, unsure = votes.locator('[value="agree"]'), votes.locator('[value="unsure"]')
    press(page, agree)
    expect(agree).to_have_attribute("aria-pressed", "true")
    expect(agree).to_be_focused()
    press(page, unsure, " ")
    expect(unsure).to_have_attribute("aria-pressed", "true")
    expect(unsure).to_be_focused()
    expect(agree).to_have_attribute("aria-pressed", "false")

    # follow what is answered
    page.goto(f"/discuss/c/{mine.get_attribute('id').removeprefix('c-')}/")
    press(page, mine.locator("summary"))
    press(page, mine.get_by_role("link", name="Follow answers"))
    press(page, page.get_by_label("At once"), " ")
    press(page, page.get_by_role("button", name="Follow", exact=True))
    expect(page.get_by_role("status").get_by_text("You get letters at once")).to_be_visible()

    # and withdraw
    press(page, page.get_by_role("link", name="Back to the comment"))
    press(page, mine.locator("summary"))
    press(page, mine.get_by_role("link", name="Withdraw"))
    press(page, page.get_by_role("button", name="Withdraw it"))
    page.wait_for_url("**" + paper.article(LONG) + "*")
    expect(page.get_by_text(better)).to_have_count(0)
