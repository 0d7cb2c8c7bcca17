"""What must not stand in a log: the tokens of private links, which are keys."""

import logging
import re
from typing import Any

# Signed tokens are long, and nothing else in our addresses is: slugs have words divided by hyphens.
_TOKEN = re.compile(r"(?<=/)(?=[^/]*[.:])[\w.:-]{24,}(?=/|$)")


class HideTokens(logging.Filter):
    """Puts an ellipsis in the place of tokens in the addresses that Django logs with 4xx and 5xx answers."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_hidden(value) for value in record.args)
        return True


def _hidden(value: Any) -> Any:
    return _TOKEN.sub("…", value) if isinstance(value, str) else value
