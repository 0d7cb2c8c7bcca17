"""The demo paper can be loaded twice, and never where somebody works in earnest."""

import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command

from tests.journeys.conftest import ROOT

COUNT = """
from django.apps import apps
tables = ("accounts.User", "articles.Article", "comments.Comment", "comments.Guest", "newsletter.Issue",
          "newsletter.Subscriber", "civic.StaticPage", "moderation.Decision", "articles.Picture")
print("COUNTED", [apps.get_model(table).objects.count() for table in tables])
"""


def manage(paper, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=paper.surroundings, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_seeding_twice_doubles_nothing(paper):
    before = manage(paper, "shell", "-v0", "-c", COUNT).split("COUNTED")[1]

    manage(paper, "seed")

    assert manage(paper, "shell", "-v0", "-c", COUNT).split("COUNTED")[1] == before


def test_all_counts_of_the_seeds_are_right(paper):
    assert "All counts are right." in manage(paper, "reconcile_counts")


@pytest.mark.django_db
def test_without_debug_there_are_no_seeds():
    with pytest.raises(CommandError, match="DEBUG=1"):
        call_command("seed")
