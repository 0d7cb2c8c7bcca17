"""Somebody tries a policy on what was written, and saves it; the real worker does the trial.

What is saved changes nothing that another journey writes: they share a site.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.test_pages_are_sound import faults

pytestmark = pytest.mark.browser


def test_a_policy_is_tried_and_saved(paper, new_browser, sign_in, javascript):
    page = new_browser(javascript=javascript)
    sign_in(page, "admin@example.org")
    page.goto("/moderation/discussions/")
    page.get_by_role("link", name="Policies of spaces").click()
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
    assert found + list(faults(page, axe=javascript)) == []
