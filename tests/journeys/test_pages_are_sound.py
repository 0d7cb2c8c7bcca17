"""Every page: readable by everybody, valid, asking nobody else for anything; without a cookie where nobody is known.

Pages that everybody can open by a lasting address stand in `PAGES`. Those that need a comment, or a reader of some
kind, are walked through by that reader in one browser, once in each theme.
"""

from collections.abc import Iterator
from uuid import uuid4

import html5lib
import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests.journeys.axe import findings

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
    "decisions in numbers": "/transparency/",
    "log of decisions": "/transparency/log/",
    "newsletters": "/newsletter/",
    "newsletter": "/newsletter/morning-lamp/",
    "privacy": "/pages/privacy/",
    "sign in": "/accounts/login/",
    "sign up": "/accounts/signup/",
    "not found": "/2019/05/tramway/",
}


def address(paper, name: str) -> str:
    return PAGES[name] if PAGES[name].startswith("/") else paper.article(PAGES[name])


THEMES = pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])


@pytest.fixture(scope="module")
def wide(lasting_browser) -> Page:
    """A wide screen in light colours, of somebody unknown who looks at one page after another."""
    return lasting_browser()


@pytest.fixture(scope="module")
def phone(lasting_browser) -> Page:
    """A phone in dark colours, likewise."""
    return lasting_browser(dark=True, width=360)


@pytest.fixture
def complaints(wide) -> Iterator[list[str]]:
    """Errors in the console of the wide screen."""
    said: list[str] = []

    def listen(line) -> None:
        if line.type == "error":
            said.append(line.text)

    wide.on("console", listen)
    yield said
    wide.remove_listener("console", listen)


@THEMES
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(paper, wide, phone, name, dark):
    page = phone if dark else wide
    page.goto(address(paper, name))

    assert findings(page) == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_scrolls_sideways_nothing_is_blocked_and_no_cookie_is_set(paper, wide, complaints, name):
    for width in (360, 768, 1280):
        wide.set_viewport_size({"width": width, "height": 900})
        answer = wide.goto(address(paper, name))
        assert wide.evaluate("document.documentElement.scrollWidth") <= width
    policy = answer.headers["content-security-policy"]

    # A browser reports a 404 as an error of the page; anything else is ours to mend.
    assert [text for text in complaints if "404" not in text] == []
    assert wide.context.cookies() == []
    assert "unsafe" not in policy
    assert "http:" not in policy
    assert "style=" not in wide.content().split("<main")[1].replace("data-style=", "")


@pytest.mark.parametrize("name", PAGES)
def test_the_html_is_valid(paper, wide, name):
    markup = wide.request.get(paper.url + address(paper, name)).body()
    parser = html5lib.HTMLParser(strict=False)
    tree = parser.parse(markup)

    assert [(place, code) for place, code, _ in parser.errors] == []
    ids = [node.get("id") for node in tree.iter() if node.get("id")]
    assert len(ids) == len(set(ids)), "an id stands twice"


TALK = "mill-street-homes-above-shops"


@pytest.fixture
def talk(paper) -> dict[str, int]:
    """Numbers in a long discussion: its own, and comments of each kind."""
    query = """
        SELECT c.thread_id AS thread,
            min(c.id) FILTER (WHERE c.state = 'public' AND c.depth = 0) AS beginning,
            min(c.id) FILTER (WHERE c.state = 'public' AND c.depth > 3) AS deep,
            min(c.id) FILTER (WHERE c.state = 'removed' AND ta.answers > 0) AS placeholder,
            (SELECT min(g.id) FROM comments_comment g JOIN comments_tally gt ON gt.comment_id = g.id
                WHERE g.state = 'removed' AND gt.answers = 0) AS gone
        FROM comments_comment c JOIN comments_thread t ON t.id = c.thread_id
        LEFT JOIN comments_tally ta ON ta.comment_id = c.id WHERE t.address = %s GROUP BY c.thread_id
    """
    with psycopg.connect(paper.surroundings["DATABASE_URL"], row_factory=psycopg.rows.dict_row) as database:
        return database.execute(query, [paper.article(TALK)]).fetchone()


def faults(page: Page, address: str = "", *, axe: bool = True) -> Iterator[str]:
    """What is wrong with a page, on a phone and on a wide screen; without an address, with the one that is open."""
    if address and (answer := page.goto(address)).status not in (200, 410):
        yield f"it answers {answer.status}"
    wide = page.viewport_size
    for width in (wide["width"], 1640 - wide["width"]):
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            yield f"it scrolls sideways at {width}"
    page.set_viewport_size(wide)
    if axe:
        yield from findings(page)
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(page.request.get(page.url).body())
    yield from (f"not valid: {code} at {place}" for place, code, _ in parser.errors)
    yield from (f"two elements are called {name}" for name in twins(page))
    yield from (f"a link to #{name} leads nowhere" for name in missing(page))


def twins(page: Page) -> list[str]:
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    return sorted({name for name in ids if ids.count(name) > 1})


def missing(page: Page) -> list[str]:
    """Places of this page that one of its links names, and that are not there."""
    return page.evaluate(
        "[...document.links].filter((a) => a.hash && a.href.split('#')[0] === location.href.split('#')[0])"
        ".map((a) => a.hash.slice(1)).filter((name) => !document.getElementById(name))"
    )


def walk(page: Page, addresses: list[str]) -> list[str]:
    """Faults of pages, and errors in the console, each with its address."""
    found: list[str] = []
    page.on("console", lambda said: said.type == "error" and found.append(f"{page.url}: {said.text}"))
    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    for address in addresses:
        found += [f"{address}: {fault}" for fault in faults(page, address)]
    return [fault for fault in found if "status of 410" not in fault]


