"""What is in the database afterwards: `python -m bench.after RUN`, one line of JSON.

`posted` counts what the writers wrote in this run, `different` their texts; `drift` names every count that is wrong.
"""

import json
import sys

import django


def main(run: str) -> dict:
    from django.db import connection

    from comments.counting import find_drift
    from comments.models import Comment

    written = Comment.objects.filter(member__email__startswith="writer", body__startswith=f"{run} ")
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        deadlocks = cursor.fetchone()[0]
    return {
        "posted": written.count(),
        "public": written.public().count(),
        "different": written.values("body").distinct().count(),
        "drift": [f"{d.what}: {d.kept}, counted {d.counted}" for d in find_drift()[:20]],
        "deadlocks": deadlocks,
    }


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main(sys.argv[1])))
