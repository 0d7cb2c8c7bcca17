"""Readers' Markdown to clean HTML. What a reader typed reaches a page through here and nowhere else."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

# Stored beside each rendering; raise it when the rules below change, then run `manage.py rerender`.
RENDER_VERSION = 1

# CommonMark without headings, pictures and raw HTML: a comment is a letter, not a page of its own.
# `nested` bounds work on hostile input such as ten thousand ">" in a row.
_markdown = (
    MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True, "maxNesting": 20})
    .enable(["linkify", "strikethrough"])
    .disable(["heading", "lheading", "hr", "image", "html_block", "html_inline", "reference"])
)

_cleaner = nh3.Cleaner(
    tags={"p", "br", "em", "strong", "s", "blockquote", "ul", "ol", "li", "code", "pre", "a"},
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="nofollow ugc noopener",
)


def render(source: str) -> SafeString:
    """Clean HTML of a reader's text. Never raises; raw HTML in it is shown as it was typed, links are `ugc`."""
    return mark_safe(_cleaner.clean(_markdown.render(source.replace("\0", ""))).strip())  # noqa: S308
