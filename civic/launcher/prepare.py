"""Makes the database and the static files ready: `python -m civic.launcher.prepare`, in the site's
environment.

One process for all of it, since each `manage.py` costs a second and more to start. Speaks to bin/run in
lines of JSON: `{"says": …}` for the person, `{"people": …}` the demo people, `{"trouble": …}` before it
fails.
"""

import hashlib
import io
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from civic.launcher.talk import trouble_of

PREPARING = 0x636976  # any number of our own: "civ"


def main() -> int:
    import django
    from django.db import OperationalError

    from civic.lib.env import Misconfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civic.settings")
    try:
        django.setup()
        logging.disable(logging.INFO)  # a thousand lines about indexing
        prepare()
    except (Misconfigured, OperationalError) as error:
        tell(trouble=" ".join(str(error).split()))
        return 1
    except OSError as error:
        if not (trouble := trouble_of(error)):
            raise
        tell(trouble=str(trouble))
        return 1
    return 0


def prepare() -> None:
    """The site may answer as soon as there are tables and styles; the demo paper takes longest, so it comes last."""
    from django.conf import settings

    wait_for_our_turn()
    migrate(Path(settings.VAR_DIR))
    command("createcachetable")  # `setup` needs it, and it is no migration
    command("setup")
    collect_static()
    tell(standing=True)
    if settings.DEBUG:
        timed("The demo paper", lambda: command("seed"))
        tell(people=command("seed", people=True))


def wait_for_our_turn() -> None:
    """Several machines may start on one database. The lock ends with this process.

    We try again and again rather than wait inside PostgreSQL: a waiting statement would hold up an index
    that the other machine builds concurrently.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [PREPARING])
            if cursor.fetchone()[0]:
                return
            time.sleep(1)


def migrate(var: Path) -> None:
    """Run `migrate` if there is something to do, or if it was cut short before its last act, the
    permissions."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    unfinished = var / "migrating"
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not waiting and not unfinished.exists():
        return
    unfinished.touch()
    timed(f"The database: {waiting} migrations", lambda: command("migrate", interactive=False))
    unfinished.unlink()


def collect_static() -> None:
    """Collect, unless every file is as it was the last time. Looking takes a tenth of the time."""
    from django.conf import settings

    stamp = Path(settings.STATIC_ROOT) / ".collected"
    wanted = state_of_static_files()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    timed("Styles, scripts and pictures", lambda: command("collectstatic", interactive=False))
    stamp.write_text(wanted)


def state_of_static_files() -> str:
    """A hash of names, sizes and times of the files, and of the code that joins and renames them."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256(repr((settings.STORAGES, settings.STATIC_URL)).encode())
    files = [(name, storage.path(name)) for finder in get_finders() for name, storage in finder.list([])]
    files += [(str(path), str(path)) for path in (settings.BASE_DIR / "civic" / "lib").glob("*.py")]
    for name, path in sorted(files):
        found = os.stat(path)
        digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def command(name: str, **options) -> str:
    """Run a command quietly; what it prints is returned. One that does not exist prints nothing."""
    from django.core.management import call_command, get_commands

    if name not in get_commands():
        return ""
    heard = io.StringIO()
    call_command(name, verbosity=0, stdout=heard, **options)
    return heard.getvalue()


def timed(what: str, act: Callable[[], object]) -> None:
    """Say what is done when it is felt: all of this is silent on a warm start."""
    began = time.monotonic()
    tell(begins=what)
    act()
    tell(ends=time.monotonic() - began)


def tell(**message) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    sys.exit(main())
