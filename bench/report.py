"""Figures as tables, in Markdown that can be read as it is: for the README and for the screen."""

from collections.abc import Sequence

from bench.figures import Line, Posts, Speed, Verdict
from bench.weight import FirstLoad

PLACES = ("50", "1k", "10k", "100k", "branch", "refused")


def tables(
    lines: list[Line],
    speeds: list[Speed],
    posts: list[Posts],
    first_load: FirstLoad,
    truth: dict,
    verdicts: list[Verdict],
    foreign: float,
) -> str:
    pages = [
        (
            line.name + ("" if line.stands else f" (answers {sorted(line.statuses)})"),
            line.queries,
            line.comments or "",
            f"{line.median:.1f}",
            f"{line.p99:.1f}",
            f"{line.web:.1f}",
            f"{line.database:.1f}",
            f"{line.size / 1_000:.1f}",
        )
        for line in lines
    ]
    writing = [
        (
            post.name,
            post.queries,
            f"{sorted(post.took)[len(post.took) // 2]:.1f}" if post.took else "",
            f"{sorted(post.took)[int(len(post.took) * 0.99)]:.1f}" if post.took else "",
            f"{post.web:.1f}",
            f"{post.database:.1f}",
            f"{post.rate:.0f}",
        )
        for post in posts
    ]
    many = [(speed.name, f"{speed.rate:.0f}", f"{speed.web:.2f}") for speed in speeds]
    bars = [(verdict.bar, verdict.reached, "pass" if verdict.passed else "**falls short**") for verdict in verdicts]
    overview = table(("processor ms of an answer, web + database", *PLACES, "queries", "KB"), by_kind(lines))
    times = ("median ms", "p99 ms", "web ms", "database ms")
    return "\n\n".join(
        [
            f"Two shared cores; {foreign:.0%} of them went to other work meanwhile. Median and p99 as one reader waits;"
            " web and database are processor time of one answer.",
            overview,
            table(("writing", "queries", *times, "a second"), writing),
            table(("eight readers at once", "a second", "web ms"), many),
            table(("bar", "reached", ""), bars),
            table(("page", "queries", "comments", *times, "KB"), pages),
            f"{sum(v.passed for v in verdicts)} of {len(verdicts)} bars are reached.",
        ]
    )


def by_kind(lines: list[Line]) -> list[tuple]:
    """A row for each kind of page, a column for each discussion; queries and size are those at 100,000 comments."""
    found: dict[str, dict[str, Line]] = {}
    for line in lines:
        found.setdefault(line.kind, {})[line.place or "50"] = line
    rows = []
    for kind, at in found.items():
        cells = [f"{at[place].web:.1f} + {at[place].database:.1f}" if place in at else "" for place in PLACES]
        large = at.get("100k") or next(iter(at.values()))
        rows.append((kind, *cells, large.queries, f"{large.size / 1_000:.1f}"))
    return rows


def table(head: Sequence[str], rows: Sequence[Sequence]) -> str:
    cells = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in cells
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])
