"""Comments that come while somebody reads: counted, announced, and put in place when asked for."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_fresh_everywhere import in_another_process

pytestmark = pytest.mark.browser

SAY = """
from accounts.models import User
from comments.visibility import enter, locked
from comments.models.comments import State
thread = Thread.objects.get(address="{address}")
first = thread.comments.public().filter(parent=None).order_by("pk").first()
member = User.objects.get(email="maren.achterberg@example.org")
for parent, body in ((first, "A new answer."), (None, "A new beginning.")):
    comment = Comment.write(thread=thread, parent=parent, body=body, member=member)
    with locked(thread.pk):
        enter(comment, State.PUBLIC)
"""


def test_what_comes_is_said_and_waits_until_it_is_asked_for(paper, new_browser):
    address = paper.article("mill-street-homes-above-shops")
    reader = new_browser()
    reader.goto(address)
    form = reader.locator("#comment")
    form.get_by_label("Your comment").fill("Half a sentence")
    reader.locator("article.comment").nth(4).scroll_into_view_if_needed()
    place = reader.locator("article.comment").nth(4).bounding_box()

    in_another_process(paper, SAY.format(address=address))

    news = reader.get_by_role("status").get_by_role("button", name="2 new comments")
    expect(news).to_be_visible(timeout=40_000)
    assert reader.locator("article.comment").nth(4).bounding_box() == place
    expect(reader.get_by_text("A new beginning.")).to_have_count(0)

    news.press("Enter")

    expect(reader.get_by_text("A new beginning.")).to_be_visible()
    expect(reader.get_by_text("A new answer.")).to_be_visible()
    expect(news).to_have_count(0)
    first = reader.locator("article[data-new]").first
    expect(first).to_be_focused()
    expect(form.get_by_label("Your comment")).to_have_value("Half a sentence")


def test_nothing_is_asked_while_nobody_looks(paper, new_browser):
    reader = new_browser()
    asked = []
    reader.on("request", lambda request: "/live/" in request.url and asked.append(request.url))
    reader.add_init_script("Object.defineProperty(document, 'visibilityState', { get: () => window.seen ?? 'hidden' })")
    reader.goto(paper.article("mill-street-homes-above-shops"))
    reader.wait_for_timeout(8_000)
    assert asked == []

    reader.evaluate("window.seen = 'visible'; document.dispatchEvent(new Event('visibilitychange'))")

    with reader.expect_request("**/live/", timeout=10_000):
        pass
