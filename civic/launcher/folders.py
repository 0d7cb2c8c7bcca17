"""The folders of a cluster: where its socket lives, whose they are, and that nobody else may enter."""

import hashlib
import os
import pwd
import tempfile
from pathlib import Path

from civic.launcher.talk import Trouble

# Bytes. Linux allows 107 for the whole name of a socket, to which PostgreSQL adds `/.s.PGSQL.5432`.
SOCKET_PATH_LIMIT = 85


def socket_folder(folder: Path) -> Path:
    """Beside the cluster, or in the temporary folder when the path is too long for a socket."""
    beside = folder.with_name(folder.name + ".sock")
    if len(os.fsencode(beside)) <= SOCKET_PATH_LIMIT:
        return beside
    name = f"pg-{os.geteuid()}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"
    elsewhere = Path(tempfile.gettempdir()) / name
    return elsewhere if len(os.fsencode(elsewhere)) <= SOCKET_PATH_LIMIT else Path("/tmp") / name  # noqa: S108


def private_folder(folder: Path) -> None:
    """Make it, or make sure that the one there is ours and closed: /tmp is open to everybody."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid not in owners():
        raise Trouble(f"{folder} belongs to {name_of(found.st_uid)}: remove it, or set TMPDIR to your own folder.")
    if found.st_mode & 0o077:
        folder.chmod(0o700)


def check_owner(folder: Path) -> None:
    if not folder.exists():
        return
    owner, we = folder.stat().st_uid, os.geteuid()
    if owner not in owners():
        raise Trouble(f"{folder} belongs to {name_of(owner)}, you are {name_of(we)}: run it as {name_of(owner)}.")


def owners() -> set[int]:
    """Whose folders are ours: root's server may have to run as nobody (see `unprivileged`)."""
    return {os.geteuid()} if os.geteuid() else {0, pwd.getpwnam("nobody").pw_uid}


def name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"
