"""Running PostgreSQL, which refuses to be root, when we are root: without a system user, without opening a
folder.

1. In a user namespace (`unshare -U`): inside it the server is `nobody`, outside it keeps root's files.
   Nothing changes owner, and a clone under a closed /root works.
2. As `nobody` (`setpriv`), with the right to look through closed folders: where namespaces are not allowed,
   as in Docker. The cluster's own two folders change owner.
3. As `nobody` without that right: where the path is open anyway.

In the first way the server has root's reach over files, so a PostgreSQL superuser would have it too. That
is one reason why Django connects as the role `app`, which is none.
"""

import os
import pwd
import subprocess
from collections.abc import Sequence
from pathlib import Path

from civic.launcher.talk import Trouble


def prefix_for(program: str, folders: Sequence[Path]) -> list[str]:
    """What to put before a PostgreSQL command so that it may run and write into `folders`; nothing unless
    we are root.

    May give `folders` to `nobody`. Raises `Trouble` when no way works.
    """
    if os.geteuid() != 0:
        return []
    nobody = pwd.getpwnam("nobody")
    namespace = ["unshare", "-U", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}", "--"]
    if works(namespace, program, folders):
        return namespace

    plain = ["setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    seeing = [*plain, "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    owners = [(folder, folder.stat()) for folder in folders]
    for folder in folders:
        give(folder, nobody.pw_uid, nobody.pw_gid)
    for way in (seeing, plain):
        if works([*way, "--"], program, folders):
            return [*way, "--"]
    for folder, was in owners:
        give(folder, was.st_uid, was.st_gid)
    raise Trouble(
        "PostgreSQL does not run as root, and neither unshare nor setpriv may run it as nobody here: "
        "use an ordinary user, or set DATABASE_URL."
    )


def works(prefix: list[str], program: str, folders: Sequence[Path]) -> bool:
    """Try it: start the program, enter and write each folder. A wrong guess here would be a riddle later."""
    script = (
        'program=$1; shift; for folder; do test -w "$folder" && test -x "$folder" || exit 1; done; "$program" --version'
    )
    try:
        tried = subprocess.run([*prefix, "sh", "-c", script, "sh", program, *folders], capture_output=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0


def give(folder: Path, uid: int, gid: int) -> None:
    for here, folders, files in os.walk(folder):
        for name in (".", *folders, *files):
            os.chown(os.path.join(here, name), uid, gid, follow_symlinks=False)
