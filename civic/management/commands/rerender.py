"""`manage.py rerender`: draw again what was drawn by older rules of `civic.lib.markdown` and `civic.lib.html`."""

from django.core.management.base import BaseCommand

from articles import publishing
from comments import redrawing


class Command(BaseCommand):
    help = "Draw stored comments and articles again. Runs while people read; can be stopped and started again."

    def handle(self, **options) -> None:
        self.stdout.write(f"{redrawing.rerender_all()} comments and {publishing.rerender_all()} articles drawn again.")
