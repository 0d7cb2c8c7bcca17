"""Who uses a cluster right now, told by locks: the kernel drops them with the process, however it ends."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


class Users:
    """Two lock files beside a cluster: `….lock` for whoever starts or stops it, `….users` held by each who
    uses it."""

    def __init__(self, cluster: Path):
        self.lock = cluster.with_name(cluster.name + ".lock")
        self.users = cluster.with_name(cluster.name + ".users")
        self.held: int | None = None

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """While this is held nobody else starts or stops the cluster."""
        handle = os.open(self.lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def join(self) -> None:
        if self.held is None:
            self.held = os.open(self.users, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self.held, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Whether we were the last. Only to be asked while `alone`, else somebody may join in between."""
        if self.held is None:
            return False
        handle, self.held = self.held, None
        try:
            fcntl.flock(handle, fcntl.LOCK_UN)
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            return True
        finally:
            os.close(handle)
