"""Fills the desk: `python -m bench.fill_desk NUMBER`, in the site's environment; again with a larger number, it adds.

So many comments wait in review, each with what screening noticed; every tenth is reported, every thousandth as illegal.
Prints one line of JSON: the session of a moderator, the address of a case, a space, a writer.
"""

import json
import sys
from uuid import uuid4

import django

from bench import threads
from bench.fill import TALLIES_OF_KEPT, publish, session_of, sweep

GUESTS = 200
TEXTS = 1_000  # different ones: as many words to search in as there are comments, but made in a moment


def main(number: int) -> dict:
    from django.contrib.auth.models import Group

    from accounts.models import User
    from accounts.roles import Role
    from comments.models import Comment, Thread

    moderator = User.objects.filter(email="moderator@example.org").first()
    if not moderator:
        moderator = User.objects.create_user("moderator@example.org", "Bench Moderator")
        moderator.groups.add(Group.objects.get(name=Role.MODERATOR))
        publish("A story with much to decide", "bench-desk")
        make_guests()
    thread = Thread.objects.order_by("pk").last()
    add(thread, number - Comment.objects.in_review().count())
    sweep()
    return {
        "session": session_of(moderator),
        "case": Comment.objects.in_review().order_by("pk")[number // 2].pk,
        "space": thread.space_id,
        "writer": Comment.objects.in_review().order_by("pk").first().guest_id,
    }


def make_guests() -> None:
    from django.utils import timezone

    from comments.models import Guest

    known = {"confirmed_at": timezone.now()}
    for number in range(GUESTS):
        Guest.objects.create(key=uuid4(), name=f"Guest {number}", email=f"guest{number}@example.org", **known)


def add(thread, many: int) -> None:
    from django.db import connection

    bodies = [line["body"] for line in threads.comments(TEXTS)]
    with connection.cursor() as cursor:
        cursor.execute(_WAITING + TALLIES_OF_KEPT, {"thread": thread.pk, "many": many, "bodies": bodies})
        cursor.execute(_REPORTS)


_WAITING = """
WITH writers AS (SELECT array_agg(id ORDER BY id) AS ids FROM comments_guest),
made AS (
    SELECT nextval(pg_get_serial_sequence('comments_comment', 'id')) AS id, n,
           (%(bodies)s::text[])[1 + n %% array_length(%(bodies)s::text[], 1)] AS body
    FROM generate_series(1, %(many)s) AS n
), kept AS (
    INSERT INTO comments_comment (id, thread_id, root_id, depth, path, guest_id, body, body_html, render_version, state,
                                  shown, priority, created_at, is_pinned, is_picked, edit_waits)
    SELECT id, %(thread)s, id, 0, int8send(id), ids[1 + n %% array_length(ids, 1)], body, '<p>' || body || '</p>', 1,
           'in_review', false, n %% 7, now() - n * interval '1 second', false, false, false
    FROM made, writers RETURNING id
), noticed AS (
    INSERT INTO comments_screening (comment_id, outcome, rule, reasons, signals, policy_version, made_at)
    SELECT id, 'hold', 'newcomer', '["it is a first comment"]',
           CASE WHEN id %% 3 = 0 THEN '[{"rule": "links", "score": 0.5, "evidence": "one link", "span": null}]'::jsonb
                ELSE '[{"rule": "newcomer", "score": 1, "evidence": "a first comment", "span": null}]' END, 1, now()
    FROM kept
)
"""

_REPORTS = """
INSERT INTO moderation_report (comment_id, kind, rule_id, rule_text, text, matter, place, in_good_faith, who, name,
                               email, made_at, state)
SELECT c.id, CASE WHEN c.id % 1000 = 0 THEN 'illegal' ELSE 'rule' END, NULL, 'Be kind.', '',
       CASE WHEN c.id % 1000 = 0 THEN 'other' ELSE '' END, '', true, 'nobody', '', '', now(), 'open'
FROM comments_comment AS c
WHERE c.state = 'in_review' AND c.id % 10 = 0
  AND NOT EXISTS (SELECT 1 FROM moderation_report AS r WHERE r.comment_id = c.id)
"""


if __name__ == "__main__":
    django.setup()
    print(json.dumps(main(int(sys.argv[1]))))
