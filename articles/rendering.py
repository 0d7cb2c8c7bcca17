"""An article's blocks as the HTML that readers get. Done once, at publication."""

import re

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from wagtail.rich_text import expand_db_html

from articles.blocks import read_grid
from articles.pictures import draw
from civic.lib import html

# Raise it when the markup below or its templates change, then run `manage.py rerender`.
RENDER_VERSION = 1


def render_body(body) -> SafeString:
    """The blocks of a StreamField in reading order, as clean HTML. Links to nothing and empty paragraphs are left out.

    Pictures need no query each: Wagtail fetches those of one kind of block together.
    """
    parts = [_DRAW[block.block_type](block.value, place).strip() for place, block in enumerate(body, start=1)]
    return html.stored(_mark_opening("\n".join(part for part in parts if part)))


def _rich(value, place: int) -> str:
    markup = html.clean_blocks(expand_db_html(value.source))
    return re.sub(r"<p>\s*(?:<br>)?\s*</p>", "", markup)


def _heading(value: str, place: int) -> str:
    return render_to_string("articles/blocks/heading.html", {"text": value})


def _quote(value, place: int) -> str:
    return render_to_string("articles/blocks/quote.html", {"text": _paragraphs(value["text"]), "by": value["by"]})


def _pullquote(value, place: int) -> str:
    return render_to_string("articles/blocks/pullquote.html", {"text": value["text"], "by": value["by"]})


def _picture(value, place: int) -> str:
    picture = value["picture"]
    if picture is None:  # it was deleted since
        return ""
    context = {"picture": picture, "drawing": draw(picture, "text"), "caption": value["caption"] or picture.caption}
    return render_to_string("articles/blocks/picture.html", context)


def _table(value, place: int) -> str:
    grid = read_grid(value["cells"])
    rows = [
        {
            "is_marked": number == value["marked_row"],
            "name": name,
            "cells": [{"text": cell, "is_number": n in grid.numeric} for n, cell in enumerate(cells, start=1)],
        }
        for number, (name, *cells) in enumerate(grid.rows, start=1)
    ]
    head = [{"text": cell, "is_number": n in grid.numeric} for n, cell in enumerate(grid.head)]
    context = {"number": place, "caption": value["caption"], "head": head, "rows": rows, "note": value["note"]}
    return render_to_string("articles/blocks/table.html", context)


_DRAW = {
    "paragraph": _rich,
    "heading": _heading,
    "list": _rich,
    "quote": _quote,
    "pullquote": _pullquote,
    "picture": _picture,
    "table": _table,
}


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


def _mark_opening(markup: str) -> str:
    """The first line of an article is set bold, where it begins with a paragraph."""
    return f'<p class="opening">{markup[3:]}' if markup.startswith("<p>") else markup
