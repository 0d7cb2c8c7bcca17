#!/usr/bin/env python3
"""Django's command line. In a fresh clone use `bin/run manage.py …`, which brings database and settings along."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civic.settings")
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    from civic.lib.env import Misconfigured

    try:
        execute_from_command_line(sys.argv)
    except Misconfigured as error:
        sys.exit(f"civic: {error}")
    except OperationalError as error:
        sys.exit(f"civic: the database does not answer: {str(error).splitlines()[0]}")


if __name__ == "__main__":
    main()
