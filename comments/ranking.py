"""The order of conversations by what readers think of them, and by how much they talk.

Ranks move at most once a minute, and are kept: a page that is turned in between begins where the last one ended, and
no sorting costs more in a long thread than in a short one.
"""

from django.db import connection

from civic.lib.jobs import every
from comments.models import Tally
from comments.visibility import locked

AT_ONCE = 5_000  # tallies ranked under one lock: a tenth of a second

# The share of readers who agree, drawn towards one half while there are few votes: (agree + 2) / (votes + 4), the
# adjusted proportion of Agresti and Coull, in millionths. Unsure is a vote that does not agree; respect never ranks.
_RANK = """
WITH stale AS (
    SELECT comment_id FROM comments_tally WHERE thread_id = %(thread)s AND is_stale
    ORDER BY comment_id LIMIT %(limit)s FOR NO KEY UPDATE
), ranked AS (
    UPDATE comments_tally AS t
    SET best = (agree + 2) * 1000000::bigint / (agree + disagree + unsure + 4),
        discussed = answers,
        ranked_votes = agree + disagree + unsure,
        is_stale = false
    FROM (SELECT s.comment_id, old.ranked_votes AS before
          FROM stale AS s JOIN comments_tally AS old USING (comment_id)) AS was
    WHERE t.comment_id = was.comment_id
    RETURNING t.ranked_votes - was.before AS change
), added AS (SELECT count(*) AS rows, COALESCE(sum(change), 0) AS change FROM ranked)
UPDATE comments_thread SET vote_count = vote_count + added.change FROM added WHERE id = %(thread)s
RETURNING added.rows
"""


@every("* * * * *")
def rank_stale() -> int:
    """Rank again what has moved since the last minute; how many comments that were."""
    threads = list(Tally.objects.filter(is_stale=True).values_list("thread", flat=True).distinct())
    return sum(rank_thread(thread_id) for thread_id in threads)


def rank_thread(thread_id: int) -> int:
    done = 0
    while True:
        # The thread first, then tallies: in the order of the door, so that the two wait for each other and no more.
        with locked(thread_id), connection.cursor() as cursor:
            cursor.execute(_RANK, {"thread": thread_id, "limit": AT_ONCE})
            found = cursor.fetchone()[0]
        done += found
        if found < AT_ONCE:
            return done
