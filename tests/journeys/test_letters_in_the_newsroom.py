"""The newsroom's pages about letters: sound for everybody who works there, on a wide screen and on a phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.axe import findings

pytestmark = pytest.mark.browser

DESK = "/newsroom/snippets/newsletter/"
PAGES = [
    "/newsroom/",
    "/newsroom/letters/1/",
    "/newsroom/sending/",
    "/newsroom/sending/1/",
    "/newsroom/sending/1/readers/",
    "/newsroom/deliverability/",
    f"{DESK}issue/",
    f"{DESK}issue/add/",
    f"{DESK}newsletter/",
    f"{DESK}newsletter/add/",
]


@pytest.mark.parametrize("dark", [False, True], ids=["wide and light", "phone and dark"])
def test_pages_about_letters_are_sound(new_browser, sign_in, dark):
    editor = new_browser(dark=dark, width=360 if dark else 1280)
    sign_in(editor, "newsletter@example.org")

    assert [(address, fault) for address in PAGES for fault in faults(editor, address)] == []


def test_an_editor_begins_a_letter_on_the_first_page_and_finds_it_there(new_browser, sign_in):
    editor = new_browser()
    sign_in(editor, "newsletter@example.org")
    editor.goto("/newsroom/")
    editor.get_by_role("link", name="Put a letter together").click()
    expect(editor.get_by_text("Seen version")).to_be_hidden()
    editor.get_by_role("textbox", name="Subject", exact=True).fill("A long night at the Corn Hall")
    editor.get_by_role("button", name="Save").last.click()
    expect(editor.get_by_text("There is nothing in the letter yet.")).to_be_visible()

    editor.goto("/newsroom/")

    line = editor.get_by_role("row").filter(has_text="A long night at the Corn Hall")
    expect(line).to_contain_text("Somebody else must approve it")


def faults(page: Page, address: str) -> list[str]:
    answer = page.goto(address)
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [f"status {answer.status}"] * (answer.status != 200) + ["scrolls sideways"] * wide + findings(page)
