"""Make the model that is shipped from labelled comments: `manage.py train_prior FOLDER`."""

import csv
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

import screening.model


class Command(BaseCommand):
    help = "Trains the shipped model from the CSV files in FOLDER, says how good it is, and writes it into the code."

    def add_arguments(self, parser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--to", type=Path, default=Path(screening.model.__file__).parent / "shipped")

    def handle(self, *, folder: Path, to: Path, **options) -> None:
        if not to.is_dir():  # said before minutes are spent
            raise CommandError(f"{to} is no folder to write into.")
        try:
            from screening.model import making

            self.tell("spam, by video", making.spam_by_video(folder))
            self.tell("incivility, by source", making.incivility_by_source(folder))
            for head in list(making.heads_from(folder)):  # both are made before either is written
                packed = head.to_bytes()
                (to / f"{head.name}.head").write_bytes(packed)
                self.stdout.write(f"{head.name}: {len(packed):,} bytes, medium {head.medium:.2f}, high {head.high:.2f}")
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read or written: {error.strerror}") from error
        except KeyError as error:
            raise CommandError(f"a file in {folder} has no column {error}") from error
        except (ValueError, csv.Error) as error:
            raise CommandError(f"the files in {folder} cannot be learned from: {error}") from error

    def tell(self, what: str, found) -> None:
        for name, count, area, precision in found:
            self.stdout.write(
                f"{what}: {name}, {count} comments, AUC {area:.3f}, precision at 90 % recall {precision:.3f}"
            )
