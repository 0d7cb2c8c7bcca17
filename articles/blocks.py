"""The blocks an editor writes an article with. How they look to readers is in `articles.rendering`."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageChooserBlock

INLINE = ["bold", "italic", "link"]


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label="Words", rows=3)
    by = blocks.CharBlock(label="Whose words", required=False, max_length=160)


class PictureBlock(blocks.StructBlock):
    picture = ImageChooserBlock()
    caption = blocks.CharBlock(
        required=False, max_length=400, help_text="Instead of the caption of the picture itself."
    )


@dataclass(frozen=True)
class Grid:
    """A table as it is drawn: `head` and `rows` hold the words, `numeric` the numbers of columns set to the right."""

    head: list[str]
    rows: list[list[str]]
    numeric: frozenset[int]


def read_grid(text: str) -> Grid:
    """The table in some lines of text, cells divided by tabs (as spreadsheets copy them) or by `|`.

    Rows shorter than the longest are filled up with empty cells. A column is numeric when all its cells below the
    head are numbers, however they are written: 18, 1,900, $3.20, 41 %, −2.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    divider = "\t" if any("\t" in line for line in lines) else "|"
    cells = [
        [cell.strip() for cell in line.strip("\r\n" if divider == "\t" else " |").split(divider)] for line in lines
    ]
    width = max(map(len, cells), default=0)
    head, *rows = [row + [""] * (width - len(row)) for row in cells] or [[]]
    numeric = frozenset(n for n in range(1, width) if rows and all(_is_number(row[n]) for row in rows))
    return Grid(head, rows, numeric)


def _is_number(cell: str) -> bool:
    bare = cell.strip("$€£+-−–%~ ").replace(",", "").replace(".", "").replace(" ", "").replace("\u202f", "")
    return bare.isdigit() or cell in ("–", "—")


class TableBlock(blocks.StructBlock):
    """A small table, pasted from wherever it was made.

    Wagtail's two table blocks were weighed: one needs a spreadsheet program in the browser, with a licence of its own,
    the other has editors click together each column and cell, and cannot take a pasted table. Tables come to a paper
    from a spreadsheet or a report, and both can be copied.
    """

    caption = blocks.CharBlock(max_length=160)
    cells = blocks.TextBlock(
        rows=6,
        help_text="Copy the cells from a spreadsheet and paste them here; or write one row a line and | between cells. "
        "The first row is the head, the first column names the rows. Columns of numbers are set to the right.",
    )
    marked_row = blocks.IntegerBlock(
        required=False, min_value=1, label="Row to mark", help_text="1 is the first row under the head."
    )
    note = blocks.CharBlock(required=False, max_length=200, help_text="Where the numbers come from.")

    def clean(self, value):
        value = super().clean(value)
        grid = read_grid(value["cells"])
        wrong = {}
        if len(grid.head) < 2 or not grid.rows:
            wrong["cells"] = ValidationError("A table needs a head, at least one row, and two columns.")
        elif (value.get("marked_row") or 0) > len(grid.rows):
            wrong["marked_row"] = ValidationError(f"There are only {len(grid.rows)} rows under the head.")
        if wrong:
            raise StructBlockValidationError(block_errors=wrong)
        return value


BODY_BLOCKS = [
    ("paragraph", blocks.RichTextBlock(features=INLINE, icon="pilcrow")),
    ("heading", blocks.CharBlock(max_length=120, icon="title")),
    ("list", blocks.RichTextBlock(features=["ul", "ol", *INLINE], icon="list-ul")),
    ("quote", QuoteBlock(icon="openquote")),
    ("pullquote", QuoteBlock(icon="openquote", label="Pull quote")),
    ("picture", PictureBlock(icon="image")),
    ("table", TableBlock(icon="table")),
]
