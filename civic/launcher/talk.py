"""What the two commands say, and how they say that something is wrong."""

import contextlib
import errno
import sys
import time
from collections.abc import Iterator


class Trouble(Exception):
    """Something the person at the keyboard can mend. Its text is one clear line that says how."""


def say(line: str = "") -> None:
    print(line, flush=True)


def complain(trouble: Trouble) -> None:
    print(f"civic: {trouble}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(name: str) -> Iterator[None]:
    """Say what is being done, and afterwards how long it took."""
    print(f"  {name} … ", end="", flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f"{time.monotonic() - began:.1f} s", flush=True)


def trouble_of(error: OSError) -> Trouble | None:
    """The clear line for what an operating system commonly refuses; None when it is something else."""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return no_space(error.filename or "")
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return Trouble(
                f"{error.filename} may not be written ({error.strerror}): run it as the owner of the folder."
            )
    return None


def no_space(where: str) -> Trouble:
    return Trouble(f"no space is left on the disk ({where}): free some, then run it again.")
