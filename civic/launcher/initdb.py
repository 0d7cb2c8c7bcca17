"""A new, empty cluster, and whether an old one fits."""

import os
import shutil
import subprocess
from pathlib import Path

from civic.launcher.binaries import Binaries
from civic.launcher.folders import private_folder
from civic.launcher.talk import Trouble, no_space
from civic.launcher.unprivileged import prefix_for


def make(folder: Path, binaries: Binaries, *, durable: bool) -> None:
    """Run initdb beside the place and move the result there, so that half a cluster is never taken for
    one."""
    unfinished = folder.with_name(folder.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    private_folder(unfinished)
    prefix = prefix_for(binaries.initdb, [unfinished])
    command = [*prefix, binaries.initdb, "-D", str(unfinished), "--username=postgres", "--encoding=UTF8"]
    command += ["--auth-local=trust", "--auth-host=reject", *locale_options(binaries)]
    if not durable:
        command.append("--no-sync")
    # Ctrl-C waits until this second is over.
    made = subprocess.run(
        command,
        capture_output=True,
        text=True,
        start_new_session=True,
        env=plain_environment(),
        stdin=subprocess.DEVNULL,
    )
    if made.returncode:
        words = made.stdout + made.stderr
        shutil.rmtree(unfinished, ignore_errors=True)
        if "No space left" in words:
            raise no_space(str(folder))
        raise Trouble(f"PostgreSQL could not be set up in {folder}: {(words.strip().splitlines() or ['?'])[-1]}")
    if folder.exists():  # without PG_VERSION: nobody's data
        shutil.rmtree(folder)
    unfinished.rename(folder)


def locale_options(binaries: Binaries) -> list[str]:
    """The packaged build has no ICU. Its builtin C.UTF-8 (from 17 on) knows upper and lower case of all
    letters."""
    if binaries.major >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8"]


def check_version(folder: Path, made_by: str, binaries: Binaries) -> None:
    if made_by != str(binaries.major):
        raise Trouble(
            f"{folder} was made by PostgreSQL {made_by}, but this is {binaries.major}: set PG_BIN to the programs "
            f"of {made_by} (and dump your data with them), or move that folder away to begin with an empty one."
        )


def plain_environment() -> dict[str, str]:
    """Neither the caller's language nor its PG… settings may steer the server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}
