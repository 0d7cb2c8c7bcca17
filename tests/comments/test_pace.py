"""Times in words."""

import pytest

from comments.pace import how_long, how_often


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (59, "59 seconds"), (60, "1 minute"), (90, "2 minutes"), (3700, "62 minutes"), (6000, "2 hours")],
)
def test_waiting_is_rounded_up(seconds, words):
    assert how_long(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "as many comments as one likes"),
        (1, "one comment every second"),
        (45, "one comment every 45 seconds"),
        (60, "one comment every minute"),
        (90, "one comment every 90 seconds"),
        (120, "one comment every 2 minutes"),
        (3600, "one comment every hour"),
        (7200, "one comment every 2 hours"),
        (86_400, "one comment a day"),
    ],
)
def test_a_pace_is_exact(seconds, words):
    assert how_often(seconds) == words
