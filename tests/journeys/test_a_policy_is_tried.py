"""Somebody tries a policy on what was written, saves it, and goes back; the real worker does the trial.

What is saved changes nothing that another journey writes: they share a site.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.test_pages_are_sound import faults

pytestmark = pytest.mark.browser


def test_a_policy_is_tried_saved_and_taken_back(paper, new_browser, sign_in, javascript):
    page = new_browser(javascript=javascript)
    sign_in(page, "admin@example.org")
    page.goto("/moderation/")
    page.get_by_role("link", name="Numbers").click()
    page.get_by_role("link", name="How far the model can be relied upon").click()
    page.get_by_role("link", name="Policies").first.click()
    page.locator("main a").first.click()
    name = f"Roofs, {'with' if javascript else 'without'} a script"

    page.get_by_label("Words to look at").fill("zanzibar\naquaplaning")
    page.get_by_label("Capitals", exact=False).first.fill("0.9")
    page.get_by_role("button", name="Try it on the last 30 days").click()
    page.wait_for_url(re.compile("/trials/"))
    expect(page.get_by_role("button", name="Save as a version")).to_be_visible(timeout=60_000)
    found = list(faults(page, axe=javascript))
    page.get_by_label("A name for this version").fill(name)
    page.get_by_role("button", name="Save as a version").click()

    expect(page.get_by_role("status")).to_contain_text("Saved")
    expect(page.locator("#versions + ol > li").first).to_contain_text(name)
    found += faults(page, axe=javascript)

    page.get_by_role("button", name="Go back to version").first.click()
    expect(page.get_by_role("status")).to_contain_text("Again: ")
    assert found == []
