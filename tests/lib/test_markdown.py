"""Readers' Markdown: what is drawn, what is not, and that nothing gets through."""

import time
from html.parser import HTMLParser

import pytest

from civic.lib.markdown import render


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("*so* **much**", "<p><em>so</em> <strong>much</strong></p>"),
        ("> quoted", "<blockquote>\n<p>quoted</p>\n</blockquote>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("line\nbreak", "<p>line<br>\nbreak</p>"),
        ("# not a heading", "<p># not a heading</p>"),
        ("![pic](https://x.example/a.png)", None),
        ("", ""),
    ],
)
def test_what_is_drawn(typed, drawn):
    html = render(typed)

    assert drawn is None or html == drawn
    assert "<img" not in html


def test_links_are_marked_as_readers_own():
    html = render("see https://larkford.example/a and [here](https://b.example)")

    assert html.count('rel="nofollow ugc noopener"') == 2


@pytest.mark.parametrize(
    "typed",
    [
        "<script>x</script>",
        "<a href='javascript:x'>y</a>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,AAAA)",
        "[x](vbscript:x)",
        "<svg onload=x>",
        "<iframe src=x>",
        '[x](https://a.example "onmouseover=x")',
        "`<script>`",
        "&#60;script&#62;",
    ],
)
def test_nothing_that_runs_gets_through(typed):
    parsed = Tags()
    parsed.feed(render(typed))

    assert {name for name, _ in parsed.seen} <= {"p", "code", "a"}
    for _, attributes in parsed.seen:
        assert set(attributes) <= {"href", "rel"}
        assert attributes.get("href", "https:").split(":")[0] == "https"


class Tags(HTMLParser):
    """The tags and attributes that a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict]] = []

    def handle_starttag(self, tag, attrs) -> None:
        self.seen.append((tag, dict(attrs)))


@pytest.mark.parametrize("hostile", [">" * 5000, "*" * 10_000, "[" * 10_000, "- " * 5000, "`" * 10_000, "a@" * 8000])
def test_hostile_text_costs_less_than_a_second(hostile):
    start = time.process_time()
    render(hostile)

    assert time.process_time() - start < 1
