"""Private links do not reach the log."""

import logging

import pytest

from civic.lib import tokens
from civic.lib.logs import HideTokens


def logged(path: str) -> str:
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "%s: %s", ("Not Found", path), None)
    HideTokens().filter(record)
    return record.getMessage()


@pytest.mark.parametrize("path", ["/newsletter/leave/{}/", "/discuss/confirm/{}/", "/discuss/by-letter/{}/12/"])
def test_tokens_are_left_out(path):
    token = tokens.make("anything", "4711")

    assert logged(path.format(token)) == "Not Found: " + path.format("…")


def test_other_addresses_are_kept():
    path = "/2026/11/police-would-keep-plate-reader-records-for-30-days/"

    assert logged(path) == f"Not Found: {path}"
