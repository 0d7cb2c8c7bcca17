"""Settings from the environment: small typed readers that fail loudly on nonsense.

Every reader also looks at `NAME_FILE`, the path of a file that holds the value, as containers hand over secrets.
"""

import os
from pathlib import Path


class Misconfigured(Exception):
    """The environment is not usable. The message is one clear line for whoever starts the program."""


def text(name: str, default: str = "") -> str:
    """The value of `name`, stripped; the content of the file that `NAME_FILE` points at comes first."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text().strip()
        except OSError as error:
            raise Misconfigured(f"{name}_FILE cannot be read: {error.strerror}") from error
    return os.environ.get(name, default).strip()


def required(name: str, why: str) -> str:
    """The value of `name`; `Misconfigured` with the reason when there is none."""
    value = text(name)
    if not value:
        raise Misconfigured(f"{name} is not set: {why}")
    return value


def flag(name: str, default: bool = False) -> bool:
    """A switch: 1, true, yes, on or 0, false, no, off."""
    value = text(name).lower()
    if not value:
        return default
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    raise Misconfigured(f"{name} must be 1 or 0, not {value!r}")


def number(name: str, default: int, least: int = 0) -> int:
    """A whole number of at least `least`."""
    value = text(name)
    if not value:
        return default
    if not value.isdecimal() or int(value) < least:
        raise Misconfigured(f"{name} must be a whole number from {least} on, not {value!r}")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A list, separated by commas or spaces."""
    return text(name, default).replace(",", " ").split()


def numbers(name: str) -> dict[str, int]:
    """Whole numbers from 1 on by name, in small letters: `gmail.com=600 gmx.net=200`."""
    found = {}
    for word in words(name):
        key, _, value = word.partition("=")
        if not key or not value.isdecimal() or not int(value):
            raise Misconfigured(f"{name} must look like gmail.com=600 gmx.net=200, not {word!r}")
        found[key.lower()] = int(value)
    return found


def pairs(name: str) -> dict[str, str]:
    """Words by name: `MAILGUN_API_KEY=… WEBHOOK_SECRET=…`. Says no value when one makes no sense: they are secret."""
    found = {}
    for word in text(name).split():
        key, is_pair, value = word.partition("=")
        if not (key.isidentifier() and is_pair and value):
            raise Misconfigured(f"{name} must look like MAILGUN_API_KEY=… WEBHOOK_SECRET=…")
        found[key] = value
    return found
