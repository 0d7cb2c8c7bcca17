"""A stranger says that a comment is illegal, a member that it breaks a rule; both hear what came of it."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_from_a_report_to_the_letter_about_its_answer(paper, new_browser, sign_in, javascript):
    name = "judith.amberley@example.org" if javascript else "imke.solano@example.org"
    email = f"{uuid4().hex[:8]}@example.org"
    why = f"It is libel, {uuid4().hex[:8]}."
    article = paper.article("library-wants-its-sundays-back")

    # somebody without an account finds the way below a comment, and is asked what the law asks
    stranger = new_browser(javascript=javascript, width=360)
    stranger.goto(article)
    comment = stranger.locator(".comment").nth(2 if javascript else 3)
    number = re.search(r"\d+", comment.get_attribute("id")).group()
    comment.locator("summary", has_text="More").click()
    comment.get_by_role("link", name="Report").click()
    stranger.get_by_role("button", name="Report illegal content").click()
    expect(stranger.get_by_text("Not sent yet: five things to mend")).to_be_visible()
    stranger.get_by_label("A threat to somebody’s life or safety").check()
    stranger.get_by_label("In your words").fill(why)
    stranger.get_by_label("Your name").fill("Nora Nobody")
    stranger.get_by_label("Your e-mail").fill(email)
    stranger.get_by_label("As far as I know").check()
    stranger.get_by_role("button", name="Report illegal content").click()
    expect(stranger.get_by_text("We have it")).to_be_visible()
    receipt = paper.mailbox.wait_for(email, "We have your notice")
    assert why not in paper.mailbox.text(receipt)

    # a member names a rule; what only the law asks is asked of nobody else
    member = new_browser(javascript=javascript)
    sign_in(member, name)
    member.goto(f"/discuss/c/{number}/report/")
    expect(member.get_by_label("As far as I know")).to_be_hidden()
    member.get_by_label("Illegal content").check()
    expect(member.get_by_label("As far as I know")).to_be_visible()
    member.get_by_label("4. ").check()
    member.get_by_role("button", name="Report").click()
    expect(member.get_by_text("We have it")).to_be_visible()

    # moderators are called, and find both before everything else, unnamed
    paper.mailbox.wait_for("emeka.dressler@example.org", "At once, please")
    moderator = new_browser(javascript=javascript)
    sign_in(moderator, "emeka.dressler@example.org")
    moderator.goto("/moderation/")
    expect(moderator.locator(".held > li").first.locator(f'a[href="/moderation/{number}/"]')).to_have_count(1)
    reports = moderator.get_by_role("region", name="Reports")
    expect(reports.get_by_text(why)).to_be_visible()
    expect(reports.get_by_text("A member", exact=False)).to_be_visible()
    expect(moderator.get_by_text("Nora Nobody")).to_have_count(0)
    moderator.get_by_role("button", name="Keep as it is").click()
    expect(moderator.get_by_role("status").get_by_text("Kept as it is")).to_be_visible()

    # both are told, and the comment stands
    for address in (email, name):
        paper.mailbox.wait_for(address, "A moderator has read what you reported")
    member.goto("/me/reports/")
    expect(member.get_by_text("A moderator let the comment stand").first).to_be_visible()
    stranger.goto(article)
    expect(stranger.locator(f"#c-{number}")).to_be_visible()
