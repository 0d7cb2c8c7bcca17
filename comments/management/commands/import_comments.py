"""`manage.py import_comments FILE.jsonl --thread ADDRESS`: a discussion from elsewhere."""

import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from comments.discussions import keep_discussion
from comments.importing import ImportedComment, Report, bring_in, read_lines
from comments.models import Thread

SHOWN_EACH = 10_000  # rows


class Command(BaseCommand):
    help = (
        'Bring in a discussion from JSON lines {"id", "parent", "author", "created", "body"}, parent 0 for none, '
        "parents before their answers. May be stopped and run again: nothing is made twice. What is brought in is "
        "public at once: screening is not asked, nobody is written to."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", help="A file of JSON lines, in UTF-8.")
        parser.add_argument("--thread", required=True, metavar="ADDRESS", help="What is discussed: /2026/11/slug/")
        parser.add_argument("--title", default="", help="Makes the discussion, where there is none at the address.")
        parser.add_argument(
            "--source",
            default="jsonl",
            help="Where it comes from. Ids of one source are one comment; name another if they begin again.",
        )
        parser.add_argument("--dry-run", action="store_true", help="Only say what would be made.")

    def handle(self, *, file: str, thread: str, title: str, source: str, dry_run: bool, **options) -> None:
        if not 0 < len(source) <= ImportedComment._meta.get_field("source").max_length:
            raise CommandError("The name of a source has 1 to 20 characters.")
        if not Path(file).is_file():
            raise CommandError(f"There is no file {file}.")
        discussion = self._discussion(thread, title, dry_run)
        self._started = time.monotonic()
        with Path(file).open("rb") as lines:
            report = bring_in(read_lines(lines), discussion, source=source, dry_run=dry_run, after_each=self._progress)
        self._say(report, dry_run)

    def _discussion(self, address: str, title: str, dry_run: bool) -> Thread:
        found = Thread.objects.at_address(address).first()
        if found:
            return found
        if not title:
            raise CommandError(
                f"Nothing is discussed at {address}. Give the path of a published article that takes comments, "
                'or --title "What is discussed" to make a discussion there.'
            )
        if not address.startswith("/"):
            raise CommandError("A new discussion needs a path as its address: /2026/11/slug/")
        if dry_run:
            return Thread(address=address, title=title)
        return keep_discussion(None, address=address, title=title)

    def _progress(self, report: Report) -> None:
        if report.read % SHOWN_EACH == 0:
            rate = report.read / max(time.monotonic() - self._started, 0.001)
            self.stderr.write(f"{report.read:,} rows read, {report.made:,} made, {rate:,.0f} a second")

    def _say(self, report: Report, dry_run: bool) -> None:
        made = "would make" if dry_run else "made"
        self.stdout.write(
            f"{report.read:,} rows read; {made} {report.made:,} comments by {report.people:,} people, "
            f"skipped {report.skipped.total():,}."
        )
        for why, count in report.skipped.most_common():
            named = ", ".join(report.places[why])
            self.stdout.write(f"  {count:,} × {why} ({named}{' …' if count > len(report.places[why]) else ''})")
        if report.made and not dry_run:
            self.stdout.write("They are public without having been screened.")
