"""Where bin/run and bin/test hand over: `python civic/launcher run|test …`, by any Python 3.11 to 3.13.

Makes the packages ready, continues in the `.venv`'s own Python, and turns every `Trouble` into one line.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Python puts this very folder first, where our test.py would hide Python's own `test`.
sys.path[0] = str(ROOT)

from civic.launcher import install  # noqa: E402
from civic.launcher.talk import Trouble, complain, trouble_of  # noqa: E402
from civic.launcher.usage import USAGE  # noqa: E402


def main(command: str, arguments: list[str]) -> int:
    if arguments[:1] in (["--help"], ["-h"]):
        print(USAGE[command])
        return 0
    try:
        install.continue_in_venv(ROOT, for_tests=command == "test")
        if command == "test":
            from civic.launcher.test import test as start
        else:
            from civic.launcher.run import run as start
        return start(ROOT, arguments)
    except Trouble as trouble:
        complain(trouble)
        return 1
    except OSError as error:
        if trouble := trouble_of(error):
            complain(trouble)
            return 1
        raise
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
