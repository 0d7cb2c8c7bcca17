"""`manage.py reconcile_counts`: recount everything the door counts, and report what differs."""

import sys

from django.core.management.base import BaseCommand

from comments.counting import find_drift


class Command(BaseCommand):
    help = "Count all comments again and report drift. There must be none: exit status 1 if there is."

    def handle(self, **options) -> None:
        drift = find_drift()
        for one in drift:
            self.stdout.write(f"{one.what}: kept {one.kept}, counted {one.counted}")
        self.stdout.write(f"{len(drift)} counts differ." if drift else "All counts are right.")
        if drift:
            sys.exit(1)
