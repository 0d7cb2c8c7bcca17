"""Readers' Markdown to clean HTML. What a reader typed reaches a page through here and nowhere else."""

import re

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

# Stored beside each rendering; raise it when the rules below change, then run `manage.py rerender`.
RENDER_VERSION = 1

# CommonMark without headings, pictures and raw HTML: a comment is a letter, not a page of its own.
# `nested` bounds work on hostile input such as ten thousand ">" in a row.
_OFF = ["heading", "lheading", "hr", "image", "html_block", "html_inline", "reference"]
_markdown = (
    MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True, "maxNesting": 20})
    .enable(["linkify", "strikethrough"])
    .disable(_OFF)
)

# Finding bare links costs the square of the places that could be one. A text with more of them than this is no letter;
# it is drawn without links.
MOST_LINKLIKE_PLACES = 600
_LINKLIKE = re.compile(r"://|\w\.\w|\w@")

_without_links = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 20})
_without_links.enable("strikethrough").disable(_OFF)

_cleaner = nh3.Cleaner(
    tags={"p", "br", "em", "strong", "s", "blockquote", "ul", "ol", "li", "code", "pre", "a"},
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow ugc noopener",
)


def render(source: str) -> SafeString:
    """Clean HTML of a reader's text. Never raises; raw HTML in it is shown as it was typed, links are `ugc`."""
    parser = _markdown if len(_LINKLIKE.findall(source)) <= MOST_LINKLIKE_PLACES else _without_links
    return mark_safe(_cleaner.clean(parser.render(source.replace("\0", ""))).strip())  # noqa: S308
