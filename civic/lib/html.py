"""Editors' HTML to clean HTML: what the newsroom's rich text may hold, and plain text made of it."""

import html
import json
import re

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# Stored beside each rendering; raise it when the rules change, then run `manage.py rerender`.
RENDER_VERSION = 1

_LINK = {"href", "hreflang", "id"}
_blocks = nh3.Cleaner(
    tags={
        *("p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote", "hr", "dl", "dt", "dd"),
        *("table", "caption", "thead", "tbody", "tr", "th", "td"),
        *("a", "em", "strong", "b", "i", "s", "sub", "sup", "code", "br", "abbr"),
    },
    attributes={
        "*": set(),
        "a": _LINK,
        "abbr": {"title"},
        "th": {"scope", "colspan", "rowspan"},
        "td": {"colspan", "rowspan"},
    },
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)


def clean_blocks(source: str) -> SafeString:
    """Running text of an editor: paragraphs, headings, lists, tables."""
    return mark_safe(_blocks.clean(source))  # noqa: S308


def stored(markup: str) -> SafeString:
    """Markup that came out of our own templates and cleaners, on its way into a `CleanHTMLField`."""
    return mark_safe(markup)  # noqa: S308


_words = nh3.Cleaner(tags=set())
_BLOCK_ENDS = re.compile(r"</(?:p|h\d|li|blockquote|figcaption|tr|caption)>")


def plain_text(markup: str) -> str:
    """The words of some HTML, for search, excerpts and letters; blocks are divided by blank lines."""
    words = html.unescape(_words.clean(_BLOCK_ENDS.sub("\n\n", markup)))
    lines = [line.strip() for line in words.split("\n")]
    text = "\n".join(line for line, before in zip(lines, ["", *lines], strict=False) if line or before).strip()
    return re.sub(r"[ \t]+", " ", text) if "  " in text or "\t" in text else text


def data_block(data: dict) -> SafeString:
    """JSON-LD for a page. Nothing in it is run, so the content policy allows it."""
    as_json = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    # It would end at the first "</script", wherever that stands: in a headline, too.
    safe = as_json.replace("<", "\\u003C").replace(">", "\\u003E").replace("&", "\\u0026")
    return format_html('<script type="application/ld+json">{}</script>', stored(safe))
