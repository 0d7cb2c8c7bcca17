"""Counting again what the door counts as it goes: the proof that the numbers are right."""

from dataclasses import dataclass

from django.db import connection

_THREADS = """
SELECT t.id, t.comment_count, t.people_count,
       count(c.id) FILTER (WHERE c.state = 'public') AS comments,
       count(DISTINCT (c.member_id, c.guest_id)) FILTER (WHERE c.state = 'public') AS people
FROM comments_thread AS t LEFT JOIN comments_comment AS c ON c.thread_id = t.id
GROUP BY t.id
HAVING t.comment_count != count(c.id) FILTER (WHERE c.state = 'public')
    OR t.people_count != count(DISTINCT (c.member_id, c.guest_id)) FILTER (WHERE c.state = 'public')
ORDER BY t.id
"""

# A public comment's ancestors are the ids in its path, eight bytes each, without the last, which is its own.
_COMMENTS = """
WITH recounted AS (
    SELECT ancestor, count(*) AS answers
    FROM comments_comment AS c,
         LATERAL (
             SELECT ('x' || encode(substring(c.path FROM 8 * level + 1 FOR 8), 'hex'))::bit(64)::bigint AS ancestor
             FROM generate_series(0, length(c.path) / 8 - 2) AS level
         ) AS above
    WHERE c.state = 'public'
    GROUP BY ancestor
)
SELECT c.id, t.answers, c.shown, COALESCE(r.answers, 0) AS recount
FROM comments_comment AS c
JOIN comments_tally AS t ON t.comment_id = c.id
LEFT JOIN recounted AS r ON r.ancestor = c.id
WHERE t.answers != COALESCE(r.answers, 0)
   OR c.shown != (c.state = 'public' OR COALESCE(r.answers, 0) > 0)
ORDER BY c.id
"""


_VOTES = """
SELECT t.comment_id,
       (t.agree, t.disagree, t.unsure, t.respect)::text,
       (count(v.id) FILTER (WHERE v.opinion = 'agree'), count(v.id) FILTER (WHERE v.opinion = 'disagree'),
        count(v.id) FILTER (WHERE v.opinion = 'unsure'), count(v.id) FILTER (WHERE v.respect))::text
FROM comments_tally AS t LEFT JOIN comments_vote AS v ON v.comment_id = t.comment_id
GROUP BY t.comment_id
HAVING t.agree != count(v.id) FILTER (WHERE v.opinion = 'agree')
    OR t.disagree != count(v.id) FILTER (WHERE v.opinion = 'disagree')
    OR t.unsure != count(v.id) FILTER (WHERE v.opinion = 'unsure')
    OR t.respect != count(v.id) FILTER (WHERE v.respect)
ORDER BY t.comment_id
"""


@dataclass(frozen=True)
class Drift:
    """A number that is not what a recount gives. `what` says of which row."""

    what: str
    kept: str
    counted: str


def find_drift() -> list[Drift]:
    """Every count of comments that is wrong. Three statements over all comments: seconds for a million."""
    with connection.cursor() as cursor:
        cursor.execute(_THREADS)
        threads = [
            Drift(f"thread {pk}", f"{kept} comments by {kept_people}", f"{comments} by {people}")
            for pk, kept, kept_people, comments, people in cursor.fetchall()
        ]
        cursor.execute(_COMMENTS)
        comments = [
            Drift(f"comment {pk}", f"{kept} answers, shown: {shown}", f"{answers} answers")
            for pk, kept, shown, answers in cursor.fetchall()
        ]
        cursor.execute(_VOTES)
        votes = [Drift(f"votes on comment {pk}", kept, counted) for pk, kept, counted in cursor.fetchall()]
    return threads + comments + votes
