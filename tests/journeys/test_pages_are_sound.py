"""Every public page and the desk: readable by everybody, valid, without a cookie, asking nobody else for anything."""

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

PAGES = {
    "front": "/",
    "section": "/schools/",
    "article": "police-would-keep-plate-reader-records-for-30-days",
    "empty discussion": "theatre-plays-at-lunch",
    "closed discussion": "missing-man-found-on-the-bus",
    "author": "/authors/",
    "archive": "/archive/",
    "search": "/search/?q=library",
    "corrections": "/corrections/",
    "newsletters": "/newsletter/",
    "newsletter": "/newsletter/morning-lamp/",
    "privacy": "/pages/privacy/",
    "sign in": "/accounts/login/",
    "sign up": "/accounts/signup/",
    "not found": "/2019/05/tramway/",
}
# axe's rules for WCAG 2.2 AA, and its own good habits.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def address(paper, name: str) -> str:
    return PAGES[name] if PAGES[name].startswith("/") else paper.article(PAGES[name])


def findings(page) -> list[str]:
    """What axe has to say, one line each."""
    violations = Axe().run(page, options=RULES).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in violations]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(paper, new_browser, name, dark):
    page = new_browser(dark=dark, width=360 if dark else 1280)
    page.goto(address(paper, name))

    assert findings(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways_nothing_is_blocked_and_no_cookie_is_set(paper, new_browser, name):
    page = new_browser()
    complaints: list[str] = []
    page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
    for width in (360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        answer = page.goto(address(paper, name))
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    policy = answer.headers["content-security-policy"]

    # A browser reports a 404 as an error of the page; anything else is ours to mend.
    assert [text for text in complaints if "404" not in text] == []
    assert page.context.cookies() == []
    assert "unsafe" not in policy
    assert "http:" not in policy
    assert "style=" not in page.content().split("<main")[1].replace("data-style=", "")


@pytest.mark.parametrize("name", PAGES)
def test_the_html_is_valid(paper, new_browser, name):
    markup = new_browser().request.get(paper.url + address(paper, name)).body()
    parser = html5lib.HTMLParser(strict=False)
    tree = parser.parse(markup)

    assert [(place, code) for place, code, _ in parser.errors] == []
    ids = [node.get("id") for node in tree.iter() if node.get("id")]
    assert len(ids) == len(set(ids)), "an id stands twice"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_at_the_desk(paper, new_browser, sign_in, dark):
    page = new_browser(dark=dark)
    sign_in(page, "moderator@example.org")
    page.goto("/moderation/discussions/")
    discussion = page.locator(".talks a").first.get_attribute("href")
    for desk in ("/moderation/", "/moderation/discussions/", discussion):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(desk)
        assert findings(page) == []
        page.set_viewport_size({"width": 360, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_desk_is_decided_by_keyboard_alone(paper, new_browser, sign_in):
    page = new_browser()
    sign_in(page, "moderator@example.org")
    page.goto("/moderation/")
    waiting = int(page.locator(".queues [aria-current] .count").inner_text())
    page.locator("#note").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    page.wait_for_url("**?done=*")
    assert int(page.locator(".queues [aria-current] .count").inner_text()) == waiting - 1
