"""Words marked in a text that is shown to moderators."""

import pytest

from civic.lib.markdown import marked, render

CASES = {
    "plain": ("as thick as he", [("thick", 0, "1", False)], "<p>as <mark>thick<sup>1</sup></mark> as he</p>"),
    "weak": ("as thick", [("thick", 0, "1", True)], "<p>as <mark data-weak>thick<sup>1</sup></mark></p>"),
    "second": ("no and no", [("no", 1, "2", False)], "<p>no and <mark>no<sup>2</sup></mark></p>"),
    "escaped": ("a < b & c", [("< b &", 0, "1", False)], "<p>a <mark>&lt; b &amp;<sup>1</sup></mark> c</p>"),
    "across": (
        "x **bold** y",
        [("x bold", 0, "1", False)],
        "<p><mark>x </mark><strong><mark>bold<sup>1</sup></mark></strong> y</p>",
    ),
    "absent": ("a b", [("zebra", 0, "1", False), ("", 0, "2", False)], "<p>a b</p>"),
    "overlap": (
        "one two three",
        [("one two", 0, "1", False), ("two three", 0, "2", False)],
        "<p><mark>one two<sup>1</sup></mark> three</p>",
    ),
    "several": (
        "one two",
        [("two", 0, "2", False), ("one", 0, "1", False)],
        "<p><mark>one<sup>1</sup></mark> <mark>two<sup>2</sup></mark></p>",
    ),
}


@pytest.mark.parametrize(("source", "places", "expected"), CASES.values(), ids=CASES)
def test_words_are_marked_where_they_stand(source, places, expected):
    assert marked(render(source), places) == expected


def test_a_link_keeps_its_target_and_its_text_is_marked():
    html = marked(render("See https://a.example/x now"), [("https://a.example/x", 0, "1", False)])

    assert 'href="https://a.example/x"' in html
    assert "<mark>https://a.example/x<sup>1</sup></mark></a>" in html


def test_marking_brings_nothing_to_life_that_was_typed():
    source = "<script>alert(1)</script> & <img src=x onerror=alert(1)>"

    html = marked(render(source), [("<script>alert(1)</script>", 0, "<b>", False)])

    assert "<script" not in html
    assert "<img" not in html
    assert "<sup>&lt;b&gt;</sup>" in html