@THEMES
def test_a_discussion_is_sound_for_somebody_unknown(paper, new_browser, talk, dark):
    page = new_browser(dark=dark, width=360 if dark else 1280)
    thread, deep = f"/discuss/{talk['thread']}/", f"/discuss/c/{talk['deep']}/"
    page.goto(f"{thread}?sort=oldest")
    further = page.locator(".pager .more").get_attribute("href")
    addresses = [
        further,
        f"{thread}follow/",
        f"{deep}#c-{talk['deep']}",
        f"{deep}reply/",
        f"{deep}follow/",
        f"{deep}report/",
        f"/discuss/c/{talk['placeholder']}/",
        f"/discuss/c/{talk['gone']}/",
        *("/discuss/mine/", "/discuss/device/", "/discuss/leave/", "/discuss/left/", "/discuss/mine/follows/"),
    ]

    orders = [f"{thread}?sort={sort}" for sort in ("best", "newest", "oldest", "discussed")]
    assert [fault for order in orders for fault in faults(page, order, axe=False)] == []
    assert walk(page, addresses) == []
    assert page.context.cookies() == []


@THEMES
def test_a_form_with_mistakes_and_a_preview_are_sound(paper, new_browser, talk, dark):
    page = new_browser(dark=dark, width=360 if dark else 1280)
    page.goto(f"/discuss/c/{talk['deep']}/reply/")
    page.get_by_label("E-mail", exact=True).fill("ana.example.org")
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_role("alert")).to_contain_text("Not posted yet")
    mistakes = findings(page)
    page.get_by_label("Your comment", exact=True).fill("I was *there*.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Preview")).to_be_visible()

    assert mistakes + findings(page) == []


@THEMES
def test_a_guests_own_pages_are_sound(paper, new_browser, dark):
    page = new_browser(dark=dark, width=360 if dark else 1280)
    email, said = f"{uuid4().hex[:8]}@example.org", f"A word of a guest, {uuid4().hex[:8]}."
    page.goto(paper.article("footbridge-reopens-on-saturday"))
    form = page.locator("#comment")
    form.get_by_label("Your comment", exact=True).fill(said)
    form.get_by_label("Name", exact=True).fill("Gwen Guest")
    form.get_by_label("E-mail", exact=True).fill(email)
    form.get_by_label("I have read the house rules").check()
    form.get_by_role("button", name="Post comment").click()
    expect(page.get_by_text("Check your mail")).to_be_visible()
    unconfirmed = list(faults(page))
    page.goto(paper.mailbox.link(paper.mailbox.wait_for(email), "/confirm/"))
    confirm = list(faults(page))
    page.get_by_role("button", name="Yes, it was me").click()
    expect(page.get_by_text("Waiting for a moderator").first).to_be_visible()
    own = page.url.split("#")[0]

    assert unconfirmed + confirm == []
    addresses = [
        *(own, f"{own}edit/", f"{own}withdraw/", f"{own}follow/"),
        *("/discuss/mine/", "/discuss/mine/follows/", "/discuss/device/", "/discuss/leave/"),
    ]
    assert walk(page, addresses) == []


@THEMES
def test_a_members_own_pages_are_sound(paper, new_browser, sign_in, talk, dark):
    page = new_browser(dark=dark, width=360 if dark else 1280)
    sign_in(page, "hanna.vesterby@example.org" if dark else "callum.pryce-novak@example.org")
    page.goto(paper.article("footbridge-reopens-on-saturday"))
    page.locator("#comment").get_by_label("Your comment", exact=True).fill(f"A word of a member, {uuid4().hex[:8]}.")
    page.locator("#comment").get_by_role("button", name="Post comment").click()
    page.wait_for_url("**/discuss/c/**")
    own, other = page.url.split("#")[0], f"/discuss/c/{talk['beginning']}/"
    for address, button in ((f"{other}follow/", "Follow"), (f"{other}mute/", "Mute")):
        page.goto(address)
        page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
        page.wait_for_load_state()
    addresses = [
        *(other, f"{other}reply/", f"{other}follow/", f"{other}mute/", f"{other}report/"),
        *(own, f"{own}edit/", f"{own}withdraw/", f"{own}follow/", "/discuss/mine/", "/discuss/device/"),
        *("/me/", "/me/follows/", "/me/muted/", "/me/reports/", "/me/leave/", "/me/left/"),
        "/accounts/email/",
    ]

    assert walk(page, addresses) == []


@THEMES
def test_the_desk_is_sound(paper, new_browser, sign_in, talk, dark):
    page = new_browser(dark=dark, width=360 if dark else 1280)
    sign_in(page, "moderator@example.org")
    mark = f"/moderation/comments/{talk['beginning']}"
    page.goto("/moderation/")
    waiting = page.locator(".held a").first.get_attribute("href")
    addresses = [
        *(
            "/moderation/",
            waiting,
            f"{waiting}evidence/",
            "/moderation/appeals/",
            "/moderation/evidence/",
            "/moderation/discussions/",
            f"/moderation/discussions/{talk['thread']}/",
        ),
        *(f"{mark}/pin/", f"{mark}/pick/"),
    ]

    assert walk(page, addresses) == []


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


def test_printed_comments_carry_their_date_and_no_buttons(paper, new_browser):
    page = new_browser()
    page.goto(paper.article("police-would-keep-plate-reader-records-for-30-days"))
    when = page.locator(".comment__when time", has_text="ago").first
    fresh = when.inner_text()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    assert page.locator(".comment__when time", has_text="ago").count() == 0
    assert page.locator("#discussion button:visible, #discussion form:visible").count() == 0

    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".comment__when time", has_text="ago").first.inner_text() == fresh
