"""Blocks as readers get them."""

import pytest

from articles.blocks import TableBlock, read_grid
from tests.articles.factories import make_article, make_picture

pytestmark = pytest.mark.django_db


def body_of(*blocks) -> str:
    return make_article(body=list(blocks)).body_html


def test_what_an_editor_pastes_is_cleaned():
    html = body_of(
        ("paragraph", '<p onclick="x()">Hi <script>alert(1)</script><a href="javascript:x()">there</a></p>'),
        ("list", '<ul><li style="color:red">One<iframe src="https://x.example"></iframe></li></ul>'),
        ("heading", "<script>alert(2)</script>"),
    )

    assert html == (
        '<p class="opening">Hi <a>there</a></p>\n<ul><li>One</li></ul>\n<h2>&lt;script&gt;alert(2)&lt;/script&gt;</h2>'
    )


def test_quotations_say_whose_words_they_are():
    html = body_of(("quote", {"text": "One.\n\nTwo.", "by": "Ada"}), ("pullquote", {"text": "Three.", "by": ""}))

    assert html == (
        "<blockquote><p>One.</p><p>Two.</p><footer>Ada</footer></blockquote>\n"
        '<aside class="pullquote"><p>Three.</p></aside>'
    )


def test_a_body_that_begins_with_a_heading_has_no_opening():
    assert "opening" not in body_of(("heading", "First"), ("paragraph", "<p>Then.</p>"))


def test_two_tables_have_names_of_their_own():
    table = {"caption": "Towns", "cells": "Town|Readers\nLarkford|18", "marked_row": 1, "note": ""}

    html = body_of(("table", table), ("paragraph", "<p>And</p>"), ("table", table))

    assert html.count('id="table-1"') == html.count('aria-labelledby="table-1"') == 1
    assert html.count('id="table-3"') == html.count('aria-labelledby="table-3"') == 1
    assert html.count('<tr data-here><th scope="row">Larkford</th><td class="num">18</td></tr>') == 2
    assert html.count('role="region"') == html.count('tabindex="0"') == 2


@pytest.mark.parametrize("divider", ["\t", " | "])
def test_a_table_is_read_from_what_was_pasted(divider):
    text = "\n".join(divider.join(row) for row in [["Town", "Cost", "Kept"], ["A", "$1,900", "2 years"], ["B", "–"]])

    grid = read_grid(text)

    assert grid.head == ["Town", "Cost", "Kept"]
    assert grid.rows == [["A", "$1,900", "2 years"], ["B", "–", ""]]
    assert grid.numeric == {1}


@pytest.mark.parametrize("cells", ["", "only a head|x", "one\ncolumn"])
def test_a_table_needs_a_head_rows_and_columns(cells):
    from wagtail.blocks.struct_block import StructBlockValidationError

    block = TableBlock()
    with pytest.raises(StructBlockValidationError):
        block.clean(block.to_python({"caption": "T", "cells": cells, "marked_row": None, "note": ""}))


def test_a_picture_stands_with_its_words_and_credit():
    picture = make_picture(alt="A <red> field", caption="Red.", credit="Joost", licence="CC BY 4.0")

    html = body_of(("picture", {"picture": picture, "caption": ""}))

    assert 'alt="A &lt;red&gt; field"' in html
    assert 'width="60" height="40" loading="lazy"' in html
    assert '<figcaption>Red. <span class="figure__credit">Joost, CC BY 4.0</span></figcaption>' in html
