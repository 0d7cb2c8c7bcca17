"""Plain words of some HTML, and data for programs inside a page."""

import json

import pytest

from civic.lib.html import data_block, plain_text


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("", ""),
        ("<p>One</p>\n<p>Two</p>", "One\n\nTwo"),
        ("<p>One<br>\ntwo</p>", "One\ntwo"),
        ("<p>a  b\tc</p>\n\n\n  <p> d </p>", "a b c\n\nd"),
        ("<blockquote>\n<p>said</p>\n</blockquote>\n<ul>\n<li>x</li>\n<li>y</li>\n</ul>", "said\n\nx\n\ny"),
        ("<p>1 &lt; 2 &amp; <em>so</em> on</p>", "1 < 2 & so on"),
    ],
)
def test_words_are_divided_as_blocks_were(markup, words):
    assert plain_text(markup) == words


def test_nothing_ends_a_data_block_but_its_end():
    data = {"text": "</script><!-- & <b>“ü”</b>"}

    block = data_block(data)

    assert block.count("<") == 2
    assert json.loads(block.partition(">")[2].removesuffix("</script>")) == data
