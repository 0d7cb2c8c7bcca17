"""How good is the model on comments that somebody has labelled? `manage.py evaluate_screening FILE.csv`."""

import csv
import time
from collections import defaultdict
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

import screening

# Which column says what is asked of which head.
LABELS = {"spam": "spam", "toxic": "incivility"}
SOURCES = ("source", "video", "template")
HEAD = f"{'source':<24}{'comments':>9}{'bad':>7}{'AUC':>8}{'precision':>11}{'calibration':>13}{'ms':>7}"


class Command(BaseCommand):
    help = (
        "Scores FILE.csv (columns: text; spam or toxic, 0 or 1; source, video or template). Says for each "
        "source: AUC, the best precision at 90 % recall, the calibration error, and milliseconds for each comment."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options) -> None:
        groups, head = self.read(file)
        self.stdout.write(f"{head}, by the model that is shipped\n{HEAD}")
        for source, rows in groups.items():
            self.stdout.write(line(source, rows, head))
        if len(groups) > 1:
            self.stdout.write(line("all", [row for rows in groups.values() for row in rows], head))

    def read(self, file: Path) -> tuple[dict[str, list[tuple[str, bool]]], str]:
        """(text, whether it is bad) by source, and the head that is asked."""
        csv.field_size_limit(10_000_000)
        try:
            with file.open(newline="", encoding="utf-8-sig") as lines:
                reader = csv.DictReader(lines)
                columns = reader.fieldnames or []
                label = next((name for name in LABELS if name in columns), None)
                if label is None or "text" not in columns:
                    raise CommandError(f"{file} needs a column text, and one of {' or '.join(LABELS)}.")
                source = next((name for name in SOURCES if name in columns), None)
                groups: dict[str, list[tuple[str, bool]]] = defaultdict(list)
                for row in reader:
                    if row[label] not in ("0", "1"):
                        raise CommandError(f"{file}, line {reader.line_num}: {label} is neither 0 nor 1.")
                    groups[(row[source] or "-") if source else file.name].append((row["text"] or "", row[label] == "1"))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        if not groups:
            raise CommandError(f"{file} holds no comments.")
        return dict(sorted(groups.items())), LABELS[label]


def line(source: str, rows: list[tuple[str, bool]], head: str) -> str:
    from screening.model.measures import auc, calibration_error, precision_at_recall

    marks = [bad for _, bad in rows]
    began = time.process_time()
    scores = [found[head] for found in screening.score([text for text, _ in rows])]
    took = 1_000 * (time.process_time() - began) / len(rows)
    known = f"{source[:23]:<24}{len(rows):>9,}{sum(marks):>7,}"
    if len(set(marks)) < 2:  # nothing to tell apart
        return f"{known}{'-':>8}{'-':>11}{calibration_error(marks, scores):>13.3f}{took:>7.2f}"
    figures = f"{auc(marks, scores):>8.3f}{precision_at_recall(marks, scores):>11.3f}"
    return f"{known}{figures}{calibration_error(marks, scores):>13.3f}{took:>7.2f}"
