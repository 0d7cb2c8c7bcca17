"""Jobs know the addresses that a letter may lead to, and load no others."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import NoReverseMatch, get_urlconf, reverse
from procrastinate import App, testing

from civic.lib.jobs import task

ROOT = Path(__file__).resolve().parents[2]

AS_A_JOB = """
import json, sys, django
django.setup()
from procrastinate.contrib.django import app
from django.urls import reverse
from civic.lib.jobs import task
app.perform_import_paths()
task(lambda: reverse("newsletter:list")).func()
print(json.dumps([name for name in ("wagtail.admin.urls", "ninja", "pydantic") if name in sys.modules]))
"""


@pytest.fixture(autouse=True)
def _jobs_of_its_own(monkeypatch):
    monkeypatch.setattr("civic.lib.jobs.app", App(connector=testing.InMemoryConnector()))


def test_a_job_leads_to_pages_and_not_into_the_newsroom():
    @task
    def look() -> str:
        with pytest.raises(NoReverseMatch):
            reverse("wagtailadmin_home")
        return reverse("newsletter:list")

    assert look.func() == "/newsletter/"
    assert reverse("wagtailadmin_home") == "/newsroom/"


def test_after_a_job_that_failed_all_addresses_are_known():
    @task
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail.func()

    assert get_urlconf() is None


def test_an_address_in_a_job_does_not_load_the_newsroom():
    done = subprocess.run(
        [sys.executable, "-c", AS_A_JOB],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "civic.settings"},
        capture_output=True,
        text=True,
    )

    assert json.loads(done.stdout or "null") == [], done.stderr
