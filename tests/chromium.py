"""Browser tests run when bin/test found a Chromium, and in CI nothing may be skipped: a pytest plugin.

`CIVIC_CHROMIUM` is the path of the program; empty or missing, tests marked `browser` are skipped.
"""

import os

import pytest


def pytest_collection_modifyitems(items):
    if not os.environ.get("CIVIC_CHROMIUM"):
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason="no Chromium was found: name one with CIVIC_CHROMIUM"))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    """With CI=true a skipped test fails the run: what is not run is not known to work."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter):
    if os.environ.get("CI") == "true" and (skipped := terminalreporter.stats.get("skipped")):
        terminalreporter.write_line(f"{len(skipped)} skipped: in CI that is a failure.", red=True)
