"""Readers' Markdown to clean HTML. What a reader typed reaches a page through here and nowhere else."""

import re
from collections.abc import Sequence
from html import escape, unescape

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


_TAG = re.compile(r"(<[^>]*>)")


def marked(clean: SafeString, places: Sequence[tuple[str, int, str, bool]]) -> SafeString:
    """HTML that `render` wrote, with some of its words in `<mark>`, for a moderator's eyes. Never stored.

    A place is (the words, which of their occurrences from 0 on, a label that stands behind them, whether it is weak).
    What does not stand in the visible text is passed over, and so is what begins inside another place. Words may
    reach across tags.
    """
    pieces = _TAG.split(clean)
    texts = [unescape(piece) if at % 2 == 0 else "" for at, piece in enumerate(pieces)]
    spans = _spans("".join(texts), places)
    drawn, begins = [], 0
    for piece, text in zip(pieces, texts, strict=True):
        drawn.append(piece if not text else _with_marks(text, begins, spans))
        begins += len(text)
    return mark_safe("".join(drawn))  # noqa: S308


def _spans(text: str, places: Sequence[tuple[str, int, str, bool]]) -> list[tuple[int, int, str, bool]]:
    found = []
    for words, nth, label, is_weak in places:
        starts = [match.start() for match in re.finditer(re.escape(words), text)] if words else []
        if starts:
            start = starts[min(nth, len(starts) - 1)]
            found.append((start, start + len(words), label, is_weak))
    apart: list[tuple[int, int, str, bool]] = []
    for span in sorted(found, key=lambda span: (span[0], span[3], -span[1])):
        if not apart or span[0] >= apart[-1][1]:
            apart.append(span)
    return apart


def _with_marks(text: str, begins: int, spans: list[tuple[int, int, str, bool]]) -> str:
    """A piece of text that begins so many characters into the whole, as HTML."""
    drawn, at = [], 0
    for start, end, label, is_weak in spans:
        first, last = max(start - begins, 0), min(end - begins, len(text))
        if first >= last:
            continue
        behind = f"<sup>{escape(label)}</sup>" if end - begins <= len(text) else ""
        weak = " data-weak" if is_weak else ""
        drawn += [escape(text[at:first]), f"<mark{weak}>{escape(text[first:last])}{behind}</mark>"]
        at = last
    return "".join([*drawn, escape(text[at:])])
