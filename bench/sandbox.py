"""How long does a trial of a policy take? `python -m bench.sandbox`

Fills a database of its own with 50,000 comments of the last day, half of them decided, and tries another list of 500
phrases on them, as the job does it. Prints what was reached; the exit status is 1 when it falls short.
"""

import json
import os
import shutil
import sys
import time
from pathlib import Path

from bench.figures import Verdict
from bench.report import table
from bench.site import ROOT, bench_at

COMMENTS, PHRASES = 50_000, 500
SECONDS = 60


def main() -> int:
    var = Path(os.environ.get("VAR_DIR") or ROOT / "var" / "bench-sandbox").absolute()
    shutil.rmtree(var, ignore_errors=True)
    with bench_at(var, int(os.environ.get("PORT", 0))) as bench:
        bench.run("-m", "civic.launcher.prepare")
        took = json.loads(bench.run("-m", "bench.sandbox", "--inside").splitlines()[-1])
    verdicts = [
        Verdict(f"{COMMENTS:,} comments: ≤ {SECONDS} s", f"{took['seconds']:.1f} s", took["seconds"] <= SECONDS),
        Verdict("progress is noted as it goes", f"{took['notes']} times", took["notes"] >= COMMENTS // 1_000),
        Verdict("every comment is judged", f"{took['done']:,}", took["done"] == COMMENTS),
    ]
    print(f"{took['processor']:.1f} s of that are processor time of the worker.\n")
    print(table(("bar", "reached", ""), [(v.bar, v.reached, "pass" if v.passed else "falls short") for v in verdicts]))
    return int(not all(verdict.passed for verdict in verdicts))


def inside() -> dict:
    """In the site's environment: fills, tries, and tells how long the trying took."""
    from django.db import connection, transaction

    from accounts.models import User
    from bench import fill_desk, hostile
    from comments.models import Space
    from moderation import replaying
    from moderation.policies import in_force

    facts = fill_desk.main(COMMENTS)
    with connection.cursor() as cursor:
        cursor.execute(_DECIDED)
        cursor.execute("VACUUM ANALYZE comments_comment, comments_screening, moderation_decision")
    space, by = Space.objects.get(pk=facts["space"]), User.objects.get(email="moderator@example.org")
    phrases = "\n".join(hostile.phrases()[:PHRASES])
    with transaction.atomic():
        policy = {"thresholds": {"links": 0.7}, "phrases": phrases}
        trial = replaying.begin_trial(space, by=by, base=in_force(space.pk), **policy)
    note, notes = replaying._note, []
    replaying._note = lambda *args, **fields: notes.append(1) or note(*args, **fields)
    begun, processor = time.monotonic(), time.process_time()
    replaying.replay(trial.pk)
    took = {"seconds": time.monotonic() - begun, "processor": time.process_time() - processor}
    trial.refresh_from_db()
    return took | {"done": trial.done, "notes": len(notes)}


_DECIDED = """
INSERT INTO moderation_decision (comment_id, act, was, is_automatic, rule_text, law, note, made_at)
SELECT id, CASE WHEN id % 3 = 0 THEN 'refuse' ELSE 'publish' END, 'in_review', false, 'Be kind.', '', '', now()
FROM comments_comment WHERE id % 2 = 0
"""


if __name__ == "__main__":
    if "--inside" in sys.argv:
        import django

        django.setup()
        print(json.dumps(inside()))
    else:
        sys.exit(main())
